"""A checker that a model wrote, and what it takes to be believed.

    complaint = await Admission(sandbox=sandbox, lint=sandbox).complaint(checker)      # None: admitted

Admission tries the checker, in the sandbox only, on its writer's own examples and on a second set that the writer never
saw, in two orders. Does NOT promise that an admitted checker is right: it agrees with the examples, no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from reward_agent.presentation import on_one_line
from reward_agent.protocols import Sandbox
from reward_agent.types import Outcome

EXAMPLES_AT_LEAST = 2
SOURCE_AT_MOST = 20_000
_AGAIN = 2  # times that all examples are run once more in either order
_SHOWN = 3
_SHOWN_CHARACTERS = 200
_REASONS_SHOWN = 5


@runtime_checkable
class Lint(Protocol):
    """Reads a checker without running it. Not every sandbox has one."""

    async def admit(self, checker: str) -> Sequence[str]:
        """Why it should not be run, one reason each; empty when it may be. Raises SignalError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """The source of a `check_following(response) -> bool` for the requirement that it `says`, with its examples: the
    writer's own, and those `kept` from the writer."""

    says: str
    source: str
    passing: tuple[str, ...]
    failing: tuple[str, ...]
    kept_passing: tuple[str, ...]
    kept_failing: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Names the source in findings and stores."""
        return hashlib.sha256(self.source.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def examples(self) -> int:
        """How many it has been tried on."""
        return len(self.passing) + len(self.failing) + len(self.kept_passing) + len(self.kept_failing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Decides whether a checker is believed. `tier` names what the sandbox promises."""

    sandbox: Sandbox
    lint: Lint | None = None
    tier: str = ""

    async def complaint(self, checker: Checker) -> str | None:
        """What is wrong with the checker, in words for its writer; None where nothing is.

        The kept examples are never quoted: a writer who knew them could write them into the code. Raises SignalError
        where the sandbox fails.
        """
        if complaint := _too_little(checker):
            return complaint
        if self.lint is not None and (reasons := await self.lint.admit(checker.source)):
            return "it is not admitted: " + "; ".join(on_one_line(reason, 200) for reason in reasons[:_REASONS_SHOWN])
        own = (*checker.passing, *checker.failing)
        texts = (*own, *checker.kept_passing, *checker.kept_failing)
        first = tuple(await self.sandbox.run(checker.source, texts))
        wanted = _wanted(checker.passing, checker.failing) + _wanted(checker.kept_passing, checker.kept_failing)
        wrong = [*_wrong_own(own, first, wanted), *_wrong_kept(first[len(own) :], wanted[len(own) :])]
        if wrong:
            return "; ".join(wrong)
        again = tuple(await self.sandbox.run(checker.source, (*texts[::-1], *texts) * _AGAIN))
        if again != (*first[::-1], *first) * _AGAIN:
            return "it decides the same text differently when it is run again or in another order"
        return None


def _too_little(checker: Checker) -> str | None:
    if len(checker.source) > SOURCE_AT_MOST:
        return f"the code is longer than {SOURCE_AT_MOST:,} characters"
    if len(checker.passing) < EXAMPLES_AT_LEAST or len(checker.failing) < EXAMPLES_AT_LEAST:
        return f"it needs at least {EXAMPLES_AT_LEAST} different passing and {EXAMPLES_AT_LEAST} different failing ones"
    if len(checker.kept_passing) < EXAMPLES_AT_LEAST or len(checker.kept_failing) < EXAMPLES_AT_LEAST:
        return "there is no second set of examples to try it on"
    if set(checker.passing) & set(checker.failing):
        return "one example is to pass and to fail"
    return None


def _wanted(passing: Sequence[str], failing: Sequence[str]) -> tuple[Outcome, ...]:
    return (Outcome.TRUE,) * len(passing) + (Outcome.FALSE,) * len(failing)


def _wrong_own(texts: Sequence[str], outcomes: Sequence[Outcome], wanted: Sequence[Outcome]) -> Iterator[str]:
    wrong = [(t, o, w) for t, o, w in zip(texts, outcomes, wanted, strict=False) if o is not w]
    for text, outcome, expected in wrong[:_SHOWN]:
        shown = on_one_line(text, _SHOWN_CHARACTERS)
        yield f"on your own example {shown!r} it ends in {outcome.value!r}, expected {expected.value!r}"


def _wrong_kept(outcomes: Sequence[Outcome], wanted: Sequence[Outcome]) -> Iterator[str]:
    wrong = [(o, w) for o, w in zip(outcomes, wanted, strict=True) if o is not w]
    if wrong:
        ends = ", ".join(sorted({f"{o.value!r} where {w.value!r} is expected" for o, w in wrong}))
        yield f"on {len(wrong)} of {len(wanted)} further responses, which you are not shown, it ends in {ends}"
