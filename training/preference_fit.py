"""The two kinds of model that the preference model is the mean of, each fitted by numpy alone.

A line: a logistic regression on the difference of two responses' features (Bradley-Terry), by Newton's method. Steps:
the same by boosting stumps: one step function a feature, save those that are a length in disguise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

RIDGE = 1e-3
CUT = 3.0
"""Features of the line count up to so many standard deviations from their mean."""
ROUNDS = 400
RATE = 0.1
STEP_RIDGE = 0.002
QUANTILES = 16
"""Where a feature may step: at most so many places less one."""
LENGTHS = frozenset(
    {"sentences", "lines", "paragraphs", "longer than the prompt", "paragraphs, asked for writing", "compresses to"}
)
"""Features that grow with length, beside those named so."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Features of chosen and rejected responses, a row a pair; `weight` of each pair."""

    names: Sequence[str]
    chosen: Numbers
    rejected: Numbers
    weight: Numbers

    def where(self, use: NDArray[np.bool_]) -> "Pairs":
        return Pairs(names=self.names, chosen=self.chosen[use], rejected=self.rejected[use], weight=self.weight[use])

    @property
    def share(self) -> Numbers:
        share: Numbers = self.weight / self.weight.sum()
        return share


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A score of features: `scale` times (the line plus the steps). `steps`: by column, where it steps and by how
    much."""

    centre: Numbers
    most: Numbers
    line: Numbers
    steps: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    scale: float = 1.0

    def of(self, rows: Numbers) -> Numbers:
        total: Numbers = np.clip(rows - self.centre, -self.most, self.most) @ self.line
        for column, found in self.steps.items():
            for at, worth in found:
                total = total + worth * (rows[..., column] > at)
        return self.scale * total


def line(pairs: Pairs) -> Fitted:
    """The logistic regression."""
    everything = np.concatenate([pairs.chosen, pairs.rejected])
    centre, most = everything.mean(axis=0), CUT * everything.std(axis=0)
    unit = np.where(most > 0, most / CUT, 1.0)
    rows = (np.clip(pairs.chosen - centre, -most, most) - np.clip(pairs.rejected - centre, -most, most)) / unit
    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        lost = 1 / (1 + np.exp(rows @ weights))
        slope = rows.T @ (pairs.share * lost) - 2 * RIDGE * weights
        bend = (rows * (pairs.share * lost * (1 - lost))[:, None]).T @ rows + 2 * RIDGE * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return Fitted(centre=centre, most=most, line=weights / unit)


def stumps(pairs: Pairs) -> Fitted:
    """Boosting: in each round the step that lowers the loss most, taken by `RATE`."""
    places = _places(pairs)
    sides = np.array([(pairs.chosen[:, c] > at) * 1.0 - (pairs.rejected[:, c] > at) for c, at in places])
    either = sides * sides
    worth, differences = np.zeros(len(places)), np.zeros(len(pairs.weight))
    for _ in range(ROUNDS):
        lost = 1 / (1 + np.exp(differences))
        slope = sides @ (pairs.share * lost)
        bend = either @ (pairs.share * lost * (1 - lost)) + STEP_RIDGE
        best = int(np.argmax(slope**2 / bend))
        step = RATE * slope[best] / bend[best]
        worth[best] += step
        differences += step * sides[best]
    steps: dict[int, list[tuple[float, float]]] = {}
    for (column, at), value in zip(places, worth, strict=True):
        if value:
            steps.setdefault(column, []).append((at, float(value)))
    width = len(pairs.names)
    return Fitted(centre=np.zeros(width), most=np.zeros(width), line=np.zeros(width), steps=steps)


def _places(pairs: Pairs) -> list[tuple[int, float]]:
    """Column and value of every step there may be: between two values that occur, so that rounding moves nobody."""
    everything = np.concatenate([pairs.chosen, pairs.rejected])
    places = []
    for column, name in enumerate(pairs.names):
        if name.startswith("length") or name in LENGTHS:
            continue
        values = np.unique(everything[:, column])
        for at in np.unique(np.quantile(everything[:, column], np.linspace(0, 1, QUANTILES + 1)[1:-1])):
            above = int(np.searchsorted(values, at, side="right"))
            if above < len(values) and (everything[:, column] > at).mean() > 0.01:
                below = values[above - 1] if above else values[0]
                places.append((column, round(float(below + values[above]) / 2, 7)))
    return sorted(set(places))


def mean(pairs: Pairs) -> Fitted:
    """The mean of the line and the steps."""
    one, other = line(pairs), stumps(pairs)
    return Fitted(centre=one.centre, most=one.most, line=one.line, steps=other.steps, scale=0.5)
