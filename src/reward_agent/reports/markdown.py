"""Reports as Markdown. Names and messages come from data: they are escaped, so none can be markup or HTML."""

import re
from collections.abc import Iterable, Iterator

from reward_agent.reports import wording
from reward_agent.reports.metrics import BenchmarkReport
from reward_agent.reports.paired import PairedReport
from reward_agent.reports.plain import one_line
from reward_agent.reports.wording import Sheet

CELL = 120
LINE = 600
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# An underscore or a full stop inside a word means nothing in Markdown, and escaping it would make names hard to read.
_MARKS = re.compile(r"[\\`*{}\[\]|~$#!]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|(?<=:)/(?=/)|[&<>]")


def benchmark_markdown(report: BenchmarkReport) -> str:
    """The whole report; warnings come first."""
    return document(_benchmark_blocks(report))


def paired_markdown(report: PairedReport) -> str:
    """The comparison of two runs."""
    return document(_paired_blocks(report))


def escaped(text: str, *, limit: int) -> str:
    """The text on one line, at most `limit` characters of it, as Markdown that shows it literally."""
    return _MARKS.sub(lambda m: _ENTITIES.get(m[0], f"\\{m[0]}"), one_line(text, limit=limit))


def _benchmark_blocks(report: BenchmarkReport) -> Iterator[str]:
    for warning in wording.warnings(report):
        yield f"> **{line(warning)}**"
    yield f"# {line(wording.title(report))}"
    yield f"**{line(wording.headline(report))}**"
    yield from table(wording.subset_sheet(report))
    yield bullets(wording.notes(report))
    if report.signals:
        yield "## Signals"
        yield from table(wording.signal_sheet(report))
    if report.failures:
        yield "## Failures"
        yield from table(wording.failure_sheet(report))
    yield "## Data"
    yield bullets(wording.integrity_lines(report))
    yield "## Usage and settings"
    yield line(wording.usage_line(report.usage))
    yield (
        f"Made by reward-agent {line(report.version)} with the settings in `settings.toml`, from the judgments in "
        "`judgments.jsonl`; `reward-agent report` on this folder makes this page again."
    )


def _paired_blocks(report: PairedReport) -> Iterator[str]:
    yield "# Two runs compared"
    yield bullets([f"A: {report.name_a}", f"B: {report.name_b}"])
    yield f"**{line(wording.paired_headline(report))}**"
    yield from table(wording.paired_sheet(report))
    yield bullets([*wording.unmatched_lines(report), wording.PAIRED_NOTE])


def table(sheet: Sheet) -> Iterator[str]:
    """The sheet, and a line on the rows left out."""
    lines = [
        "| " + " | ".join(header.replace("\n", " ") for header in sheet.headers) + " |",
        "| --- |" + " ---: |" * (len(sheet.headers) - 1),
    ]
    for position, row in enumerate(sheet.rows, start=1):
        cells = [escaped(cell, limit=CELL) for cell in row]
        if sheet.total and position == len(sheet.rows):
            cells = [f"**{cell}**" for cell in cells]
        lines.append("| " + " | ".join(cells) + " |")
    yield "\n".join(lines)
    if sheet.left_out:
        yield wording.left_out_line(sheet)


def bullets(lines: Iterable[str]) -> str:
    """Escaped lines as a list."""
    return "\n".join(f"- {line(text)}" for text in lines)


def line(text: str) -> str:
    """The text on one line, escaped."""
    return escaped(text, limit=LINE)


def document(blocks: Iterable[str]) -> str:
    """The blocks, an empty line between them."""
    return "\n\n".join(blocks) + "\n"
