from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.verify.instructions.markdown import (
    Table,
    blocks,
    bullet_item,
    code_blocks,
    heading,
    is_heading_block,
    is_rule,
    items,
    numbered_item,
    sections,
    strip_emphasis,
    tables,
    without_code,
)


@pytest.mark.parametrize("line", ["- a", "* a", "+ a", "• a", "  - a", "•a", "◦ a"])
def test_the_usual_marks_make_a_bullet(line: str) -> None:
    item = bullet_item(line)
    assert item is not None and item.text == "a"


@pytest.mark.parametrize(
    "line", ["**bold** text", "---", "* * *", "-5 degrees", "-", "a - b", "-> so", "*italic* text"]
)
def test_other_lines_are_no_bullets(line: str) -> None:
    assert bullet_item(line) is None


@pytest.mark.parametrize(
    ("line", "number"),
    [("1. a", 1), ("12) a", 12), ("(3) a", 3), ("[4] a", 4), ("**5.** a", 5), ("## 6. a", 6), ("7: a", 7), ("8.a", 8)],
)
def test_numbered_items_come_in_many_forms(line: str, number: int) -> None:
    item = numbered_item(line)
    assert item is not None and item.number == number


@pytest.mark.parametrize("line", ["1.5 million", "2024. A year", "3 apples", "10:30 start", "a 1. b"])
def test_other_numbers_start_no_item(line: str) -> None:
    assert numbered_item(line) is None


def test_items_keep_their_indentation() -> None:
    assert [item.indent for item in items("- a\n  - b\n\t1. c")] == [0, 2, 4]


@pytest.mark.parametrize("line", ["---", "***", "* * *", "___", "=====", " - - - "])
def test_a_rule_is_a_row_of_marks(line: str) -> None:
    assert is_rule(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("## Aim ##", (2, "Aim")),
        ("**Aim:**", (0, "Aim")),
        ("**Aim**:", (0, "Aim")),
        ("<<Aim>>", (0, "Aim")),
        ("Section 2: Aim", (0, "Section 2: Aim")),
        ("Chapter IV", (0, "Chapter IV")),
        ("#tag", None),
        ("**Bold** start", None),
        ("Plain", None),
    ],
)
def test_headings_have_a_level_and_a_text(line: str, expected: tuple[int, str] | None) -> None:
    assert heading(line) == expected


def test_an_underlined_line_is_a_heading_block() -> None:
    assert is_heading_block("Aim\n---")
    assert not is_heading_block("- Aim\n---")
    assert not is_heading_block("# Aim\ntext")


def test_sections_run_from_heading_to_heading_and_code_holds_none() -> None:
    text = "intro\n# A\none\n```\n# no heading\n```\n## B\ntwo"
    assert [(s.heading, s.level, s.body) for s in sections(text)] == [
        ("A", 1, "one\n```\n# no heading\n```"),
        ("B", 2, "two"),
    ]


def test_code_blocks_have_a_language_and_an_open_one_runs_to_the_end() -> None:
    text = "a\n```Python\nprint(1)\n```\nb\n~~~\nopen"
    assert [(block.language, block.code) for block in code_blocks(text)] == [("python", "print(1)"), ("", "open")]
    assert without_code(text) == "a\nb"


def test_tables_are_read_with_or_without_outer_bars() -> None:
    first = Table(headers=("a", "b"), rows=(("1", "2"), ("3", "4")))
    assert tables("| a | b |\n|:--|--:|\n| 1 | 2 |\n| 3 | 4 |\n\na|b\n-|-\n1|2") == (
        first,
        Table(headers=("a", "b"), rows=(("1", "2"),)),
    )


def test_emphasis_and_a_final_colon_are_stripped() -> None:
    assert strip_emphasis("### **Aim:**") == "Aim"


@given(st.text(alphabet="a1 .-*#`|~<>=[]():\n\t", max_size=200))
def test_reading_markdown_never_raises(text: str) -> None:
    for line in text.split("\n"):
        heading(line)
        numbered_item(line)
        bullet_item(line)
    tables(text)
    code_blocks(text)
    assert all(block == block.strip() and block for block in blocks(text))
    assert all(section.body == section.body.strip() for section in sections(text))
