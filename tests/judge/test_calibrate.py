import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.errors import DataError
from reward_agent.judge.calibrate import Calibration
from reward_agent.judge.fit import MOST_POINTS, isotonic_points, robust_scale

CURVE = ((-1.0, 0.1), (0.0, 0.1), (2.0, 0.9))


def test_without_a_curve_the_centre_is_a_half_and_a_spread_is_a_logit() -> None:
    scale = Calibration(centre=2.0, spread=3.0)
    assert scale.unit(2.0) == 0.5
    assert scale.unit(5.0) == pytest.approx(1 / (1 + math.exp(-1)))


@pytest.mark.parametrize(("score", "unit"), [(-1.0, 0.1), (0.0, 0.1), (1.0, 0.5), (2.0, 0.9)])
def test_a_curve_is_followed(score: float, unit: float) -> None:
    assert Calibration(centre=0.5, spread=1.0, points=CURVE).unit(score) == pytest.approx(unit, abs=0.01)


@given(st.floats(-20, 20), st.floats(0.001, 5))
def test_a_higher_score_is_a_higher_unit_also_where_the_curve_is_level(score: float, more: float) -> None:
    scale = Calibration(centre=0.5, spread=1.0, points=CURVE)
    assert scale.unit(score + more) > scale.unit(score)
    assert 0 < scale.unit(score) < 1


def test_the_scale_of_logistic_scores_is_found_in_spite_of_wild_ones() -> None:
    scores = [3 + 2 * math.log(q / (1 - q)) for q in ((k + 0.5) / 1000 for k in range(1000))]
    centre, spread = robust_scale([*scores, 1e6, 1e6, -1e5])
    assert centre == pytest.approx(3, abs=0.05)
    assert spread == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize("scores", [[1.0] * 5, [0.5] * 100])
def test_scores_that_allow_no_scale_are_refused(scores: list[float]) -> None:
    with pytest.raises(DataError):
        robust_scale(scores)


def test_an_isotonic_curve_rises_and_tells_good_from_bad() -> None:
    better = [1 + 0.01 * k for k in range(100)]
    worse = [0.4 + 0.01 * k for k in range(100)]
    points = isotonic_points(better, worse)
    assert 2 <= len(points) <= MOST_POINTS
    assert points == sorted(points)
    assert [y for _, y in points] == sorted(y for _, y in points)
    assert points[0][1] < 0.2
    assert points[-1][1] > 0.8


def test_answers_that_score_the_wrong_way_round_allow_no_curve() -> None:
    with pytest.raises(DataError, match="do not score higher"):
        isotonic_points([-1.0 * k for k in range(30)], [1.0 + k for k in range(30)])
