"""From measurements to a score: the weighted share of the decided requirements that are met."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from reward_agent.verify.instructions.constraint import Measurement

NEAR_MISS = 0.5
"""How much of the smallest weight a near miss can be worth."""
LENIENT = 0.02
"""How much of it it costs when constraints are met only leniently. With `NEAR_MISS` below 1, so that the two together
never outweigh a difference in what is met."""


def weight_of(kind: str, weights: Mapping[str, float]) -> float:
    """The weight of the longest leading part of the kind that has one ("words.count", else "words"); 1 without."""
    parts = kind.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((weights[prefix] for prefix in prefixes if prefix in weights), 1.0)


def share_met(
    measurements: Sequence[Measurement], *, graded: bool, weights: Sequence[float] | None = None
) -> float | None:
    """The share of the decided requirements that are met, in [0, 1], each with its weight (1 without `weights`); None
    where none was decided, or none with a weight above 0.

    With `graded`, plus at most `NEAR_MISS` of one step by how near the missed ones came on average, and less at most
    `LENIENT` of one step by the share of the met ones that are met only leniently. A step is the least by which two
    sums of these weights can differ, so the order by what is met stays as it is.
    """
    if weights is None:
        return _share([(m, 1.0) for m in measurements if m.met is not None], step=1.0, graded=graded)
    weighed = [(m, w) for m, w in zip(measurements, weights, strict=True) if w > 0]
    step = _step([w for _, w in weighed]) if graded else 1.0
    return _share([(m, w) for m, w in weighed if m.met is not None], step=step, graded=graded)


def _share(decided: Sequence[tuple[Measurement, float]], *, step: float, graded: bool) -> float | None:
    if not decided:
        return None
    points = float(sum(weight for m, weight in decided if m.met))
    if graded:
        missed = [m for m, _ in decided if not m.met]
        met = len(decided) - len(missed)
        if missed:
            points += NEAR_MISS * step * (sum(1 - m.distance for m in missed) / len(missed))
        if met:
            points -= LENIENT * step * (sum(m.lenient for m, _ in decided) / met)
    return points / sum(weight for _, weight in decided)


def _step(weights: Sequence[float]) -> float:
    """The greatest number of which all weights are multiples, as they are written in decimals."""
    exact = [Fraction(str(weight)) for weight in dict.fromkeys(weights)]
    if not exact:
        return 1.0
    denominator = math.lcm(*(weight.denominator for weight in exact))
    return math.gcd(*(int(weight * denominator) for weight in exact)) / denominator
