import statistics

import pytest

from reward_agent.jobs.pairing.spread import MOST_BINS, Spread


def of(values: list[float], width: float = 1.0) -> Spread:
    spread = Spread(width)
    for value in values:
        spread.add(value)
    return spread


def test_few_values_are_counted_exactly() -> None:
    spread = of([3.0, 1.0, 2.0, 2.0])
    assert (spread.n, spread.mean, spread.median, spread.least, spread.most) == (4, 2.0, 2.0, 1.0, 3.0)
    assert [count for _, _, count in spread.bins(2)] == [1, 3]


def test_without_a_value_everything_is_none() -> None:
    spread = of([])
    assert (spread.n, spread.mean, spread.median, spread.least, spread.bins(10)) == (0, None, None, None, [])


def test_equal_values_make_one_bin() -> None:
    assert of([0.5] * 3).bins(10) == [(0.5, 0.5, 3)]


def test_many_different_values_stay_in_bounded_memory_and_close_to_the_truth() -> None:
    values = [number * 0.37 for number in range(5 * MOST_BINS)]
    spread = of(values, width=0.01)
    assert len(spread._values) + len(spread._bins) <= 2 * MOST_BINS
    assert spread.n == len(values)
    assert spread.mean == pytest.approx(statistics.mean(values))
    assert spread.median == pytest.approx(statistics.median(values), abs=2 * spread.width)
    assert (spread.least, spread.most) == (values[0], values[-1])
    assert sum(count for _, _, count in spread.bins(10)) == len(values)


def test_values_as_large_as_a_float_can_be_do_no_harm() -> None:
    spread = of([float(number) * 1e304 for number in range(-10_000, 10_000)], width=1 / 1024)
    assert spread.n == 20_000
