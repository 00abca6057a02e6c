import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.errors import ConfigError
from reward_agent.jobs.budget import Budget, chances, choose

GAPS = st.lists(st.integers(0, 4).map(lambda tenths: tenths / 4), min_size=1, max_size=6)


@pytest.mark.parametrize(("text", "allowed"), [("0.5", 50), ("50%", 50), ("30", 30), ("2000", 100), ("1", 100)])
def test_a_budget_is_a_share_or_a_number_of_candidates(text: str, allowed: int) -> None:
    assert Budget.parse(text).of(100) == allowed


@pytest.mark.parametrize("text", ["", "0", "-1", "150%", "1.5", "half", "nan", "inf"])
def test_what_is_no_budget_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="share of the candidates"):
        Budget.parse(text)


def test_who_is_further_behind_than_the_expensive_signals_can_give_has_no_chance() -> None:
    found = chances([2.0, 1.9, 0.9], gain=1.0, bounded=True)
    assert found[0] > found[1] > 0
    assert found[2] == 0


def test_where_gains_have_no_bound_nobody_is_out_of_the_question_for_that_alone() -> None:
    assert chances([2.0, 1.9, 1.4], gain=0.5, bounded=True)[2] == 0
    assert chances([2.0, 1.9, 1.4], gain=0.5, bounded=False)[2] > 0


def test_chances_are_how_often_each_comes_first_with_gains_of_any_size() -> None:
    # Two level, one a half behind: it needs a gain above the larger of two others by a half.
    found = chances([1.0, 1.0, 0.5], gain=1.0, bounded=True)
    assert found[0] == found[1]
    assert sum(found) == pytest.approx(1, abs=0.02)
    assert found[2] == pytest.approx(1 / 24, abs=0.01)


@given(samples=st.lists(GAPS, min_size=1, max_size=6), allowed=st.integers(0, 30))
def test_a_budget_is_never_exceeded_and_everybody_has_a_finalist(samples: list[list[float]], allowed: int) -> None:
    found = {str(k): chances(scores, gain=1.0, bounded=True) for k, scores in enumerate(samples)}
    lots = {id: [f"{id}{k}".encode() for k in range(len(row))] for id, row in found.items()}
    chosen = choose(found, allowed, lots=lots)
    assert chosen.keys() == found.keys()
    assert all(chosen.values())
    assert sum(len(indices) for indices in chosen.values() if len(indices) > 1) <= allowed
    for id, indices in chosen.items():
        assert max(found[id]) in {found[id][index] for index in indices}


def test_what_is_spent_goes_where_the_cheap_signals_left_a_question_open() -> None:
    found = {
        "clear": chances([1.0, 0.1, 0.0, 0.0], gain=1.0, bounded=True),
        "open": chances([1.0, 1.0, 1.0, 0.0], gain=1.0, bounded=True),
    }
    lots = {id: [bytes([k]) for k in range(4)] for id in found}
    chosen = choose(found, 3, lots=lots)
    assert chosen == {"clear": (0,), "open": (0, 1, 2)}


def test_lots_and_not_places_decide_among_equals() -> None:
    found = {"s": chances([1.0] * 4, gain=1.0, bounded=True)}
    assert choose(found, 2, lots={"s": [b"d", b"b", b"c", b"a"]}) == {"s": (1, 3)}
