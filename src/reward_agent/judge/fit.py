"""A preference model's scale, fitted once on its scores.

`robust_scale` needs no labels: the middle of the scores is the centre, and the spread is what a logistic curve needs
for their middle half, so a few wild scores change nothing. `isotonic_points` needs labels: it is the rising curve that
fits "this was the better answer" best (pool adjacent violators), thinned to a few points that a configuration can hold.
"""

from collections.abc import Sequence

import numpy as np

from reward_agent.errors import DataError

FEWEST_SCORES = 20
MOST_POINTS = 12
QUARTILES_IN_LOGITS = 2 * float(np.log(3))
"""The middle half of a logistic distribution is this many logits wide."""


def robust_scale(scores: Sequence[float]) -> tuple[float, float]:
    """Centre and spread. Raises DataError for too few scores, or scores that are mostly the same."""
    if len(scores) < FEWEST_SCORES:
        raise DataError(f"a scale needs at least {FEWEST_SCORES} scores, got {len(scores)}. Give more pairs")
    low, middle, high = (float(value) for value in np.quantile(scores, (0.25, 0.5, 0.75)))
    if high <= low:
        raise DataError(
            f"half of the {len(scores)} scores are {low:g}: such a model has no scale. Check what it scores"
        )
    return middle, (high - low) / QUARTILES_IN_LOGITS


def isotonic_points(better: Sequence[float], worse: Sequence[float]) -> list[tuple[float, float]]:
    """(score, chance to be the better one), rising in both, at most `MOST_POINTS`. Raises DataError as above."""
    scores = np.array([*better, *worse])
    if len(scores) < FEWEST_SCORES:
        raise DataError(f"a curve needs at least {FEWEST_SCORES} scores, got {len(scores)}. Give more pairs")
    right = np.array([1.0] * len(better) + [0.0] * len(worse))
    order = np.argsort(scores, kind="stable")
    blocks: list[tuple[float, float, float]] = []  # sum of scores, sum of labels, count
    for score, label in zip(scores[order].tolist(), right[order].tolist(), strict=True):
        blocks.append((score, label, 1.0))
        while len(blocks) > 1 and _mean(blocks[-2]) >= _mean(blocks[-1]):
            last, before = blocks.pop(), blocks.pop()
            blocks.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    points = [(block[0] / block[2], _mean(block)) for block in blocks]
    if len(points) < 2:
        raise DataError("the better answers do not score higher than the others: there is nothing to fit a curve to")
    chosen = sorted({round(at) for at in np.linspace(0, len(points) - 1, min(MOST_POINTS, len(points)))})
    return [points[at] for at in chosen]


def _mean(block: tuple[float, float, float]) -> float:
    return block[1] / block[2]
