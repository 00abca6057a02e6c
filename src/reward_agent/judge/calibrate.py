"""Preference scores in comparable units: one fixed scale a model, never one a sample.

A preference model's unit is its own (logits, log-odds, 0-4). A `Calibration` maps it to (0, 1), so that it can be
weighed against verification scores: by a logistic curve around the model's centre, or by an isotonic curve that was
fitted on labelled pairs. It is fixed before a run: N = 1 works, and a score means the same in every sample. `fit.py`
beside this file fits it.
"""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass

CURVE = 0.99
"""The share of an isotonic curve in the unit. The rest is the logistic curve, so that scores on a flat piece, or beyond
the ends, keep their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """`centre` is the model's typical score, `spread` (> 0) how many of its units make one logit; `points` an isotonic
    curve of (score, unit), rising, or empty."""

    centre: float
    spread: float
    points: Sequence[tuple[float, float]] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.centre) and math.isfinite(self.spread) and self.spread > 0):
            raise ValueError(f"a calibration needs a finite centre and a spread above 0, got {self}")

    def unit(self, score: float) -> float:
        """The score in (0, 1); without a curve 0.5 at the centre."""
        smooth = self._logistic(score)
        return CURVE * self._on_curve(score) + (1 - CURVE) * smooth if self.points else smooth

    def _logistic(self, score: float) -> float:
        """Written so that extreme scores neither overflow nor warn."""
        logit = (score - self.centre) / self.spread
        if logit >= 0:
            return 1 / (1 + math.exp(-min(logit, 700.0)))
        power = math.exp(max(logit, -700.0))
        return power / (1 + power)

    def _on_curve(self, score: float) -> float:
        """Straight between the points, level beyond them."""
        right = bisect.bisect_right(self.points, score, key=lambda point: point[0])
        if right == 0 or right == len(self.points):
            return self.points[min(right, len(self.points) - 1)][1]
        (x, y), (next_x, next_y) = self.points[right - 1], self.points[right]
        return y + (next_y - y) * (score - x) / (next_x - x)
