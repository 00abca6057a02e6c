"""An instruction -> its requirements, each with the way it will be checked.

    rules       what the grammar reads; always first, and never overridden
    model       what the rules left: the catalog's kinds, hard requirements outside it, soft ones
    code        a written checker for a hard requirement outside the catalog
    question    for what is soft, and for what no checker could be had for

What cannot be done (no model, no sandbox, a failed call) leaves the requirement unchecked, with the reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reward_agent.errors import SignalError
from reward_agent.presentation import on_one_line
from reward_agent.types import Finding
from reward_agent.verify.instructions.checker import Checker
from reward_agent.verify.instructions.parse_model import (
    INSTRUCTION_AT_MOST,
    ModelParse,
    ModelParser,
    Requested,
)
from reward_agent.verify.instructions.parse_rules import Parse, parse_all
from reward_agent.verify.instructions.requirement import (
    Asked,
    Requirement,
    Unchecked,
    Way,
    Written,
    unread,
    vetted,
)
from reward_agent.verify.instructions.write import CheckerWriter
from reward_agent.verify.instructions.written import WrittenChecks

Parsing = Literal["model", "unread", "rules"]
"""When the model reads an instruction: always, only where the rules left a clause unread, or never."""

WRITTEN_AT_MOST = 8
"""Written checkers an instruction, as in the published design."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInstruction:
    """The requirements in the order rules, model; `notes` hold for the whole sample; `errors` are calls that failed."""

    requirements: tuple[Requirement, ...]
    notes: tuple[Finding, ...] = ()
    errors: tuple[SignalError, ...] = ()


def in_one(texts: Sequence[str]) -> str:
    """Several texts that bind the same answer, as a model is shown them."""
    return "\n\n".join(texts)


def read_by_rules(texts: Sequence[str]) -> ReadInstruction:
    """The requirements without any model."""
    found = parse_all(texts)
    return ReadInstruction(requirements=(*map(vetted, found.constraints), *map(unread, found.unparsed)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReader:
    """Reads with a model's help. Without `writer` nothing is written; without `asks` nothing is put to a model."""

    parser: ModelParser
    parsing: Parsing = "model"
    writer: CheckerWriter | None = None
    checks: WrittenChecks | None = None
    asks: bool = True

    async def read(self, texts: Sequence[str]) -> ReadInstruction:
        """What several texts ask of the same answer. Never fails: what went wrong is in `errors`, and the requirements
        that the rules read are there."""
        rules = parse_all(texts)
        by_rules = tuple(map(vetted, rules.constraints))
        if self.parsing == "rules" or (self.parsing == "unread" and not rules.unparsed):
            return ReadInstruction(requirements=(*by_rules, *map(self._clause, rules.unparsed)))
        try:
            found = await self.parser.parse(in_one(texts), rules)
        except SignalError as error:
            why = f"the model could not read it ({on_one_line(str(error), 200)})"
            left = (Requirement(says="", span=clause, way=Unchecked(why=why)) for clause in rules.unparsed)
            note = Finding(subject="reading by the model", score=None, reason=f"failed: {on_one_line(str(error), 300)}")
            return ReadInstruction(requirements=(*by_rules, *left), notes=(note,), errors=(error,))
        by_model, errors = await self._with_ways(found.requested)
        left = (
            Requirement(
                says="", span=clause, way=Unchecked(why="neither a rule nor the model read a requirement in it")
            )
            for clause in _uncovered(rules, found)
        )
        return ReadInstruction(
            requirements=(*by_rules, *by_model, *left),
            notes=(*_notes(found), *_sources(by_model)),
            errors=errors,
        )

    def _clause(self, clause: str) -> Requirement:
        """A clause that the rules could not read, put to the model as it stands where no model has read it."""
        if not self.asks:
            return unread(clause)
        return Requirement(says=on_one_line(clause, 400), span=clause, way=Asked(why="no rule could read it"))

    async def _with_ways(
        self, requested: tuple[Requested, ...]
    ) -> tuple[tuple[Requirement, ...], tuple[SignalError, ...]]:
        coded = [item for item in requested if item.constraint is None and item.hard]
        ways = await asyncio.gather(*(self._by_code(item) for item in coded[:WRITTEN_AT_MOST]))
        too_many = self._question(f"more than {WRITTEN_AT_MOST} requirements would need a written checker")
        of = dict(zip(map(id, coded), (way for way, _ in ways), strict=False))
        made = tuple(
            vetted(item.constraint, by_model=True)
            if item.constraint is not None
            else Requirement(
                says=item.says,
                span=item.span,
                hard=item.hard,
                way=of.get(id(item), too_many) if item.hard else self._question(""),
            )
            for item in requested
        )
        return made, tuple(error for _, error in ways if error is not None)

    async def _by_code(self, item: Requested) -> tuple[Way, SignalError | None]:
        """A written checker if one can be had, and what failed on the way."""
        if self.writer is None:
            return self._question("no code is written"), None
        try:
            written = await self.writer.checker(item.says, item.passing, item.failing)
        except SignalError as error:
            return self._question(f"writing a checker failed: {on_one_line(str(error), 200)}"), error
        if not isinstance(written, Checker):
            return self._question(on_one_line(written.why, 300)), None
        if self.checks is not None and (why := self.checks.quarantined(written)):
            return self._question(why), None
        return Written(checker=written, tier=self.writer.admission.tier), None

    def _question(self, why: str) -> Way:
        return Asked(why=why) if self.asks else Unchecked(why=why or "soft, and no model is asked")


def _uncovered(rules: Parse, found: ModelParse) -> Iterator[str]:
    """The clauses that the rules left and in which the model read nothing."""
    spans = [item.span for item in found.requested]
    return (clause for clause in rules.unparsed if not any(span in clause or clause in span for span in spans))


def _notes(found: ModelParse) -> Iterator[Finding]:
    """What became of the parts of the model's reply that could not be used."""
    for reason, count in found.dropped:
        yield Finding(subject="reading by the model", score=None, reason=f"dropped: {count} that {reason}")
    for why in found.outside:
        yield Finding(subject="reading by the model", score=None, reason=f"not taken from the catalog: {why}")
    if found.shortened:
        what = f"it was shown {INSTRUCTION_AT_MOST:,} characters of the instruction, without the middle"
        yield Finding(subject="reading by the model", score=None, reason=what)


def _sources(requirements: tuple[Requirement, ...]) -> Iterator[Finding]:
    """Each written checker with its self-tests, once a sample."""
    for requirement in requirements:
        if isinstance(way := requirement.way, Written):
            checker = way.checker
            tests = [
                *(f"must pass: {text}" for text in (*checker.passing, *checker.kept_passing)),
                *(f"must fail: {text}" for text in (*checker.failing, *checker.kept_failing)),
            ]
            yield Finding(
                subject=f"written checker {checker.digest}",
                score=None,
                reason=way.admitted,
                sources=(checker.source, *(on_one_line(test, 300) for test in tests)),
            )
