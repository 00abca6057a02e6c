import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.reports.divisions import Division
from reward_agent.reports.intervals import Outcome, interval95

WHOLE = Division(name="x", weights={"x": 1.0})


def outcomes(values: list[float], *, per_cluster: int = 1, subset: str = "x") -> list[Outcome]:
    return [Outcome(f"{subset}{k // per_cluster:05}", subset, value) for k, value in enumerate(values)]


def width(ci95: tuple[float, float] | None) -> float:
    assert ci95 is not None
    return ci95[1] - ci95[0]


def test_nothing_has_no_interval() -> None:
    assert interval95([], WHOLE) is None
    assert interval95(outcomes([1.0], subset="y"), WHOLE) is None


def test_half_of_four_hundred_has_the_interval_of_the_normal_approximation() -> None:
    low, high = interval95(outcomes([0.0, 1.0] * 200), WHOLE) or (0, 0)
    assert low == pytest.approx(0.5 - 1.96 * 0.025, abs=0.005)
    assert high == pytest.approx(0.5 + 1.96 * 0.025, abs=0.005)


def test_all_right_gets_wilsons_interval_and_not_one_without_width() -> None:
    # Wilson for 10 of 10: the lower end is 10 / (10 + 1.96²).
    assert interval95(outcomes([1.0] * 10), WHOLE) == pytest.approx((10 / (10 + 1.959964**2), 1.0))
    assert interval95(outcomes([0.0] * 10), WHOLE) == pytest.approx((0.0, 1.959964**2 / (10 + 1.959964**2)))


def test_all_ties_get_an_interval_around_one_half() -> None:
    low, high = interval95(outcomes([0.5] * 100), WHOLE) or (0, 0)
    assert low < 0.5 < high
    assert low + high == pytest.approx(1)


def test_one_comparison_says_next_to_nothing() -> None:
    assert width(interval95(outcomes([1.0]), WHOLE)) > 0.7


def test_differences_that_are_all_nought_get_an_interval_on_both_sides() -> None:
    low, high = interval95(outcomes([0.0] * 400), WHOLE, lowest=-1) or (0, 0)
    assert -0.01 < low < 0 < high < 0.01
    assert low == -high


def test_clusters_that_agree_widen_the_interval() -> None:
    values = [float(k % 2) for k in range(40) for _ in range(9)]
    naive, clustered = (interval95(outcomes(values, per_cluster=k), WHOLE) for k in (1, 9))
    assert width(clustered) == pytest.approx(3 * width(naive), rel=0.2)


def test_clusters_of_one_kind_but_unlike_size_are_still_all_right() -> None:
    rows = [Outcome("a", "x", 1.0), Outcome("a", "x", 1.0), Outcome("b", "x", 1.0)]
    low, high = interval95(rows, WHOLE) or (0, 0)
    assert 0 < low < 1
    assert high == 1


def test_the_effective_number_of_an_aggregate_is_that_of_its_clusters() -> None:
    thirds = Division(name="all", weights={"easy": 1.0, "normal": 1.0, "hard": 1.0})
    rows = [Outcome(f"{k}", subset, 1.0) for k in range(30) for subset in thirds.weights]
    assert interval95(rows, thirds) == pytest.approx(interval95(outcomes([1.0] * 30), WHOLE))


def test_unequal_weights_widen_the_interval() -> None:
    rows = outcomes([0.0, 1.0] * 20) + outcomes([0.0, 1.0] * 200, subset="y")
    even = interval95(rows, Division(name="even", weights={"x": 1.0, "y": 1.0}))
    pooled = interval95(rows, Division(name="pooled", weights={"x": 40.0, "y": 400.0}, pooled=True))
    assert width(even) > 1.5 * width(pooled)


def test_stratification_keeps_the_make_up_and_so_ignores_differences_between_subsets() -> None:
    rows = outcomes([1.0] * 99 + [0.0]) + outcomes([0.0] * 99 + [1.0], subset="y")
    weights = {"x": 1.0, "y": 1.0}
    stratified = interval95(rows, Division(name="s", weights=weights))
    pooled = interval95(rows, Division(name="p", weights=weights, pooled=True))
    assert width(stratified) < 0.5 * width(pooled)


def test_strata_of_a_single_cluster_still_vary() -> None:
    subsets = [f"s{k}" for k in range(30)]
    rows = [Outcome(f"c{k}", subset, float(k % 2)) for k, subset in enumerate(subsets)]
    assert width(interval95(rows, Division(name="all", weights=dict.fromkeys(subsets, 1.0)))) > 0.2


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = outcomes([0.0, 0.5, 1.0, 1.0] * 15, per_cluster=2)
    shuffled = rows[:]
    random.Random(7).shuffle(shuffled)
    assert interval95(rows, WHOLE) == interval95(shuffled, WHOLE)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    source = random.Random(3)
    held = 0
    for _ in range(200):
        values = [float(source.random() < 0.7) for _ in range(60)]
        low, high = interval95(outcomes(values), WHOLE) or (0, 0)
        held += low <= 0.7 <= high
    assert 0.88 <= held / 200 <= 0.99


@given(
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from("xyz"), st.sampled_from([0.0, 0.5, 1.0, 1 / 3])), min_size=1),
    st.booleans(),
)
def test_an_interval_lies_in_its_range_and_holds_its_figure(rows: list[tuple[int, str, float]], pooled: bool) -> None:
    division = Division(name="any", weights={"x": 1.0, "y": 2.0, "z": 0.5}, pooled=pooled)
    values: dict[str, list[float]] = {}
    for _, subset, value in rows:
        values.setdefault(subset, []).append(value)
    mean = division.mean(values)
    ci95 = interval95([Outcome(str(c), s, v) for c, s, v in rows], division)
    assert mean is not None
    assert ci95 is not None
    assert 0 <= ci95[0] <= mean + 1e-12
    assert mean - 1e-12 <= ci95[1] <= 1 + 1e-12
    assert ci95[0] < ci95[1]
