import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.reports.plain import harmless, one_line


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert harmless("abcdef", limit=3) == "abc…"
    assert harmless("abc", limit=3) == "abc"


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("a\x07b\x00", "a␇b␀"),
        ("\x9b2J", "\\x9b2J"),
        ("\x7f", "␡"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("a\ud800b", "a�b"),
        ("a\rb", "a␍b"),
        ("a\r\nb\u2028c", "a\nb\nc"),
        ("a\tb", "a    b"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_instead(hostile: str, shown: str) -> None:
    assert harmless(hostile, limit=100) == shown


def test_piled_up_combining_marks_are_cut_and_ordinary_ones_kept() -> None:
    assert harmless("e\u0301" + "z" + "\u0301" * 500, limit=1000) == "e\u0301z" + "\u0301" * 8


def test_other_scripts_and_emoji_come_through() -> None:
    text = "नमस्ते مرحبا 你好 👩\u200d💻"
    assert one_line(text, limit=100) == text


def test_one_line_joins_lines_and_runs_of_space() -> None:
    assert one_line("  a \n\n b\tc ", limit=100) == "a b c"


@given(st.text(st.characters(exclude_categories=())), st.integers(min_value=1, max_value=40))
def test_whatever_comes_the_line_can_be_written_and_holds_no_control_character(text: str, limit: int) -> None:
    line = one_line(text, limit=limit)
    line.encode()
    assert line.isascii() or not any(0x80 <= ord(c) < 0xA0 for c in line)
    assert not any(ord(c) < 0x20 or ord(c) == 0x7F for c in line)
    assert len(line) <= limit + 1
