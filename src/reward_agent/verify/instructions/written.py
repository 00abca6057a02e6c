"""Runs admitted checkers on candidates, in the sandbox, and stops believing those that do not come to a verdict.

Only true and false are verdicts. A checker that ends otherwise (an exception, a timeout) on many responses is
quarantined: it is not run again by this process, and its requirement is put to a model or left unchecked.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from reward_agent.protocols import Sandbox
from reward_agent.types import Outcome
from reward_agent.verify.instructions.checker import Checker
from reward_agent.verify.instructions.constraint import Measurement

QUARANTINE_FROM = 8
"""Responses a checker is given before it can be quarantined."""
QUARANTINE_SHARE = 0.25
"""The share of responses without a verdict that puts it there."""
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenChecks:
    """`tier` names what the sandbox promises; every finding says it."""

    sandbox: Sandbox
    tier: str = ""
    _endings: OrderedDict[str, Counter[Outcome]] = field(default_factory=OrderedDict, repr=False, compare=False)

    async def measured(self, checker: Checker, responses: Sequence[str]) -> list[Measurement]:
        """One measurement a response. Raises SignalError where the sandbox fails."""
        outcomes = await self.sandbox.run(checker.source, responses)
        self._endings.setdefault(checker.digest, Counter()).update(outcomes)
        self._endings.move_to_end(checker.digest)
        while len(self._endings) > _REMEMBERED:
            self._endings.popitem(last=False)
        return [self._measurement(checker, outcome) for outcome in outcomes]

    def quarantined(self, checker: Checker) -> str | None:
        """Why the checker is not run any more; None where it is."""
        endings = self._endings.get(checker.digest, Counter())
        run, bad = endings.total(), Counter({o: n for o, n in endings.items() if not _decides(o)})
        if run < QUARANTINE_FROM or bad.total() <= QUARANTINE_SHARE * run:
            return None
        worst = max(bad, key=lambda outcome: (bad[outcome], outcome.value))
        return (
            f"its written checker {checker.digest} is quarantined: no verdict on {bad.total()} of {run} responses, "
            f"most often {worst.value!r}"
        )

    def _measurement(self, checker: Checker, outcome: Outcome) -> Measurement:
        by = f"written checker {checker.digest}{f', sandbox tier {self.tier}' if self.tier else ''}"
        if not _decides(outcome):
            return Measurement(met=None, measured=f"not decided: {by} ended in {outcome.value!r}")
        return Measurement.of(outcome is Outcome.TRUE, f"{outcome.value}, by {by}")


def _decides(outcome: Outcome) -> bool:
    return outcome in (Outcome.TRUE, Outcome.FALSE)
