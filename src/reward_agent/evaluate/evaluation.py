"""What an evaluator of responses is: one response and the columns of its row in, what it is worth out.

    evaluator = EVALUATORS["triviaqa"]
    score = evaluator.score({"prompt": "Which river ...?", "answer": ["Po", "Padus"]}, "The Po", 0)
    score.values                     # {"exact match": 1.0, "F1": 1.0, "contains": 1.0}
    evaluator.measures[0].name       # "exact match": the measure by which picks are compared

An evaluator knows the answer key and is never asked before the picks are made. What it cannot tell is None with the
reason, and counts as missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure an evaluator gives. `unit` says what a value means and which range it has, higher is better.

    The figure of many samples is the mean of their values; where a measure is `pooled`, the mean weighted by
    `Score.weight` (IFEval's instruction level: every instruction counts once, and not every prompt).
    """

    name: str
    unit: str
    pooled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one response is worth: a finite value for each measure of the evaluator, by the measure's name; or no value
    at all, and then `reason` says why. `weight` is for pooled measures."""

    values: Mapping[str, float] = field(default_factory=dict)
    weight: float = 1.0
    reason: str = ""

    @classmethod
    def missing(cls, reason: str) -> Self:
        """No value; `reason` says what was expected, and what came."""
        return cls(reason=reason)

    @property
    def value(self) -> float | None:
        """The value of the evaluator's first measure; None where there is none."""
        return next(iter(self.values.values()), None)


@runtime_checkable
class Evaluator(Protocol):
    """Scores single responses against a row's reference columns."""

    @property
    def name(self) -> str:
        """As on the command line: `--evaluate NAME`."""
        ...

    @property
    def measures(self) -> Sequence[Measure]:
        """The figures it gives, the one by which picks are compared first."""
        ...

    def score(self, row: Mapping[str, object], response: str, index: int) -> Score:
        """The response's worth. `row`: the sample's other columns under their published names, and under `prompt` the
        instruction as text. `index`: which candidate of the row the response is, in the file's order.

        Never raises for what a row or a response holds.
        """
        ...
