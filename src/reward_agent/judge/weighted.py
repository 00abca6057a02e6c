"""The weighted sum: every signal's score times its weight.

With all weights 1 and raw preference scores this is the published rule r = r_RM + sum of a_i ("Agentic Reward
Modeling", ACL 2025). By default preference scores are first brought to (0, 1) by the model's own fixed calibration,
since a raw logit would drown a verdict.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reward_agent.errors import SignalError
from reward_agent.judge.calibrate import Calibration
from reward_agent.types import Decision, Sample, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedJudger:
    """`weights` by signal name (1.0 where not named); `calibrations` by the name of a preference model, and a
    model without one is summed raw."""

    weights: Mapping[str, float] = field(default_factory=dict)
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)

    async def decide(self, sample: Sample, signals: Sequence[Signal]) -> Decision:
        totals = [0.0] * len(sample.candidates)
        for signal in signals:
            weight = self.weights.get(signal.name, 1.0)
            for index, score in enumerate(self._units(signal)):
                totals[index] += weight * score
        if not all(map(math.isfinite, totals)):
            raise SignalError(f"the weighted sum is too large to be a number: {totals}")
        terms = " + ".join(self._term(signal) for signal in signals)
        return Decision(scores=tuple(totals), reason=f"weighted sum: {terms}")

    def _units(self, signal: Signal) -> Sequence[float]:
        scores = signal.scores or ()
        calibration = self.calibrations.get(signal.name)
        return scores if calibration is None else [calibration.unit(score) for score in scores]

    def _term(self, signal: Signal) -> str:
        scale = self.calibrations.get(signal.name)
        unit = "" if scale is None else f" (centre {scale.centre:g}, spread {scale.spread:g})"
        return f"{self.weights.get(signal.name, 1.0):g} × {signal.name}{unit}"
