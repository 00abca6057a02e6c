from hypothesis import given
from hypothesis import strategies as st

from reward_agent.types import REVERSED
from reward_agent.verify.factuality.pairs import drawn_pairs

ids = st.text(min_size=1).filter(lambda id: not id.endswith(REVERSED))


@given(ids, st.integers(2, 24), st.integers(1, 40), st.booleans())
def test_pairs_are_different_and_as_many_as_asked_for(id: str, candidates: int, count: int, everyone: bool) -> None:
    pairs = drawn_pairs(id, candidates, count, everyone=everyone)
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)
    assert all(first != second for first, second in pairs)
    all_pairs = candidates * (candidates - 1) // 2
    least = (candidates + 1) // 2 if everyone else 0
    assert len(pairs) == min(all_pairs, max(count, least))


@given(ids, st.integers(2, 24), st.integers(1, 40))
def test_everyone_is_drawn_unless_the_published_rule_is_asked_for(id: str, candidates: int, count: int) -> None:
    drawn = {index for pair in drawn_pairs(id, candidates, count, everyone=True) for index in pair}
    assert drawn == set(range(candidates))


def test_by_the_published_rule_some_are_never_drawn() -> None:
    missed = sum(
        16 - len({index for pair in drawn_pairs(f"sample-{n}", 16, 16, everyone=False) for index in pair})
        for n in range(200)
    )
    assert 0.05 < missed / (200 * 16) < 0.15


@given(ids, st.integers(2, 12), st.integers(1, 20), st.booleans())
def test_the_other_order_compares_the_same_pairs_the_other_way_round(
    id: str, candidates: int, count: int, everyone: bool
) -> None:
    pairs = drawn_pairs(id, candidates, count, everyone=everyone)
    other = drawn_pairs(id + REVERSED, candidates, count, everyone=everyone)
    assert [(candidates - 1 - second, candidates - 1 - first) for first, second in other] == list(pairs)


def test_one_candidate_makes_no_pair() -> None:
    assert drawn_pairs("x", 1, 1, everyone=True) == ()
