"""How often our verdicts agree with an evaluation set's official strict and loose ones, kind by kind."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field

from reward_agent.verify.instructions.catalog import measure
from reward_agent.verify.instructions.catalog.loose import measure_loosely
from reward_agent.verify.instructions.constraint import Constraint


@dataclass(slots=True, kw_only=True)
class Tally:
    """The verdicts of one kind: how many, how many strict and loose ones agree, and the seconds they took."""

    count: int = 0
    strict: int = 0
    loose: int = 0
    seconds: float = 0.0

    def row(self, name: str) -> str:
        shares = f"{self.strict / self.count:7.4f} {self.loose / self.count:7.4f}"
        return f"{name:48} {self.count:6} {shares} {1e6 * self.seconds / self.count:8.0f}"

    def add(self, other: Tally) -> None:
        self.count += other.count
        self.strict += other.strict
        self.loose += other.loose
        self.seconds += other.seconds


@dataclass(slots=True, kw_only=True)
class Agreement:
    """Tallies by kind. With `show`, prints every disagreement of the kinds whose name contains it."""

    show: str = ""
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def compare(
        self, name: str, constraint: Constraint, response: str, prompt: str, official: tuple[bool, bool]
    ) -> None:
        """Counts one verdict. An abstention counts as not met, and an empty response follows nothing."""
        started = time.perf_counter()
        ours = verdicts(constraint, response, prompt)
        tally = self.tallies[name]
        tally.seconds += time.perf_counter() - started
        tally.count += 1
        tally.strict += ours[0] == official[0]
        tally.loose += ours[1] == official[1]
        if self.show and self.show in name and ours != official:
            seen = measure(constraint, response, prompt=prompt, reading="literal").measured
            print(f"{name} ours {ours} official {official}: {seen}\n   {response[:300]!r}")

    def miss(self, name: str) -> None:
        """Counts a verdict that we cannot give."""
        self.tallies[name].count += 1

    def print(self, without: str = "") -> None:
        """The table, its total, and the total without one kind."""
        print(f"{'kind':48} {'n':>6} {'strict':>7} {'loose':>7} {'us each':>8}")
        total, rest = Tally(), Tally()
        for name, tally in sorted(self.tallies.items()):
            print(tally.row(name))
            total.add(tally)
            if name != without:
                rest.add(tally)
        print(total.row("all"))
        if without:
            print(rest.row(f"all without {without}"))


def verdicts(constraint: Constraint, response: str, prompt: str) -> tuple[bool, bool]:
    """Our strict and loose verdict."""
    if not response.strip():
        return False, False
    strict = measure(constraint, response, prompt=prompt, reading="literal")
    loose = strict.met or measure_loosely(constraint, response, prompt=prompt, reading="literal").met
    return bool(strict.met), bool(loose)
