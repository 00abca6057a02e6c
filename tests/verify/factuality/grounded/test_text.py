"""Sentences, words, and the part of a passage that bears on a claim."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reward_agent.verify.factuality.grounded.text import (
    WINDOW_WORDS,
    akin,
    folded,
    sentences,
    stem,
    telling_words,
    window,
    words,
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It rained. It snowed.", 2),
        ("Dr. Vell met J. Orm in St. Anne. They spoke.", 2),
        ("One line\nanother line", 2),
        ("It cost 3.5 crowns.", 1),
        ("", 0),
        ('He said "No." Then he left.', 2),
    ],
)
def test_sentences_end_where_they_end(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_words_are_folded_and_thousands_lose_their_commas() -> None:
    assert words("Zoë paid 12,400 crowns") == ("zoe", "paid", "12400", "crowns")
    assert folded("ÅNGSTRÖM") == "angstrom"


def test_telling_words_leave_out_stop_words_and_endings() -> None:
    assert telling_words("The boats of the islands were sailing") == ("boat", "island", "sail")
    assert stem("glass") == "glass"


def test_a_short_passage_is_its_own_window_under_its_title() -> None:
    assert window("Merle", "A river. It is long.", "long") == "Merle: A river. It is long."


def test_a_long_passage_gives_the_sentences_that_bear_on_the_claim() -> None:
    filler = " ".join(f"Sentence number {n} speaks of weather and harvest and nothing else at all." for n in range(30))
    shown = window("", f"{filler} The lighthouse was lit in 1861. {filler}", "The lighthouse was lit in 1861.")
    assert "1861" in shown
    assert len(shown.split()) <= WINDOW_WORDS


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=800), st.text(max_size=100))
def test_a_window_of_any_text_is_bounded(text: str, claim: str) -> None:
    assert len(window("", text, claim).split()) <= WINDOW_WORDS


@pytest.mark.parametrize(
    ("word", "other", "related"),
    [
        ("actor", "actress", True),
        ("politics", "politician", True),
        ("screenwriter", "writer", True),
        ("author", "actor", False),
        ("1911", "1911th", False),
        ("sea", "seal", False),
    ],
)
def test_words_of_one_family_are_akin(word: str, other: str, related: bool) -> None:
    assert akin(word, other) is akin(other, word) is related
