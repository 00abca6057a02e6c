import asyncio
import math

import pytest

from reward_agent.judge.calibrate import Calibration
from reward_agent.judge.weighted import WeightedJudger
from reward_agent.types import Decision, Sample, Signal, SignalKind, Verdict

PAIR = Sample.of("p", ["a", "b"])


def signal(name: str, *scores: float, kind: SignalKind = "verification") -> Signal:
    return Signal(name=name, kind=kind, verdicts=tuple(Verdict(score=score) for score in scores))


def decided(judger: WeightedJudger, *signals: Signal) -> Decision:
    return asyncio.run(judger.decide(PAIR, signals))


def test_scores_are_weighted_and_summed() -> None:
    judger = WeightedJudger(weights={"facts": 2.0})
    assert decided(judger, signal("facts", 1.0, 0.5), signal("instructions", 0.0, 1.0)).scores == (2.0, 2.0)


def test_without_a_calibration_preference_is_summed_raw_as_published() -> None:
    both = (signal("facts", 1.0, 0.0), signal("rm", -3.0, 4.0, kind="preference"))
    assert decided(WeightedJudger(), *both).scores == (-2.0, 4.0)


def test_a_calibrated_preference_cannot_drown_a_verdict() -> None:
    judger = WeightedJudger(calibrations={"rm": Calibration(centre=0.0, spread=2.0)})
    scores = decided(judger, signal("facts", 1.0, 0.0), signal("rm", -30.0, 40.0, kind="preference")).scores
    assert scores[0] > scores[1] - 1e-6
    assert scores[1] < 1.0 + 1e-9


def test_the_reason_shows_the_arithmetic() -> None:
    judger = WeightedJudger(weights={"facts": 0.5}, calibrations={"rm": Calibration(centre=1.0, spread=2.0)})
    reason = decided(judger, signal("facts", 1.0, 0.0), signal("rm", 1.0, 2.0, kind="preference")).reason
    assert reason == "weighted sum: 0.5 × facts + 1 × rm (centre 1, spread 2)"


def test_the_calibrated_score_is_one_half_at_the_centre_and_never_overflows() -> None:
    scale = Calibration(centre=3.0, spread=0.5)
    assert scale.unit(3.0) == 0.5
    assert scale.unit(3.5) == pytest.approx(1 / (1 + math.exp(-1)))
    assert scale.unit(-1e308) == pytest.approx(0.0)
    assert scale.unit(1e308) == 1.0


@pytest.mark.parametrize(("centre", "spread"), [(0.0, 0.0), (0.0, -1.0), (math.nan, 1.0), (0.0, math.inf)])
def test_a_meaningless_calibration_is_refused(centre: float, spread: float) -> None:
    with pytest.raises(ValueError, match="spread above 0"):
        Calibration(centre=centre, spread=spread)
