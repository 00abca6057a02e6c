import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reward_agent.prefer.bradley_terry import strengths


def test_who_wins_is_stronger_and_the_average_is_zero() -> None:
    winner, loser = strengths(2, {(0, 1): 1.0})
    assert winner > 0 > loser
    assert winner == pytest.approx(-loser)


def test_the_strengths_solve_the_likelihood() -> None:
    # One win each against the average and one of three games: 1 + 2 wins of games at odds s and s - t.
    first, second = strengths(2, {(0, 1): 2.0, (1, 0): 1.0})
    odds, other = math.exp(first), math.exp(second)
    assert 2 * odds / (odds + 1) + 3 * odds / (odds + other) == pytest.approx(1 + 2)
    assert 2 * other / (other + 1) + 3 * other / (odds + other) == pytest.approx(1 + 1)


def test_equal_records_are_equal_strengths() -> None:
    assert len(set(strengths(3, {(0, 1): 1.0, (1, 2): 1.0, (2, 0): 1.0}))) == 1
    assert strengths(2, {(0, 1): 0.5, (1, 0): 0.5}) == [0.0, 0.0]
    assert strengths(1, {}) == [0.0]


def test_beating_the_strong_counts_more_than_beating_the_weak() -> None:
    # 0 beats 1, 1 beats 2; 3 and 4 have won once each: 3 against 0, 4 against 2.
    found = strengths(5, {(0, 1): 1.0, (1, 2): 1.0, (3, 0): 1.0, (4, 2): 1.0})
    assert found[3] > found[4]


@settings(max_examples=25)
@given(st.integers(2, 6), st.data())
def test_names_do_not_matter(count: int, data: st.DataObject) -> None:
    games = list(itertools.combinations(range(count), 2))
    results = {game: data.draw(st.sampled_from([0.0, 0.5, 1.0])) for game in games}
    wins = {**results, **{(b, a): 1 - won for (a, b), won in results.items()}}
    order = data.draw(st.permutations(range(count)))
    renamed = {(order.index(a), order.index(b)): won for (a, b), won in wins.items()}
    before = strengths(count, wins)
    assert [strengths(count, renamed)[order.index(index)] for index in range(count)] == pytest.approx(before, abs=1e-6)
