"""Values that the file itself carries, one a candidate: a judge's or a person's, measured elsewhere."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reward_agent.evaluate.evaluation import Measure, Score

COLUMNS = ("values", "scores", "ratings", "rewards")
MEASURES = (Measure(name="value", unit="as the file has it, higher is better"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """`column`: where the row has its list of numbers, aligned with its candidates; without one, the first of `values`,
    `scores`, `ratings`, `rewards` that holds a list."""

    column: str | None = None
    name: str = "values"
    measures: Sequence[Measure] = MEASURES

    def score(self, row: Mapping[str, object], response: str, index: int) -> Score:
        """The candidate's own value; none where the file has null, or nothing, in its place."""
        names = COLUMNS if self.column is None else (self.column,)
        listed = next((row[name] for name in names if isinstance(row.get(name), list | tuple)), None)
        if not isinstance(listed, list | tuple):
            return Score.missing(f"expected a list with a number for each candidate in the column {' or '.join(names)}")
        if index >= len(listed):
            return Score.missing(f"the row has {len(listed)} values, and none for candidate {index}")
        value = listed[index]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return Score.missing(f"candidate {index} has no value")
        return Score(values={MEASURES[0].name: float(value)})
