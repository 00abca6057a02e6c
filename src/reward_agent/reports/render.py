"""Reports for people: rich tables in the terminal here, Markdown in `markdown`.

Names and messages come from data, so every cell is a `Text`: nothing in it is taken for rich markup.
"""

from collections.abc import Iterator

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from reward_agent.reports import wording
from reward_agent.reports.markdown import benchmark_markdown, paired_markdown
from reward_agent.reports.metrics import BenchmarkReport
from reward_agent.reports.paired import PairedReport
from reward_agent.reports.plain import one_line
from reward_agent.reports.wording import Sheet

__all__ = ["benchmark_markdown", "benchmark_table", "paired_markdown", "paired_table", "sheet_table"]

CELL = 60
NAME = 8
"""Columns that a name needs at least; a longer one is folded."""
LINE = 600
SHOWN_PROBLEMS = 5
"""Fewer than in the file: the command that read the data has named them already."""


def benchmark_table(report: BenchmarkReport) -> RenderableType:
    """The report for a terminal; warnings come first."""
    return Group(*_benchmark_parts(report))


def paired_table(report: PairedReport) -> RenderableType:
    """The comparison of two runs for a terminal."""
    return Group(
        _line(f"A: {report.name_a}"),
        _line(f"B: {report.name_b}"),
        _line(wording.paired_headline(report), style="bold"),
        *_table(wording.paired_sheet(report)),
        *(_line(line, style="yellow") for line in wording.unmatched_lines(report)),
        _line(wording.PAIRED_NOTE, style="dim"),
    )


def sheet_table(sheet: Sheet) -> RenderableType:
    """One table for a terminal."""
    return Group(*_table(sheet))


def _benchmark_parts(report: BenchmarkReport) -> Iterator[RenderableType]:
    for warning in wording.warnings(report):
        yield _line(warning, style="bold red")
    yield _line(wording.title(report), style="bold")
    yield _line(wording.headline(report))
    yield from _table(wording.subset_sheet(report, narrow=True))
    for note in wording.notes(report):
        yield _line(note, style="dim")
    if report.signals:
        yield from _table(wording.signal_sheet(report))
    if report.failures:
        yield from _table(wording.failure_sheet(report))
    yield Text()
    for line in wording.integrity_lines(report, shown=SHOWN_PROBLEMS):
        yield _line(line)
    yield _line(wording.usage_line(report.usage))


def _table(sheet: Sheet) -> Iterator[RenderableType]:
    yield Text()
    yield _Fitted(sheet)
    if sheet.left_out:
        yield _line(wording.left_out_line(sheet), style="dim")


class _Fitted:
    """A table with as many columns as have room, and a line on how many have not.

    Left to itself, rich would squeeze columns until names vanish and figures break in two.
    """

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._cells = [[_cell(cell) for cell in row] for row in sheet.rows]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shown = self._columns(options.max_width)
        table = Table(box=box.SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False)
        for position, header in enumerate(self._sheet.headers[:shown]):
            if position:
                table.add_column(Text(header), justify="right", no_wrap=True, overflow="ellipsis")
            else:
                table.add_column(Text(header), overflow="fold")
        for position, row in enumerate(self._cells, start=1):
            last = self._sheet.total and position == len(self._cells)
            table.add_row(*row[:shown], style="bold" if last else "")
            if self._sheet.total and position == len(self._cells) - 1:
                table.add_section()
        yield table
        if missing := len(self._sheet.headers) - shown:
            yield _line(f"columns without room here: {missing}; a wider terminal shows them", style="dim")

    def _columns(self, room: int) -> int:
        """How many columns fit, at least two."""
        names, *figures = zip(map(Text, self._sheet.headers), *self._cells, strict=True)
        total, shown = min(NAME, max(_width(cell) for cell in names)), 1
        for column in figures:
            total += 1 + max(_width(cell) for cell in column)
            if total > room and shown > 1:
                break
            shown += 1
        return shown


def _width(cell: Text) -> int:
    return max((line.cell_len for line in cell.split()), default=0)


def _cell(text: str) -> Text:
    return Text(one_line(text, limit=CELL))


def _line(text: str, *, style: str = "") -> Text:
    return Text(one_line(text, limit=LINE), style=style)
