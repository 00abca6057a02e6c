"""The report of a best-of-n run as a page and in the terminal: both show the same sheets and lines."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from reward_agent.reports import markdown, wording
from reward_agent.reports.best_of_n import BestOfNReport, PairedCurves
from reward_agent.reports.curve import Curve, Line, shares_of_the_way
from reward_agent.reports.plain import one_line
from reward_agent.reports.render import sheet_table
from reward_agent.reports.wording import Sheet

LINE = 600


def best_of_n_table(report: BestOfNReport) -> RenderableType:
    """The report for a terminal; warnings come first."""
    return Group(
        *(_text(line, style="bold red") for line in warnings(report)),
        _text(title(report), style="bold"),
        *(_text(line) for line in lines(report)),
        *(sheet_table(curve_sheet(curve)) for curve in report.curves[:1]),
        *(_text(note, style="dim") for note in notes(report)),
        sheet_table(size_sheet(report)),
        *(_text(line) for line in budget_lines(report)),
        *([sheet_table(wording.signal_sheet(report))] if report.signals else []),
        *([sheet_table(wording.failure_sheet(report))] if report.failures else []),
        _text(wording.usage_line(report.usage)),
    )


def best_of_n_markdown(report: BestOfNReport, *, plots: Sequence[str] = ()) -> str:
    """The whole report; `plots` are files beside it."""
    return markdown.document(_blocks(report, plots))


def paired_curves_table(paired: PairedCurves) -> RenderableType:
    """The comparison for a terminal."""
    return Group(
        *map(_text, paired_lines(paired)), sheet_table(paired_curves_sheet(paired)), _text(PAIRED, style="dim")
    )


def paired_curves_markdown(paired: PairedCurves) -> str:
    """The comparison as a page."""
    sheet = markdown.table(paired_curves_sheet(paired))
    return markdown.document(["# Two best-of-n runs compared", markdown.bullets(paired_lines(paired)), *sheet, PAIRED])


def title(report: BestOfNReport) -> str:
    return f"best-of-n, preset {report.preset}"


def warnings(report: BestOfNReport) -> list[str]:
    """What a reader must know before any figure."""
    found = []
    if report.missing:
        found.append(
            f"WARNING: {report.missing:,} of {report.n:,} samples are not fully judged: the run is not finished. Run "
            "the same command again to go on."
        )
    if report.unjudged:
        found.append(
            f"WARNING: {report.unjudged:,} of {report.n:,} samples are unjudged: no signal could decide. Their picks "
            'are drawn at random and marked "judged": false; in the curve they count as random.'
        )
    if report.integrity.set_aside:
        found.append(
            f"WARNING: {report.integrity.set_aside:,} of {report.integrity.rows:,} rows could not be read and are set "
            "aside; no figure counts them."
        )
    if report.evaluation is not None and report.evaluation.missing:
        found.append(
            f"WARNING: {report.evaluation.missing:,} prompts have no value for every candidate and are in no curve: "
            + "; ".join(report.evaluation.reasons)
        )
    return found


def lines(report: BestOfNReport) -> Iterator[str]:
    """What was picked from what."""
    among = f"{report.fewest:,}" if report.fewest == report.most else f"{report.fewest:,} to {report.most:,}"
    yield (
        f"{report.n:,} prompts with {among} candidates, each judged once; every size is read from the same judgments."
    )
    if report.skipped:
        sizes = ", ".join(map(str, report.skipped))
        yield f"Left out: the sizes {sizes}, since no prompt has so many candidates."
    if report.evaluation is not None:
        yield (
            f"Value: {report.evaluation.measure} ({report.evaluation.unit}) of {report.evaluation.evaluated:,} prompts."
        )


def notes(report: BestOfNReport) -> list[str]:
    """How to read the curve."""
    if report.evaluation is None:
        return ["Without --evaluate there is no value to compare the picks by."]
    if not report.curves:
        return ["No prompt has a value for every candidate, so there is no curve."]
    found = [
        "The mean over every order of the candidates. Interval: 95 %, by a bootstrap over prompts. Ties and unjudged "
        "samples count the mean of those tied."
    ]
    if report.evaluation.evaluator is None:
        found.append(
            "The values are the agent's own scores: what it thinks n buys, not what the picks are worth (--evaluate)."
        )
    return found


def curve_sheet(curve: Curve) -> Sheet:
    """A row a method and a column a size; at the largest size with the interval, and how far of the way it comes."""
    names = [line.name for line in curve.methods]
    ends = {"random", "best possible"} <= set(names)
    headers = ["pick by", *(f"n = {size}" for size in curve.sizes[:-1]), f"n = {curve.sizes[-1]}\n(95 %)"]
    rows = []
    for line in curve.methods:
        cells = [line.name, *(number(value) for value in line.values[:-1]), _last(line)]
        if ends:
            way = list(shares_of_the_way(curve, line.name, worst="random", best="best possible"))[-1]
            cells.append("–" if way is None else f"{way:.2f}")
        rows.append(cells)
    return Sheet([*headers, *(["of the way\nto the best"] if ends else [])], rows)


def size_sheet(report: BestOfNReport) -> Sheet:
    """Coverage and ties at each size."""
    rows = [
        [f"n = {size.size}", f"{size.prompts:,}", f"{size.tied:,}", f"{size.unjudged:,}", f"{size.short:,}"]
        for size in report.sizes
    ]
    return Sheet(["picks", "prompts", "drawn\namong ties", "unjudged,\ndrawn", "fewer\ncandidates"], rows)


def budget_lines(report: BestOfNReport) -> Iterator[str]:
    """What the budget saved, and what it cost."""
    budget = report.budget
    if budget is None:
        return
    yield (
        f"Budget {budget.told}: {budget.asked:,} of {budget.candidates:,} candidates got the expensive signals "
        f"({wording.percent(1 - budget.asked / budget.candidates)} saved; allowed {budget.allowed:,}). "
        f"{budget.settled:,} of {report.n:,} samples were settled by the cheap signals alone."
    )
    if budget.by_lot:
        yield (
            f"In {budget.by_lot:,} samples the budget ended among candidates that the cheap signals could not tell "
            "apart: lots decided who stayed in."
        )
    if budget.fell_back:
        yield f"In {budget.fell_back:,} samples the second round decided nothing: the cheap signals picked."
    if not budget.audited:
        yield "Whether the picks would have differed was not looked at; --audit 50 judges 50 samples in full beside."
        return
    asked = f"; {budget.calls:,} questions to models instead of {budget.full_calls:,}" if budget.full_calls else ""
    yield (
        f"Audit: of {budget.audited:,} samples judged in full too, the pick is the same in "
        f"{wording.with_interval(budget.same, budget.ci95)}{asked}."
    )


def paired_lines(paired: PairedCurves) -> list[str]:
    """What is compared."""
    found = [f"A: {paired.name_a}", f"B: {paired.name_b}", f"{paired.metric} of the picks, {paired.n:,} prompts."]
    for side, count in (("A", paired.only_a), ("B", paired.only_b)):
        if count:
            found.append(f"Only in {side}, and in no figure: {count:,} prompts.")
    return found


def paired_curves_sheet(paired: PairedCurves) -> Sheet:
    """A row a size."""
    rows = [
        [
            f"n = {point.size}",
            number(point.a),
            number(point.b),
            f"{signed(point.difference)} ({signed(point.ci95[0])} to {signed(point.ci95[1])})",
        ]
        for point in paired.points
    ]
    return Sheet(["size", "A", "B", "B − A (95 %)"], rows)


PAIRED = "Interval: 95 %, by a bootstrap over prompts, each drawn with both values."


def number(value: float) -> str:
    """A value as tables show it."""
    return f"{value:.3f}".replace("-", "−")


def signed(value: float) -> str:
    """A difference as tables show it."""
    text = f"{value:+.3f}"
    return "0.000" if text in ("+0.000", "-0.000") else text.replace("-", "−")


def _blocks(report: BestOfNReport, plots: Sequence[str]) -> Iterator[str]:
    for warning in warnings(report):
        yield f"> **{markdown.line(warning)}**"
    yield f"# {markdown.line(title(report))}"
    yield markdown.bullets(lines(report))
    for plot in [name for name in plots if name.endswith(".svg")]:
        yield f"![The curve]({plot})"
    for curve in report.curves:
        yield f"## {markdown.line(curve.metric)}"
        yield from markdown.table(curve_sheet(curve))
    yield markdown.bullets(notes(report))
    yield "## Picks"
    yield from markdown.table(size_sheet(report))
    if report.budget is not None:
        yield "## Budget"
        yield markdown.bullets(budget_lines(report))
    if report.signals:
        yield "## Signals"
        yield from markdown.table(wording.signal_sheet(report))
    if report.failures:
        yield "## Failures"
        yield from markdown.table(wording.failure_sheet(report))
    yield "## Data"
    yield markdown.bullets(wording.integrity_lines(report))
    yield "## Usage and settings"
    yield markdown.line(wording.usage_line(report.usage))
    yield (
        f"Made by reward-agent {markdown.line(report.version)} with the settings in `settings.toml`, from the journals "
        "beside; `reward-agent report` on this folder makes this page again."
    )


def _last(line: Line) -> str:
    return f"{number(line.values[-1])} ({number(line.low[-1])}–{number(line.high[-1])})"


def _text(line: str, *, style: str = "") -> Text:
    return Text(one_line(line, limit=LINE), style=style)
