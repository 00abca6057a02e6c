"""Preference scores in comparable units: one fixed scale a model, never one a sample.

A preference model's unit is its own (logits, log-odds, 0-4). A `Calibration` maps it to (0, 1) by a logistic curve
around the model's centre, so that it can be weighed against verification scores. It is fixed before a run: N = 1
works, and a score means the same in every sample.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """`centre` is the model's typical score, `spread` (> 0) how many of its units make one logit."""

    centre: float
    spread: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.centre) and math.isfinite(self.spread) and self.spread > 0):
            raise ValueError(f"a calibration needs a finite centre and a spread above 0, got {self}")

    def unit(self, score: float) -> float:
        """The score in (0, 1); 0.5 at the centre. Written so that extreme scores neither overflow nor warn."""
        logit = (score - self.centre) / self.spread
        if logit >= 0:
            return 1 / (1 + math.exp(-min(logit, 700.0)))
        power = math.exp(max(logit, -700.0))
        return power / (1 + power)
