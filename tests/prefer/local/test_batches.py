import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.prefer.local.batches import Row, Unit, common_beginning, halved, next_batch, units_of


def row(*ids: int) -> Row:
    return Row(ids=list(ids), places=(len(ids) - 1,))


def plain(*lengths: int) -> list[Unit]:
    return [Unit((row(*range(length)),)) for length in lengths]


def lengths(batch: list[Unit]) -> list[int]:
    return [len(unit.rows[0].ids) for unit in batch]


def test_a_batch_is_the_oldest_row_and_those_most_like_it() -> None:
    assert sorted(lengths(next_batch(plain(50, 300, 52, 10, 49), budget=160))) == [49, 50, 52]


def test_a_row_over_the_budget_goes_alone() -> None:
    assert lengths(next_batch(plain(500, 20, 490), budget=100)) == [500]


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60), st.integers(1, 2000))
def test_every_row_is_computed_once_and_no_batch_of_several_is_over_the_budget(sizes: list[int], budget: int) -> None:
    waiting = plain(*sizes)
    done: list[int] = []
    while waiting:
        batch = next_batch(waiting, budget)
        assert any(unit is waiting[0] for unit in batch)
        assert len(batch) == 1 or max(lengths(batch)) * len(batch) <= budget
        done += lengths(batch)
        waiting = [unit for unit in waiting if all(unit is not taken for taken in batch)]
    assert sorted(done) == sorted(sizes)


def test_mixed_lengths_are_padded_by_little() -> None:
    draw = random.Random(1)
    waiting = plain(*(draw.randint(10, 500) for _ in range(300)))
    real = padded = 0
    while waiting:
        batch = next_batch(waiting, 4000)
        real += sum(lengths(batch))
        padded += max(lengths(batch)) * len(batch)
        waiting = [unit for unit in waiting if all(unit is not taken for taken in batch)]
    assert padded < 1.1 * real


@pytest.mark.parametrize(
    ("rows", "shared"),
    [(([1, 2, 3], [1, 2, 4]), 2), (([1, 2], [1, 2, 3]), 1), (([5], [6]), 0), (([1, 2, 3], [1, 2, 3]), 2)],
)
def test_rows_share_what_they_begin_with_and_keep_a_token_each(rows: tuple[list[int], ...], shared: int) -> None:
    assert common_beginning(rows) == shared


def test_a_long_prompt_is_shared_and_a_short_one_is_not() -> None:
    long, short = list(range(100)), list(range(3))
    (unit,) = units_of([row(*long, 7), row(*long, 8, 9)], budget=1000, share=True)
    assert (len(unit.rows), unit.shared) == (2, 100)
    assert [
        unit.shared for unit in units_of([row(*short, *[7] * 50), row(*short, *[8] * 50)], budget=1000, share=True)
    ] == [0, 0]
    assert len(units_of([row(*long, 7), row(*long, 8)], budget=1000, share=False)) == 2


def test_many_candidates_are_split_by_the_budget_and_none_is_lost() -> None:
    prompt = list(range(100))
    rows = [row(*prompt, *[1000 + number] * (number + 1)) for number in range(64)]
    units = units_of(rows, budget=500, share=True)
    assert len(units) > 1
    assert {id(one) for unit in units for one in unit.rows} == {id(one) for one in rows}
    assert all(unit.shared + len(unit.rows) * unit.longest <= 500 for unit in units)


def test_a_batch_that_did_not_fit_comes_back_in_smaller_units() -> None:
    pair = Unit((row(1, 2, 3), row(1, 2, 4)), shared=2)
    assert [unit.shared for unit in halved([pair])] == [0, 0]
    assert len(halved([pair, pair])) == 2
    assert halved(plain(5)) == []
