"""The kinds of model that the preference model is made of, each fitted by numpy alone.

A line: a logistic regression on the difference of two responses' features (Bradley-Terry). Steps: the same by boosting
stumps, one step function a feature. Beside length: a line on what is unusual about a response of its length.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from reward_agent.prefer.embedded.features import OF_PROMPT
from training.logistic import Numbers, logistic_weights

RIDGE = 3e-3
CUT = 3.0
"""Features of the line count up to so many standard deviations from their mean."""
ROUNDS = 250
RATE = 0.1
STEP_RIDGE = 0.002
QUANTILES = 16
"""Where a feature may step: at most so many places less one."""
SETTLED_RIDGE = 0.02
UNBOUNDED = 99.0
LENGTH = "length"
"""How the names of the features begin that are a length and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Features of chosen and rejected responses, a row a pair; `weight` of each pair."""

    names: Sequence[str]
    chosen: Numbers
    rejected: Numbers
    weight: Numbers

    def where(self, use: NDArray[np.bool_]) -> "Pairs":
        return Pairs(names=self.names, chosen=self.chosen[use], rejected=self.rejected[use], weight=self.weight[use])

    def columns(self, start: str) -> list[int]:
        """The columns whose names begin so."""
        return [column for column, name in enumerate(self.names) if name.startswith(start)]

    @property
    def responses(self) -> Numbers:
        """Every response, the chosen ones first."""
        return np.concatenate([self.chosen, self.rejected])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A score of features: the line plus the steps. `steps`: by column, where it steps and by how much."""

    centre: Numbers
    most: Numbers
    line: Numbers
    steps: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    def of(self, rows: Numbers) -> Numbers:
        total: Numbers = np.clip(rows - self.centre, -self.most, self.most) @ self.line
        for column, found in self.steps.items():
            for at, worth in found:
                total = total + worth * (rows[..., column] > at)
        return total

    def times(self, factor: float) -> "Fitted":
        steps = {column: [(at, factor * worth) for at, worth in found] for column, found in self.steps.items()}
        return replace(self, line=factor * self.line, steps=steps)

    def typical(self, pairs: Pairs) -> float:
        """How far apart the scores of a pair usually lie."""
        return float(np.abs(self.of(pairs.chosen) - self.of(pairs.rejected)).mean())


def line(pairs: Pairs) -> Fitted:
    """The logistic regression."""
    everything = pairs.responses
    centre, most = everything.mean(axis=0), CUT * everything.std(axis=0)
    unit = np.where(most > 0, most / CUT, 1.0)
    rows = (np.clip(pairs.chosen - centre, -most, most) - np.clip(pairs.rejected - centre, -most, most)) / unit
    weights = logistic_weights(rows, np.ones(len(rows)), pairs.weight, RIDGE)
    return Fitted(centre=centre, most=most, line=weights / unit)


def stumps(pairs: Pairs) -> Fitted:
    """Boosting: in each round the step that lowers the loss most, taken by `RATE`."""
    places = _places(pairs)
    sides = np.array([(pairs.chosen[:, c] > at) * 1.0 - (pairs.rejected[:, c] > at) for c, at in places])
    either, share = sides * sides, pairs.weight / pairs.weight.sum()
    worth, differences = np.zeros(len(places)), np.zeros(len(pairs.weight))
    for _ in range(ROUNDS):
        lost = 1 / (1 + np.exp(differences))
        slope = sides @ (share * lost)
        bend = either @ (share * lost * (1 - lost)) + STEP_RIDGE
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
    everything = pairs.responses
    places = []
    for column in set(range(len(pairs.names))) - set(pairs.columns(OF_PROMPT)):
        values = np.unique(everything[:, column])
        for at in np.unique(np.quantile(everything[:, column], np.linspace(0, 1, QUANTILES + 1)[1:-1])):
            above = int(np.searchsorted(values, at, side="right"))
            if above < len(values) and (everything[:, column] > at).mean() > 0.01:
                below = values[above - 1] if above else values[0]
                places.append((column, round(float(below + values[above]) / 2, 7)))
    return sorted(set(places))


def mean(pairs: Pairs) -> Fitted:
    """The line and the steps together, each by the typical difference of a pair."""
    one, other = line(pairs), stumps(pairs)
    return replace(one.times(1 / one.typical(pairs)), steps=other.times(1 / other.typical(pairs)).steps)


def beside_length(pairs: Pairs) -> Fitted:
    """The line on what each feature has beyond what is usual at the response's length, so that length by itself counts
    for nothing: each feature is less its own regression on the pieces of the length."""
    lengths = pairs.columns(LENGTH)
    others = [column for column in range(len(pairs.names)) if column not in {*lengths, *pairs.columns(OF_PROMPT)}]
    everything = pairs.responses
    centre, most = everything.mean(axis=0), CUT * everything.std(axis=0)
    most[lengths] = UNBOUNDED

    def pieces(rows: Numbers) -> Numbers:
        return np.column_stack([np.ones(len(rows)), (rows - centre)[:, lengths]])

    def rest(rows: Numbers) -> Numbers:
        found: Numbers = np.clip(rows - centre, -most, most)[:, others] - pieces(rows) @ usual
        return found

    bounded = np.clip(everything - centre, -most, most)[:, others]
    usual, *_ = np.linalg.lstsq(pieces(everything), bounded, rcond=None)
    unit = bounded.std(axis=0)
    unit[unit == 0] = 1.0
    differences = (rest(pairs.chosen) - rest(pairs.rejected)) / unit
    weights = np.zeros(len(pairs.names))
    weights[others] = logistic_weights(differences, np.ones(len(differences)), pairs.weight, RIDGE) / unit
    weights[lengths] = -(usual[1:] @ weights[others])
    return Fitted(centre=centre, most=most, line=weights)


def settled(fitted: Fitted, pairs: Pairs) -> Fitted:
    """The same less what the prompt alone tells of the score. In a pair it changes nothing; across prompts, a score is
    about what is usual for such a prompt, not high because long answers are usual there."""
    columns, everything = pairs.columns(OF_PROMPT), pairs.responses
    centre, unit = everything[:, columns].mean(axis=0), everything[:, columns].std(axis=0)
    unit[unit == 0] = 1.0
    rows = np.column_stack([(everything[:, columns] - centre) / unit, np.ones(len(everything))])
    weight = np.concatenate([pairs.weight, pairs.weight]) / (2 * pairs.weight.sum())
    told = np.linalg.solve(
        (rows * weight[:, None]).T @ rows + SETTLED_RIDGE * np.eye(rows.shape[1]),
        rows.T @ (weight * fitted.of(everything)),
    )
    new = fitted.line.copy(), fitted.centre.copy(), fitted.most.copy()
    new[0][columns], new[1][columns], new[2][columns] = -told[:-1] / unit, centre, UNBOUNDED
    return replace(fitted, line=new[0], centre=new[1], most=new[2])
