"""The words that findings speak of are found in the text, and the text stays whole."""

import time

from hypothesis import given
from hypothesis import strategies as st

from reward_agent.reports.html.marks import Wanted, pieces, quoted


def test_what_a_checker_quotes_is_marked_whatever_its_blanks() -> None:
    found = pieces("One.\nTwo  three\nfour. Five.", [Wanted("Two three four.", 3)])
    assert found == [("One.\n", None), ("Two  three\nfour.", 3), (" Five.", None)]


def test_a_word_is_not_marked_inside_another() -> None:
    assert pieces("start art", [Wanted("art", 0)]) == [("start ", None), ("art", 0)]


def test_a_cut_quote_is_marked_as_far_as_it_goes() -> None:
    assert quoted('3 sentences, the last "Enjoy every slow mor…", no') == ["Enjoy every slow mor"]


def test_marks_do_not_overlap_and_the_first_stands() -> None:
    assert pieces("a long line", [Wanted("long line", 0), Wanted("a long", 1)]) == [("a ", None), ("long line", 0)]


def test_words_that_are_not_there_mark_nothing() -> None:
    assert pieces("text", [Wanted("(.*)+$", 0), Wanted("", 1)]) == [("text", None)]


@given(st.text(max_size=60), st.lists(st.text(max_size=10), max_size=5))
def test_the_pieces_joined_are_the_text(text: str, words: list[str]) -> None:
    found = pieces(text, [Wanted(one, at) for at, one in enumerate(words)])
    assert "".join(piece for piece, _ in found) == text


def test_a_megabyte_of_blanks_is_searched_in_no_time() -> None:
    started = time.perf_counter()
    pieces("a " * 500_000, [Wanted("a " * 100 + "b", at) for at in range(3)])
    assert time.perf_counter() - started < 5
