"""Finds the markdown in a text: headings, rules, list items, sections, fenced code, tables.

A light reader for what people and models write, not the whole of CommonMark; linear in the text's length, and it
never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reward_agent.verify.instructions.remember import remembered

HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S.*)$")
_BOLD_LINE = re.compile(r"^\s*(?:\*\*(?=\S)[^*\n]+\*\*|__(?=\S)[^_\n]+__):?\s*$")
_ANGLE_LINE = re.compile(r"^\s*<<[^<>\n]+>>\s*$")
_RULE = re.compile(r"^\s*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|={3,}\s*)$")
_FENCE = re.compile(r"^[ \t]*(`{3,}+|~{3,}+)[ \t]*+([^\s`]*+)[^`]*+$")

_BULLET = re.compile(r"^(\s*)([-*+•‣◦▪●○–])(?![-*+–])[ \t]*(.*)$")
_NUMBER = re.compile(
    r"^(\s*)(?:\*\*|#{1,6}[ \t]+)?([\[(]?)(\d{1,3})(?:[\])][.:]?|[.:、](?=\s|$|\*|[^\W\d]))[ \t]*(.*)$"
)
_LABELLED = re.compile(r"^\s*(?:section|chapter|part|step)\s+(?:\d{1,3}|[ivxl]{1,6})\b[^\n]{0,80}$", re.IGNORECASE)
_TABLE_RULE = re.compile(r"^\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*$")
_EMPHASIS = " \t*_#<>{}[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One list item: its text without the marker, the marker, and how many columns it is indented."""

    text: str
    marker: str
    indent: int
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and the text below it, down to the next heading. `level` is the number of `#`, 0 for other forms."""

    heading: str
    level: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBlock:
    """A fenced block of code: the language named after the fence (lower case, may be empty) and its lines."""

    language: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A markdown table: its header cells and the cells of its body rows."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@remembered
def blocks(text: str) -> tuple[str, ...]:
    """Runs of lines between blank lines, each stripped."""
    found: list[str] = []
    current: list[str] = []
    for line in [*text.replace("\r\n", "\n").split("\n"), ""]:
        if line.strip():
            current.append(line)
        elif current:
            found.append("\n".join(current).strip())
            current = []
    return tuple(found)


def is_rule(line: str) -> bool:
    """A divider line: `---`, `***`, `* * *`, `___`, `===`."""
    return _RULE.match(line) is not None


def is_heading_line(line: str) -> bool:
    """A markdown heading, a line that is all bold, or a title in double angle brackets."""
    return bool(HEADING.match(line) or _BOLD_LINE.match(line) or _ANGLE_LINE.match(line))


def is_heading_block(block: str) -> bool:
    """Whether every line of the block is a heading or a rule, or the block is one underlined heading."""
    rows = block.split("\n")
    return all(is_heading_line(row) or is_rule(row) for row in rows) or (len(rows) == 2 and is_setext(rows[0], rows[1]))


def is_setext(line: str, underline: str) -> bool:
    """A heading written as a line of text underlined with `===` or `---`."""
    mark = underline.strip()
    return len(mark) >= 3 and set(mark) in ({"="}, {"-"}) and bool(line.strip()) and list_item(line) is None


def list_item(line: str) -> Item | None:
    """The bullet or numbered item that a line is, or None."""
    return bullet_item(line) or numbered_item(line)


def bullet_item(line: str) -> Item | None:
    """The bullet that a line is: it starts with one of `-*+•` and the like; `**bold**` and rules are none."""
    found = _BULLET.match(line)
    if found is None or is_rule(line):
        return None
    if found[2] in "*+–-" and not line[found.end(2) : found.end(2) + 1].isspace():
        return None
    return Item(text=found[3].strip(), marker=found[2], indent=_columns(found[1]))


def numbered_item(line: str) -> Item | None:
    """The numbered item that a line is: `1.`, `1)`, `(1)`, `[1]`, also bold or as a heading."""
    found = _NUMBER.match(line)
    if found is None:
        return None
    marker = line[: found.start(4)].strip()
    return Item(text=found[4].strip(), marker=marker, indent=_columns(found[1]), number=int(found[3]))


def _columns(space: str) -> int:
    return len(space.expandtabs(4))


@remembered
def bullets(text: str) -> tuple[Item, ...]:
    """All bullets, nested ones too."""
    return tuple(item for line in text.split("\n") if (item := bullet_item(line)))


@remembered
def numbered(text: str) -> tuple[Item, ...]:
    """All numbered items, nested ones too."""
    return tuple(item for line in text.split("\n") if (item := numbered_item(line)))


@remembered
def items(text: str) -> tuple[Item, ...]:
    """All list items, bulleted or numbered, in order."""
    return tuple(item for line in text.split("\n") if (item := list_item(line)))


@remembered
def sections(text: str) -> tuple[Section, ...]:
    """The sections of a text: what stands under each heading. Without a heading, every blank-line block is one."""
    found: list[tuple[str, int, list[str]]] = []
    fenced = False
    for line in text.replace("\r\n", "\n").split("\n"):
        fenced ^= line.lstrip().startswith("```")
        level_title = None if fenced else heading(line)
        if level_title:
            found.append((level_title[1], level_title[0], []))
        elif found:
            found[-1][2].append(line)
    if not found:
        return tuple(Section(heading="", level=0, body=block) for block in blocks(text) if not is_heading_block(block))
    return tuple(Section(heading=title, level=level, body="\n".join(body).strip()) for title, level, body in found)


def heading(line: str) -> tuple[int, str] | None:
    """The level (number of `#`, 0 for a bold or labelled line) and the text of a heading line, or None."""
    if found := HEADING.match(line):
        return len(found[1]), strip_emphasis(found[2].rstrip("# \t"))
    if _BOLD_LINE.match(line) or _ANGLE_LINE.match(line) or _LABELLED.match(line):
        return 0, strip_emphasis(line)
    return None


def strip_emphasis(line: str) -> str:
    """A line without the marks that make it bold, a heading or a title, and without a final colon."""
    return line.strip(_EMPHASIS).rstrip(":").strip(_EMPHASIS)


@remembered
def code_blocks(text: str) -> tuple[CodeBlock, ...]:
    """The fenced code blocks; one that is never closed runs to the end."""
    return _fenced(text)[0]


@remembered
def without_code(text: str) -> str:
    """The text without its fenced code blocks."""
    return _fenced(text)[1]


def _fenced(text: str) -> tuple[tuple[CodeBlock, ...], str]:
    found: list[CodeBlock] = []
    outside: list[str] = []
    inside: list[str] = []
    fence = language = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        mark = line.strip()
        if not fence and (opening := _FENCE.match(line)):
            fence, language, inside = opening[1], opening[2].lower(), []
        elif fence and mark.startswith(fence) and not mark.strip(fence[0]):
            found.append(CodeBlock(language=language, code="\n".join(inside)))
            fence = ""
        else:
            (inside if fence else outside).append(line)
    if fence:
        found.append(CodeBlock(language=language, code="\n".join(inside)))
    return tuple(found), "\n".join(outside)


@remembered
def tables(text: str) -> tuple[Table, ...]:
    """The markdown tables: a header line with `|`, a line of dashes, and the rows below."""
    rows = text.replace("\r\n", "\n").split("\n")
    found: list[Table] = []
    index = 1
    while index < len(rows):
        if "|" in rows[index - 1] and "-" in rows[index] and "|" in rows[index] and _TABLE_RULE.match(rows[index]):
            headers = cells(rows[index - 1])
            body: list[tuple[str, ...]] = []
            index += 1
            while index < len(rows) and "|" in rows[index]:
                body.append(cells(rows[index]))
                index += 1
            found.append(Table(headers=headers, rows=tuple(body)))
        index += 1
    return tuple(found)


def cells(row: str) -> tuple[str, ...]:
    """The cells of a table row, without the outer bars."""
    row = row.strip()
    row = row.removeprefix("|")
    row = row.removesuffix("|")
    return tuple(cell.strip() for cell in row.split("|"))
