"""Instruction following: the share of the checkable constraints that a candidate meets.

    instruction -> constraints (parse_rules) -> one measurement a constraint and candidate (catalog) -> verdict

The instruction is the last user turn, with what a system prompt asks of every answer (`standing`). An instruction
without a checkable constraint yields no verdict. What looked like a requirement but could not be read is listed among
the findings, undecided: it neither helps nor hurts a candidate. What this does not promise: that every constraint was
found, and that "met" is how a person would count (see `Reading`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reward_agent.types import Finding, Sample, Signal, Verdict
from reward_agent.verify.instructions.catalog import CATALOG, measure
from reward_agent.verify.instructions.constraint import Constraint, Measurement, Reading
from reward_agent.verify.instructions.grammar.families import RULES
from reward_agent.verify.instructions.parse_rules import parse, parse_all
from reward_agent.verify.instructions.standing import texts_to_parse

NOTHING_SAID = Measurement(met=False, measured="empty response", distance=1.0)
"""A response without text follows no instruction, as in IFEval: else saying nothing would avoid every comma."""
NEAR_MISS = 0.5
"""How much of one constraint a near miss can be worth."""
LENIENT = 0.02
"""How much of one constraint it costs when constraints are met only leniently. With `NEAR_MISS` below 1, so that the
two together never outweigh a constraint met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionVerifier:
    """Finds constraints by rules and checks them with vetted code; no model.

    `graded` adds a second term from the distances, which orders candidates that meet equally many constraints and
    nothing else; without it the score is the published plain share.
    """

    reading: Reading = "literal"
    graded: bool = True
    name: str = "instructions"
    purpose: str = (
        "Checks constraints on the form of the answer that code can decide: lengths, counts, keywords, format, "
        "language, start and end."
    )

    def load(self) -> None:
        """Compiles every rule of the grammar, about half a second; else each is compiled when it is first tried."""
        for rule in RULES:
            _ = rule.expression

    async def verify(self, sample: Sample) -> Signal:
        prompt = storable(sample.instruction)
        found = parse_all([storable(text) for text in texts_to_parse(sample)])
        unread = tuple(_unread(clause) for clause in found.unparsed)
        verdicts = tuple(
            self._verdict(found.constraints, unread, storable(response), prompt) for response in sample.responses
        )
        return Signal(name=self.name, kind="verification", verdicts=verdicts)

    def explain(self, instruction: str) -> tuple[Finding, ...]:
        """What was found in the instruction and how each of it will be checked, undecided for want of a candidate."""
        found = parse(storable(instruction))
        return (*(_planned(constraint) for constraint in found.constraints), *map(_unread, found.unparsed))

    def _verdict(
        self, constraints: Sequence[Constraint], unread: tuple[Finding, ...], response: str, prompt: str
    ) -> Verdict:
        if response.strip():
            measurements = [measure(c, response, prompt=prompt, reading=self.reading) for c in constraints]
        else:
            measurements = [NOTHING_SAID] * len(constraints)
        findings = tuple(_finding(c, m) for c, m in zip(constraints, measurements, strict=True))
        return Verdict(score=share_met(measurements, graded=self.graded), findings=findings + unread)


def storable(text: str) -> str:
    """The text with every lone surrogate, half a character that no file can hold, as the replacement character."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def share_met(measurements: Sequence[Measurement], *, graded: bool) -> float | None:
    """The share of the decided constraints that are met, in [0, 1]; None where none was decided.

    With `graded`, plus at most `NEAR_MISS` of one constraint by how near the missed ones came on average, and less at
    most `LENIENT` of one by the share of the met ones that are met only leniently.
    """
    decided = [m for m in measurements if m.met is not None]
    if not decided:
        return None
    missed = [m for m in decided if not m.met]
    met = len(decided) - len(missed)
    points = float(met)
    if graded and missed:
        points += NEAR_MISS * sum(1 - m.distance for m in missed) / len(missed)
    if graded and met:
        points -= LENIENT * sum(m.lenient for m in decided) / met
    return points / len(decided)


def _subject(constraint: Constraint) -> str:
    return f"{constraint.kind}: {CATALOG[constraint.kind].description.rstrip('.')}"


def _planned(constraint: Constraint) -> Finding:
    params = "; ".join(f"{name}: {_listed(value)}" for name, value in constraint.params.items())
    return Finding(
        subject=_subject(constraint),
        score=None,
        reason=f"vetted checker, {params}" if params else "vetted checker",
        sources=(constraint.span,) if constraint.span else (),
    )


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _unread(clause: str) -> Finding:
    return Finding(subject="requirement", score=None, reason="not checked: no rule could read it", sources=(clause,))


def _finding(constraint: Constraint, measurement: Measurement) -> Finding:
    return Finding(
        subject=_subject(constraint),
        score=None if measurement.met is None else float(measurement.met),
        reason=measurement.measured,
        sources=(constraint.span,) if constraint.span else (),
    )
