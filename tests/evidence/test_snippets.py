"""Snippets as plain text."""

import pytest

from reward_agent.evidence.snippets import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The <b>ebb</b> is &lt;out&gt; at&nbsp;noon", "The ebb is <out> at noon"),
        ("3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
        ("a\n\n b\x1b[2J", "a b [2J"),
        ("<span class='x'>caf&eacute;</span>", "café"),
    ],
)
def test_markup_goes_and_words_stay(text: str, shown: str) -> None:
    assert plain(text, 100) == shown


def test_a_snippet_is_cut() -> None:
    assert plain("ab " * 100, 5) == "ab ab"
