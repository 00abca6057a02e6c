"""What stands above the list: the headline, and the figures of the run with how to read them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reward_agent.reports import wording
from reward_agent.reports.html import charts, figures
from reward_agent.reports.html.figures import SignalLine, SoFar
from reward_agent.reports.html.index import RunIndex
from reward_agent.reports.html.page import Drawn, Overview, Section, Table
from reward_agent.reports.metrics import BenchmarkReport, Integrity
from reward_agent.reports.plain import harmless, one_line
from reward_agent.reports.wording import Sheet
from reward_agent.types import Usage

SETTINGS_CHARS = 50_000
LINE = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What a run folder says of itself. `labelled`: whether its samples have an answer key. `report` is what
    report.json holds, None where there is none that is of the journal as it stands; `curve` what curve.json holds."""

    folder: str
    kind: str
    preset: str
    version: str
    labelled: bool
    settings: str = ""
    report: BenchmarkReport | None = None
    integrity: Integrity | None = None
    curve: Mapping[str, Any] | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


def overview_of(index: RunIndex, run: RunFacts) -> Overview:
    """The overview of one run, finished or not."""
    so_far = figures.so_far(index)
    report = run.report
    figure, interval, name = _headline(so_far, report)
    title = wording.title(report) if report is not None else f"{run.kind}, preset {run.preset}"
    return Overview(
        title=one_line(title, limit=LINE),
        subtitle=one_line(f"reward-agent {run.version} · {run.folder}", limit=LINE),
        warnings=[one_line(line, limit=LINE) for line in _warnings(so_far, run)],
        figure=figure,
        figure_name=name,
        interval=interval,
        facts=list(_facts(so_far, report, figures.spent(index))),
        sections=[section for section in _sections(index, run, so_far) if section.parts or section.lines],
        settings=harmless(run.settings, limit=SETTINGS_CHARS),
    )


def _headline(so_far: SoFar, report: BenchmarkReport | None) -> tuple[str, str, str]:
    accuracy, ci95 = so_far.accuracy, so_far.ci95
    if report is not None:
        accuracy, ci95 = report.overall.accuracy, report.overall.ci95
    if accuracy is None:
        return "", "", ""
    interval = "" if ci95 is None else f"95 % interval {wording.figure(ci95[0])}–{wording.figure(ci95[1])}"
    return wording.percent(accuracy), interval, "accuracy" if report is not None else "accuracy so far, by sample"


def _warnings(so_far: SoFar, run: RunFacts) -> Iterator[str]:
    if run.report is not None:
        yield from wording.warnings(run.report)
    elif waiting := so_far.total - so_far.judged:
        yield f"{waiting:,} of {so_far.total:,} samples are not judged yet; the figures are of the others."


def _facts(so_far: SoFar, report: BenchmarkReport | None, spent: Mapping[str, Usage]) -> Iterator[tuple[str, str]]:
    yield "judged", f"{so_far.judged:,} of {so_far.total:,} samples"
    if report is not None:
        yield "coverage", wording.percent(report.overall.coverage)
        yield "comparisons", f"{report.overall.n:,}"
        yield "longer wins", wording.percent(report.controls.longer_wins)
        yield "shorter wins", wording.percent(report.controls.shorter_wins)
    else:
        unjudged = so_far.outcomes.get("unjudged", 0)
        yield "coverage", wording.percent((so_far.judged - unjudged) / so_far.judged if so_far.judged else None)
    yield "ties", f"{report.overall.ties if report is not None else so_far.outcomes.get('tie', 0):,}"
    yield "with a failure", f"{so_far.failed:,} samples"
    total = sum(spent.values(), Usage())
    yield "model calls", f"{total.calls:,}"
    if total.cost:
        yield "cost", f"${total.cost:,.2f}"


def _sections(index: RunIndex, run: RunFacts, so_far: SoFar) -> Iterator[Section]:
    yield _accuracy(run, so_far)
    if run.curve is not None and (curve := charts.curve_plot(run.curve)) is not None:
        metric = one_line(str(run.curve.get("metric", "score")), limit=60)
        note = "Bands: 95 % intervals, where the file has them."
        yield Section(title="Best of n", parts=[Drawn(caption=f"{metric} against n", drawing=curve, note=note)])
    yield _signals(index, run)
    yield _scores(index, run)
    yield _cost(index)
    if failures := figures.failure_counts(index):
        rows = [[one_line(reason, limit=120), f"{count:,}"] for reason, count in failures]
        yield Section(
            title="Failures",
            parts=[Table(caption="What failed, and how often", sheet=Sheet(["failure", "times"], rows))],
        )
    if run.integrity is not None:
        yield Section(title="Data", lines=list(_data_lines(run)))


def _accuracy(run: RunFacts, so_far: SoFar) -> Section:
    if run.report is None:
        rows = [
            [one_line(name, limit=60) or "(all)", f"{n:,}", wording.figure(mean)]
            for name, (n, mean) in so_far.subsets.items()
        ]
        sheet = Sheet(["subset", "n", "accuracy %, by sample"], rows)
        return Section(title="Subsets", parts=[Table(caption="Subsets", sheet=sheet)] if run.labelled else [])
    bars = charts.accuracy_bars(run.report)
    note = "● accuracy with its 95 % interval; △ what “longer wins” gets on the same rows, ▽ what “shorter wins” gets."
    parts: list[Drawn | Table] = []
    if bars:
        parts.append(Drawn(caption="Accuracy by subset", drawing=charts.dot_plot(bars), note=note))
    parts.append(Table(caption="Figures by subset", sheet=wording.subset_sheet(run.report)))
    return Section(title="Accuracy", parts=parts, lines=wording.notes(run.report))


def _signals(index: RunIndex, run: RunFacts) -> Section:
    lines = figures.signal_lines(index)
    if not lines:
        return Section(title="Signals")
    whom = "the right candidate" if run.labelled else "the candidate that came out first"
    note = (
        f"Filled: for {whom}. Dotted: level. Hatched: against it. Empty: it abstained. A signal that does not apply "
        "to a sample is in no bar."
    )
    parts: list[Drawn | Table] = [
        Drawn(caption="What each signal said", drawing=charts.stance_bars(lines), note=note),
        Table(
            caption="Which signal decided",
            sheet=_stance_sheet(lines, labelled=run.labelled),
            note="Decided: it added most to the lead of the first candidate over the second.",
        ),
    ]
    if pairs := figures.agreement(index):
        rows = [
            [one_line(f"{a} and {b}", limit=80), f"{same:,}", f"{two:,}", f"{level:,}"]
            for (a, b), (same, two, level) in pairs.items()
        ]
        sheet = Sheet(["signals", "same side", "opposite\nsides", "one of\nthem level"], rows)
        parts.append(Table(caption="Where signals agree and disagree", sheet=sheet))
    return Section(title="Signals", parts=parts)


def _stance_sheet(lines: Sequence[SignalLine], *, labelled: bool) -> Sheet:
    headers = ["signal", "for", "level", "against", "silent", "failed", "decided"]
    headers += ["of these\nright %"] * labelled
    rows = []
    for line in lines:
        counts = (line.support, line.level, line.oppose, line.silent, line.failed, line.decided)
        right = [wording.figure(line.decided_right / line.decided if line.decided else None)]
        rows.append([one_line(line.name, limit=60), *(f"{count:,}" for count in counts), *right * labelled])
    return Sheet(headers, rows)


def _scores(index: RunIndex, run: RunFacts) -> Section:
    parts: list[Drawn | Table] = []
    if (margin := figures.margins(index, labelled=run.labelled)) is not None:
        note = "Right of zero the right candidate is ahead; left of it, hatched, another one." if run.labelled else ""
        parts.append(Drawn(caption=f"Margins: {margin.title}", drawing=charts.histogram(margin), note=note))
    if run.labelled and (chances := figures.chances(index)):
        note = "If margins mean what they should, larger ones are right more often. Bars: Wilson's 95 % interval."
        drawing = charts.chance_plot(chances)
        parts.append(Drawn(caption="Calibration: how often the higher candidate is right", drawing=drawing, note=note))
    for found in figures.distributions(index, labelled=run.labelled):
        parts.append(Drawn(caption=f"Scores of {one_line(found.title, limit=60)}", drawing=charts.histogram(found)))
    return Section(title="Scores", parts=parts)


def _cost(index: RunIndex) -> Section:
    spent = figures.spent(index)
    if not spent:
        return Section(title="Cost and time", lines=["No model was asked."])
    total = sum(spent.values(), Usage())
    rows = [_spent_row(one_line(role, limit=60), usage) for role, usage in spent.items()]
    sheet = Sheet(
        ["role", "calls", "from the\ncache", "prompt\ntokens", "completion\ntokens", "cost $", "seconds of\nwaiting"],
        [*rows, _spent_row("all", total)],
        total=True,
    )
    note = "Waiting adds up over calls that ran at the same time."
    return Section(
        title="Cost and time", parts=[Table(caption="What models were asked, by role", sheet=sheet, note=note)]
    )


def _spent_row(role: str, usage: Usage) -> list[str]:
    prompt = usage.tokens - usage.completion_tokens
    counts = (usage.calls, usage.cached, prompt, usage.completion_tokens)
    return [role, *(f"{count:,}" for count in counts), f"{usage.cost:,.4f}", f"{usage.seconds:,.1f}"]


def _data_lines(run: RunFacts) -> Iterator[str]:
    if run.report is not None:
        yield from (one_line(line, limit=LINE) for line in wording.integrity_lines(run.report))
    elif run.integrity is not None:
        i = run.integrity
        counts = f"{i.rows:,} rows read, {i.set_aside:,} set aside, {i.duplicates:,} duplicates"
        yield f"{counts}; fingerprint {i.fingerprint}."
        yield from (one_line(str(problem), limit=LINE) for problem in i.problems[:20])
    for key, value in run.told.items():
        yield one_line(f"{key}: {value}", limit=LINE)
