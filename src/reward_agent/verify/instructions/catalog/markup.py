"""Markdown inside the text: highlights, bold, code blocks, tables."""

from __future__ import annotations

import re
from typing import Literal

from reward_agent.verify.instructions.catalog.evidence import all_found, every, excerpt, listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity
from reward_agent.verify.instructions.markdown import (
    HEADING,
    bullets,
    code_blocks,
    sections,
    strip_emphasis,
    tables,
    without_code,
)
from reward_agent.verify.instructions.units import lines

_STARRED = re.compile(r"\*([^\n*]*)\*")
_DOUBLE_STARRED = re.compile(r"\*\*([^\n*]*)\*\*")
_BOLD = re.compile(r"\*\*(?=\S)([^\n*]+)\*\*|__(?=\S)([^\n_]+)__|<(?:b|strong)>([^<\n]+)</")


@checker("highlights.count")
def highlights_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of highlighted pieces, *so* or **so**."""
    found = [text for text in _STARRED.findall(response) if text.strip()]
    found += [text for text in _DOUBLE_STARRED.findall(response) if text.strip()]
    measurement = Measurement.count(len(found), quantity, "highlights")
    return Measurement(
        met=measurement.met,
        measured=f"{measurement.measured}: {listing(found)}" if found else measurement.measured,
        distance=measurement.distance,
    )


@checker("bold.count")
def bold_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of bold pieces, **so**, __so__ or <b>so</b>."""
    return Measurement.count(sum(1 for _ in _BOLD.finditer(response)), quantity, "bold pieces")


_ALIASES = {"js": "javascript", "ts": "typescript", "py": "python", "sh": "bash", "shell": "bash", "c++": "cpp"}


@checker("code.blocks")
def code_blocks_count(response: str, *, quantity: Quantity, language: str | None = None) -> Measurement:
    """The number of fenced code blocks, on request only those marked with a language."""
    found = code_blocks(response)
    if language is not None:
        wanted = _ALIASES.get(language.strip().lower(), language.strip().lower())
        found = tuple(block for block in found if _ALIASES.get(block.language, block.language) == wanted)
    return Measurement.count(len(found), quantity, f"{language or ''} code blocks".strip())


@checker("table.shape")
def table_shape(response: str, *, columns: Quantity | None = None, rows: Quantity | None = None) -> Measurement:
    """Whether there is a markdown table with the given numbers of columns and body rows."""
    found = tables(response)
    if not found:
        return Measurement.of(False, "no table")
    shapes = [(len(table.headers), len(table.rows)) for table in found]
    distance, (width, height) = min(
        ((_off(columns, width) + _off(rows, height), (width, height)) for width, height in shapes),
        key=lambda choice: choice[0],
    )
    return Measurement(
        met=distance == 0, measured=f"a table of {width} columns and {height} rows", distance=distance / 2
    )


def _off(quantity: Quantity | None, count: int) -> float:
    return 0.0 if quantity is None else quantity.distance(count)


@checker("table.headers")
def table_headers(response: str, *, names: tuple[str, ...]) -> Measurement:
    """Whether a table has columns of the given names, whatever their case."""
    found = tables(response)
    if not found:
        return Measurement.of(False, "no table")
    headers = [{strip_emphasis(cell).lower() for cell in table.headers} for table in found]
    missing = min(([name for name in names if strip_emphasis(name).lower() not in row] for row in headers), key=len)
    measurement = all_found(names, missing, "column")
    shown = excerpt(" | ".join(found[0].headers))
    return Measurement(
        met=measurement.met, measured=f"{measurement.measured} in {shown}", distance=measurement.distance
    )


@checker("lines.prefixed")
def lines_prefixed(response: str, *, prefixes: tuple[str, ...] = ()) -> Measurement:
    """Whether lines are labelled by a speaker and a colon ("Q:", "Anna:"), and every given prefix is used.

    Without prefixes: every line starts with a short label and a colon. Markup around the label does not matter.
    """
    rows = [line.strip(" \t*_>-#") for line in response.split("\n") if line.strip()]
    if not prefixes:
        labelled = [row for row in rows if _LABEL.match(row)]
        return Measurement(
            met=bool(rows) and len(labelled) == len(rows),
            measured=f"{len(labelled)} of {len(rows)} lines start with a label and a colon",
            distance=1 - len(labelled) / len(rows) if rows else 1.0,
        )
    wanted = {prefix: prefix.strip(" \t*_").removesuffix(":").lower() for prefix in prefixes}
    used = {_label(row) for row in rows}
    return all_found(prefixes, [prefix for prefix, label in wanted.items() if label not in used], "line prefix")


_LABEL = re.compile(r"[^\s:][^:\n]{0,40}:")


def _label(row: str) -> str:
    return row[:60].partition(":")[0].strip(" *_").lower() if ":" in row[:60] else ""


_ITALIC = re.compile(
    r"(?<![*\w])\*(?![\s*])([^\n*]+)\*(?!\*)|(?<![_\w])_(?![\s_])([^\n_]+)_(?![_\w])|<(?:i|em)>([^<\n]+)</"
)
_LINK = re.compile(r"(?<!!)\[[^\[\]\n]+\]\([^()\s]+\)|https?://[^\s<>()\[\]]+")
_IMAGE = re.compile(r"!\[[^\[\]\n]*\]\([^()\s]+\)")
_FOOTNOTE = re.compile(r"\[\^?\d{1,3}\](?!\()")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})(?:\s[^<>]*)?>")


@checker("italics.count")
def italics_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of italic pieces, *so*, _so_ or <i>so</i>."""
    return Measurement.count(sum(1 for _ in _ITALIC.finditer(response)), quantity, "italic pieces")


@checker("inline_code.count")
def inline_code_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of pieces of code inside the text, in single backticks."""
    found = re.findall(r"(?<!`)`(?!`)[^`\n]+`(?!`)", without_code(response))
    return Measurement.count(len(found), quantity, "pieces of inline code")


@checker("code.lines")
def code_lines(response: str, *, quantity: Quantity) -> Measurement:
    """The number of lines of each fenced code block that are not blank; all must be in range."""
    return every(
        [block.code for block in code_blocks(response)],
        lambda code: quantity.allows(len(lines(code))),
        "code block",
        f"have {quantity} lines",
    )


@checker("blockquotes.count")
def blockquotes_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of block quotes (runs of lines that start with >)."""
    found = 0
    inside = False
    for line in without_code(response).split("\n"):
        quoted = line.lstrip().startswith(">")
        found += quoted and not inside
        inside = quoted
    return Measurement.count(found, quantity, "block quotes")


@checker("links.count")
def links_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of links, [text](address) or bare web addresses."""
    return Measurement.count(sum(1 for _ in _LINK.finditer(response)), quantity, "links")


@checker("images.count")
def images_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of markdown images, ![text](address)."""
    return Measurement.count(sum(1 for _ in _IMAGE.finditer(response)), quantity, "images")


@checker("footnotes.count")
def footnotes_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of different footnote or citation marks, [1] or [^1]."""
    found = set(_FOOTNOTE.findall(response))
    return Measurement.count(len(found), quantity, "footnote marks")


@checker("tables.count")
def tables_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of markdown tables."""
    return Measurement.count(len(tables(response)), quantity, "tables")


@checker("tags.count")
def tags_count(response: str, *, name: str, quantity: Quantity) -> Measurement:
    """The number of closed HTML or XML elements of a name, <b>so</b>."""
    wanted = name.strip("<>/ ").lower()
    opened = closed = 0
    for match in _TAG.finditer(response):
        if match[2].lower() == wanted:
            if not match[1]:
                opened += 1
            elif closed < opened:
                closed += 1
    return Measurement.count(closed, quantity, f"<{wanted}> elements")


@checker("markdown.none")
def markdown_none(response: str) -> Measurement:
    """Whether the text is plain: no headings, bold, lists with markers, tables, code fences or links of markdown."""
    seen = {
        "headings": any(HEADING.match(line) for line in response.split("\n")),
        "bold": _BOLD.search(response) is not None,
        "bullets": bool(bullets(response)),
        "tables": bool(tables(response)),
        "code fences": "```" in response,
        "links": re.search(r"\[[^\[\]\n]+\]\([^()\s]+\)", response) is not None,
    }
    used = [name for name, present in seen.items() if present]
    return Measurement(
        met=not used,
        measured=f"markdown: {', '.join(used)}" if used else "no markdown",
        distance=len(used) / (len(seen) + 1),
    )


@checker("sections.thesis")
def sections_thesis(response: str, *, tag: Literal["html", "markdown", "any"] = "any") -> Measurement:
    """Whether each section starts with a sentence in italics, of HTML (<i>, <em>) or markdown."""
    bodies = [section.body for section in sections(response)]
    starts = {"html": ("<i>", "<em>"), "markdown": ("*", "_"), "any": ("<i>", "<em>", "*", "_")}[tag]
    return every(bodies, lambda body: body.lower().startswith(starts), "section", "start in italics")


@checker("formulas.count")
def formulas_count(response: str, *, quantity: Quantity) -> Measurement:
    r"""The number of formulas in LaTeX, between $ $, $$ $$, \( \) or \[ \]."""
    return Measurement.count(sum(1 for _ in _FORMULA.finditer(response)), quantity, "formulas")


_FORMULA = re.compile(
    r"\$\$[^$]{1,2000}\$\$|\$(?![\s\d])[^$\n]{1,300}(?<!\s)\$(?!\d)|\\\([^\n]{1,300}?\\\)|\\\[(?s:.){1,2000}?\\\]"
)
