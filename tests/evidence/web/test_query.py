"""A query reaches a search engine as plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.evidence.web.query import MAX_CHARS, MAX_WORDS, plain_query


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("When was the lighthouse first lit?", "When was the lighthouse first lit?"),
        ("lighthouse site:liar.example", "lighthouse site liar.example"),
        ("intitle:lit -wikipedia !images :fr", "intitle lit wikipedia images fr"),
        ('"exact words" AND (this OR that)', "exact words and this or that"),
        ("insource:/x.*/ lit~2", "insource x. lit 2"),
        ("The train leaves at 10:30 on a Thursday", "The train leaves at 10:30 on a Thursday"),
        ("well-known co-operation", "well-known co-operation"),
        ("one\nline\tonly\x00", "one line only"),
        ("", ""),
    ],
)
def test_commands_are_taken_out_and_words_stay(query: str, words: str) -> None:
    assert plain_query(query) == words


@given(st.text(max_size=2_000))
def test_any_text_becomes_a_bounded_line_without_operators(text: str) -> None:
    words = plain_query(text)
    assert len(words) <= MAX_CHARS
    assert len(words.split()) <= MAX_WORDS
    assert words.isprintable()
    assert '"' not in words
    assert "site:x" not in plain_query(f"{text} site:x")


def test_a_long_query_keeps_whole_words() -> None:
    assert plain_query("lighthouse " * 200).split() == ["lighthouse"] * 34
