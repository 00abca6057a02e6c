"""Instruction following: the share of the requirements that a candidate meets.

    instruction -> requirements (read) -> one measurement a requirement and candidate -> verdicts (scores)

The instruction is the last user turn, with what a system prompt asks of every answer (`standing`). It is read by rules
and checked by vetted checkers alone, or with a model that reads what rules cannot, writes checkers for what the catalog
does not know, and is asked what code cannot decide. An instruction without a checkable requirement yields no verdict.
What looked like a requirement but is not checked is listed among the findings, undecided: it neither helps nor hurts.

A measurement that only a model or its code can make, and that is missing for one candidate, counts for none of the
sample: candidates are compared on the same requirements. A failed call leaves the other verdicts standing and is
recorded with the signal; where nothing else was decided, the signal fails.

What this does not promise: that every constraint was found, that "met" is how a person would count (see `Reading`), or
that a model's judgment is right.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reward_agent.errors import SignalError
from reward_agent.presentation import on_one_line, storable
from reward_agent.types import Failure, Finding, Sample, Signal, Verdict
from reward_agent.verify.instructions.catalog import measure
from reward_agent.verify.instructions.constraint import Measurement, Reading
from reward_agent.verify.instructions.grammar.families import RULES
from reward_agent.verify.instructions.questions import ModelQuestions
from reward_agent.verify.instructions.read import ModelReader, ReadInstruction, in_one, read_by_rules
from reward_agent.verify.instructions.requirement import Asked, Requirement, Unchecked, Vetted, Written
from reward_agent.verify.instructions.scores import share_met, weight_of
from reward_agent.verify.instructions.standing import texts_to_parse
from reward_agent.verify.instructions.written import WrittenChecks

NOTHING_SAID = Measurement(met=False, measured="empty response", distance=1.0)
"""A response without text follows no instruction, as in IFEval: else saying nothing would avoid every comma."""
PURPOSE = (
    "Checks constraints on the form of the answer that code can decide: lengths, counts, keywords, format, language, "
    "start and end."
)
PURPOSE_WITH_MODEL = (
    "Checks what an instruction demands of the answer: lengths, counts, keywords, format, language, start and end, "
    "tone, style, viewpoint, and other demands on form and content."
)
NOT_YET = Measurement(met=None, measured="not decided")

Row = list[Measurement]
"""What was measured of one candidate, a measurement a requirement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionVerifier:
    """Finds requirements and checks them.

    Without `reader` it asks no model. `checks` runs written checkers, `questions` asks what code cannot decide.
    `graded` adds a second term from the distances, which orders candidates that meet equally many constraints and
    nothing else; without it the score is the published plain share. `weights` go by kind (see `weight_of`).
    """

    reading: Reading = "literal"
    graded: bool = True
    weights: Mapping[str, float] = field(default_factory=dict)
    reader: ModelReader | None = None
    checks: WrittenChecks | None = None
    questions: ModelQuestions | None = None
    name: str = "instructions"
    purpose: str = PURPOSE

    def load(self) -> None:
        """Compiles every rule of the grammar, about half a second; else each is compiled when it is first tried."""
        for rule in RULES:
            _ = rule.expression

    async def verify(self, sample: Sample) -> Signal:
        texts = tuple(storable(text) for text in texts_to_parse(sample))
        prompt = storable(sample.instruction)
        read = await self._read(texts)
        responses = [storable(response) for response in sample.responses]
        rows = [[self._measured(r, response, prompt) for r in read.requirements] for response in responses]
        errors = list(read.errors)
        if self.reader is not None:
            errors += await self._measure_by_model(sample.id, in_one(texts), read.requirements, responses, rows)
        verdicts = tuple(self._verdict(read.requirements, row) for row in rows)
        if errors and all(verdict.score is None for verdict in verdicts):
            raise errors[0]
        return Signal(
            name=self.name,
            kind="verification",
            verdicts=verdicts,
            notes=read.notes,
            failures=tuple(Failure(source=self.name, kind=error.kind, error=str(error)) for error in errors),
        )

    async def explain(self, instruction: str) -> tuple[Finding, ...]:
        """What was found in the instruction and how each of it will be checked, undecided for want of a candidate."""
        read = await self._read((storable(instruction),))
        return (*(requirement.planned() for requirement in read.requirements), *read.notes)

    async def _read(self, texts: tuple[str, ...]) -> ReadInstruction:
        return read_by_rules(texts) if self.reader is None else await self.reader.read(texts)

    def _measured(self, requirement: Requirement, response: str, prompt: str) -> Measurement:
        """What is known of one candidate before a model is asked."""
        match requirement.way:
            case Unchecked(why=why):
                return Measurement(met=None, measured=f"not checked: {why}")
            case _ if not response.strip():
                return NOTHING_SAID
            case Vetted(constraint=constraint):
                return measure(constraint, response, prompt=prompt, reading=self.reading)
            case _:
                return NOT_YET

    async def _measure_by_model(
        self,
        sample_id: str,
        instruction: str,
        requirements: Sequence[Requirement],
        responses: Sequence[str],
        rows: Sequence[Row],
    ) -> list[SignalError]:
        """Puts into the rows what written checkers and the model say; the errors of what failed."""
        said = [place for place, response in enumerate(responses) if response.strip()]
        texts = [responses[place] for place in said]
        written = {at: r.way for at, r in enumerate(requirements) if isinstance(r.way, Written)}
        asked = {at: r.says for at, r in enumerate(requirements) if isinstance(r.way, Asked)}
        (answers, failed_answers), (runs, failed_runs) = await asyncio.gather(
            self._answers(sample_id, instruction, list(asked.values()), texts),
            self._runs(list(written.values()), texts),
        )
        columns = dict(zip((*asked, *written), (*answers, *runs), strict=True))
        for at, column in columns.items():
            for place, measurement in zip(said, column, strict=True):
                rows[place][at] = measurement
            for row, measurement in zip(rows, together([row[at] for row in rows]), strict=True):
                row[at] = measurement
        return [*failed_answers, *failed_runs]

    async def _answers(
        self, sample_id: str, instruction: str, says: Sequence[str], texts: Sequence[str]
    ) -> tuple[list[Row], list[SignalError]]:
        if self.questions is None:
            return [[NOT_YET] * len(texts) for _ in says], []
        return await self.questions.measured(sample_id, instruction, says, texts)

    async def _runs(self, ways: Sequence[Written], texts: Sequence[str]) -> tuple[list[Row], list[SignalError]]:
        ran = await asyncio.gather(*(self._run(way, texts) for way in ways))
        return [row for row, _ in ran], [error for _, error in ran if error is not None]

    async def _run(self, way: Written, texts: Sequence[str]) -> tuple[Row, SignalError | None]:
        if self.checks is None or not texts:
            return [NOT_YET] * len(texts), None
        try:
            return await self.checks.measured(way.checker, texts), None
        except SignalError as error:
            why = f"not decided: {on_one_line(storable(str(error)), 200)}"
            return [Measurement(met=None, measured=why)] * len(texts), error

    def _verdict(self, requirements: Sequence[Requirement], row: Row) -> Verdict:
        weights = [weight_of(r.kind, self.weights) for r in requirements] if self.weights else None
        return Verdict(
            score=share_met(row, graded=self.graded, weights=weights),
            findings=tuple(r.found(m) for r, m in zip(requirements, row, strict=True)),
        )


def together(column: Sequence[Measurement]) -> list[Measurement]:
    """The measurements of one requirement, or none of them where one is missing: it would be compared with nothing."""
    missing = sum(measurement.met is None for measurement in column)
    if not missing:
        return list(column)
    why = f"not counted, since it is undecided for {missing} of {len(column)} candidates; here: "
    return [m if m.met is None else replace(m, met=None, measured=f"{why}{m.measured}", distance=0.0) for m in column]
