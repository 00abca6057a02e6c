import pytest

from reward_agent.reports.curve import Curve, curve_of, shares_of_the_way
from reward_agent.reports.intervals import means95

POINTS = {
    "agent": [[0.0, 1.0], [1.0, 1.0], [0.5, 1.0], [0.5, 1.0]],
    "random": [[0.5, 0.5]] * 4,
    "best": [[0.5, 1.0]] * 4,
}


def curve() -> Curve:
    return curve_of("value", (1, 8), POINTS, lowest=0.0, highest=1.0)


def test_a_curve_has_the_mean_of_each_method_at_each_size_inside_its_interval() -> None:
    line = curve().line("agent")
    assert line.values == (0.5, 1.0)
    assert all(low <= value <= high for low, value, high in zip(line.low, line.values, line.high, strict=True))
    assert line.low[0] < 0.5 < line.high[0]


def test_equal_values_get_an_interval_with_width() -> None:
    line = curve().line("agent")
    assert line.low[1] < 1.0 == line.high[1]


def test_the_same_rows_give_the_same_intervals() -> None:
    assert curve() == curve()


def test_weights_count_prompts_as_often_as_they_say() -> None:
    weighed = curve_of("value", (1,), {"a": [[0.0], [1.0]]}, weights=[3.0, 1.0], lowest=0.0, highest=1.0)
    assert weighed.line("a").values == (0.25,)


def test_the_share_of_the_way_is_none_where_both_ends_meet() -> None:
    assert list(shares_of_the_way(curve(), "agent", worst="random", best="best")) == [None, 1.0]


def test_a_method_that_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        curve().line("other")


def test_figures_of_the_same_rows_see_the_same_resamples() -> None:
    one, twice = means95([[0.1, 0.2], [0.4, 0.8], [0.3, 0.6]], [1.0] * 3, lowest=0.0, highest=1.0)
    assert (twice.low, twice.high) == pytest.approx((2 * one.low, 2 * one.high))


def test_a_mean_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        means95([], [], lowest=0.0, highest=1.0)
