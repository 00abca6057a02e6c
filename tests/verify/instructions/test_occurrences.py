import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reward_agent.verify.instructions.occurrences import in_given_case, occurrences
from reward_agent.verify.instructions.units import word_pattern


@given(
    st.text(alphabet="asAS _-1éİſK.\n", max_size=40),
    st.text(alphabet="asAS1k é-", min_size=1, max_size=4),
    st.booleans(),
)
@example("aa aaa", "aa", True)
@example("a\u0301b a", "a", True)
def test_both_ways_of_searching_find_the_same(text: str, word: str, whole: bool) -> None:
    assert occurrences(text, word, whole=whole) == [m[0] for m in word_pattern(word, False, whole).finditer(text)]


@pytest.mark.parametrize(
    ("text", "count"),
    [("Rain, rain_y rain-fall rains RAIN", 3), ("train", 0), ("", 0), ("rain's end: rain", 2)],
)
def test_inflections_and_longer_words_do_not_count(text: str, count: int) -> None:
    assert len(occurrences(text, "rain")) == count


def test_a_piece_of_a_word_counts_where_that_is_asked_for() -> None:
    assert occurrences("train Rainy", "rain", whole=False) == ["rain", "Rain"]


def test_the_given_case_is_told_apart_also_for_phrases() -> None:
    pieces = occurrences("Deep sea. deep\nsea. DEEP SEA", "deep sea")
    assert len(pieces) == 3
    assert in_given_case(pieces, "deep sea") == 1
