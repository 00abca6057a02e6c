"""What a report says, in plain words and without a format: `render` and `markdown` give the same lines a form.

Strings may hold text from data as it came; whoever shows them makes them safe.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from reward_agent.reports.metrics import BenchmarkReport, Figures, Integrity, SignalFigures
from reward_agent.reports.paired import PairedFigures, PairedReport
from reward_agent.types import Usage

SHOWN_ROWS = 100
SHOWN_PROBLEMS = 20
_VISIBLE = 0.0005
"""Figures nearer than this look the same to one decimal of a percentage."""


class Sheet(NamedTuple):
    """A table: the first column is text, the others are figures. Headers have a line break where a narrow table
    breaks them. `total` marks the last row as the sum of it; `left_out` rows more are in the report."""

    headers: list[str]
    rows: list[list[str]]
    total: bool = False
    left_out: int = 0


class Judged(Protocol):
    """What the reports of all jobs that judge have in common."""

    @property
    def integrity(self) -> Integrity: ...
    @property
    def signals(self) -> Mapping[str, SignalFigures]: ...
    @property
    def failures(self) -> Mapping[str, int]: ...


def warnings(report: BenchmarkReport) -> list[str]:
    """What a reader must know before any figure."""
    integrity, lines = report.integrity, []
    if report.missing:
        lines.append(
            f"WARNING: {report.missing:,} of {report.n:,} samples have no judgment: the run is not finished. They "
            "count as unjudged; run the same command again to go on."
        )
    if integrity.duplicates:
        lines.append(
            f"WARNING: {integrity.duplicates:,} of {integrity.rows:,} rows repeat an earlier row. They are counted "
            "again in every figure below; compare the file with the published one."
        )
    if integrity.set_aside:
        lines.append(
            f"WARNING: {integrity.set_aside:,} of {integrity.rows:,} rows could not be read and are set aside; no "
            "figure counts them."
        )
    return lines


def title(report: BenchmarkReport) -> str:
    return f"{report.benchmark}, preset {report.preset}"


def headline(report: BenchmarkReport) -> str:
    """Accuracy, n, coverage, ties and failures in one sentence."""
    all_of_it = report.overall
    if not all_of_it.n:
        return "Nothing to report: no comparison was made."
    of = _many(all_of_it.n, "comparison")
    if report.n != all_of_it.n:
        of += f" of {_many(report.n, 'sample')}"
    return (
        f"Accuracy {with_interval(all_of_it.accuracy, all_of_it.ci95)} on {of}; "
        f"coverage {percent(all_of_it.coverage)}, {_many(all_of_it.ties, 'tie')}, "
        f"{_many(all_of_it.failures, 'sample')} with a failure."
    )


def notes(report: BenchmarkReport) -> list[str]:
    """How to read the figures, of those that need it."""
    overall, lines = report.overall, []
    unjudged = round(overall.n * (1 - (overall.coverage if overall.coverage is not None else 1)))
    if unjudged:
        judger = ", or the judger failed" if any(f.startswith("judge: ") for f in report.failures) else ""
        lines.append(f"{unjudged:,} unjudged: no signal scored every candidate{judger}; counted 0.5.")
    if overall.ties:
        lines.append(f"{_many(overall.ties, 'tie')}: judged, and the scores are equal; counted 0.5.")
    lines.append("Interval: 95 %, by a bootstrap over samples. Longer or shorter wins: what length alone would get.")
    if _published_differs(report):
        lines.append("Published rule: the accuracy as the benchmark itself counts it, where a tie may be wrong.")
    if overall.flipped:
        lines.append(f"{overall.flipped:,} flipped: the answer changed with the order of the candidates.")
    return lines


def subset_sheet(report: BenchmarkReport, *, narrow: bool = False) -> Sheet:
    """Every subset and aggregate, with the length controls beside its accuracy; overall last.

    `narrow` leaves out what the headline and the notes say where it is of no use: it fits 80 columns.
    """
    headers = ["subset", "n", "accuracy %\n(95 %)", "longer\nwins %", "shorter\nwins %", "coverage\n%", "ties"]
    failures = not narrow or report.overall.failures > 0
    published = _published_differs(report)
    flipped = not narrow and report.overall.flipped > 0
    headers += ["failures"] * failures + ["published\nrule %"] * published + ["flipped"] * flipped

    def row(name: str, f: Figures) -> list[str]:
        cells = [name, f"{f.n:,}", with_interval(f.accuracy, f.ci95, unit="")]
        cells += [figure(f.controls.longer_wins), figure(f.controls.shorter_wins), figure(f.coverage)]
        cells += [f"{f.ties:,}"] + [f"{f.failures:,}"] * failures
        return cells + [figure(f.published)] * published + [f"{f.flipped:,}"] * flipped

    shown = list(report.subsets.items())[:SHOWN_ROWS]
    rows = [*(row(name, figures) for name, figures in shown), row("overall", report.overall)]
    return Sheet(headers, rows, total=True, left_out=len(report.subsets) - len(shown))


def signal_sheet(report: Judged) -> Sheet:
    """Every signal: in how many judgments it scored, abstained and failed, and its mean score."""
    rows = [
        [name, f"{s.scored:,}", f"{s.abstained:,}", f"{s.failed:,}", "–" if s.mean is None else f"{s.mean:.3f}"]
        for name, s in report.signals.items()
    ]
    headers = ["signal", "scored every\ncandidate", "abstained", "failed", "mean\nscore"]
    return Sheet(headers, rows[:SHOWN_ROWS], left_out=max(0, len(rows) - SHOWN_ROWS))


def failure_sheet(report: Judged) -> Sheet:
    """Failures by source and kind, most frequent first."""
    rows = [[reason, f"{count:,}"] for reason, count in report.failures.items()]
    return Sheet(["failure", "judgments"], rows[:SHOWN_ROWS], left_out=max(0, len(rows) - SHOWN_ROWS))


def integrity_lines(report: Judged, *, shown: int = SHOWN_PROBLEMS) -> Iterator[str]:
    """Rows, duplicates, labels and fingerprint; then the first `shown` problems: place, what, remedy."""
    integrity = report.integrity
    yield (
        f"{_many(integrity.rows, 'row')} read, {integrity.set_aside:,} set aside, "
        f"{_many(integrity.duplicates, 'duplicate')}; fingerprint {integrity.fingerprint}."
    )
    labels = list(integrity.label_counts.items())
    if labels:
        counted = ", ".join(f"{label} {count:,}" for label, count in labels[:SHOWN_PROBLEMS])
        yield f"Labels: {counted}{_more(len(labels) - SHOWN_PROBLEMS)}."
    for problem in integrity.problems[:shown]:
        yield f"{'set aside' if problem.set_aside else 'judged, but'}: {problem}"
    if len(integrity.problems) > shown:
        yield f"and {len(integrity.problems) - shown:,} more in integrity.json."


def usage_line(usage: Usage) -> str:
    """What models were asked for."""
    if not usage.calls and not usage.cached:
        return "No model was asked."
    cost = f" ${usage.cost:,.2f}," if usage.cost else ""
    return (
        f"{_many(usage.calls, 'model call')}, {usage.cached:,} answered from the cache, {usage.tokens:,} tokens,{cost} "
        f"{usage.seconds:,.1f} s spent waiting."
    )


def paired_headline(report: PairedReport) -> str:
    """The difference, its interval and the test in one sentence."""
    f = report.overall
    return (
        f"B − A: {points(f.difference, f.ci95)} on {_many(f.n, 'matched comparison')}; "
        f"A {percent(f.accuracy_a)}, B {percent(f.accuracy_b)}; McNemar p = {p_value(f.p_value)}."
    )


def paired_sheet(report: PairedReport) -> Sheet:
    """Every subset and aggregate; overall last."""
    headers = ["subset", "n", "A %", "B %", "B − A\n(95 %)", "only A\nright", "only B\nright", "McNemar\np"]

    def row(name: str, f: PairedFigures) -> list[str]:
        cells = [name, f"{f.n:,}", figure(f.accuracy_a), figure(f.accuracy_b), points(f.difference, f.ci95)]
        return [*cells, f"{f.only_a_right:,}", f"{f.only_b_right:,}", p_value(f.p_value)]

    shown = list(report.subsets.items())[:SHOWN_ROWS]
    rows = [*(row(name, figures) for name, figures in shown), row("overall", report.overall)]
    return Sheet(headers, rows, total=True, left_out=len(report.subsets) - len(shown))


def unmatched_lines(report: PairedReport) -> Iterator[str]:
    """Comparisons that only one run has; they are in no figure."""
    for side, count, ids in (
        ("A", report.unmatched_a, report.unmatched_ids_a),
        ("B", report.unmatched_b, report.unmatched_ids_b),
    ):
        if count:
            named = ", ".join(ids)
            yield f"Only in {side}, and in no figure: {count:,} ({named}{_more(count - len(ids))})."


PAIRED_NOTE = (
    "Interval: 95 %, by a bootstrap over samples with both answers. Only A right and only B right: fully right there "
    "and not in the other; McNemar's exact test on these two counts takes comparisons as independent."
)


def figure(share: float | None, *, unit: str = "") -> str:
    """A share as a percentage to one decimal; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.1f}{unit}"


def percent(share: float | None) -> str:
    return figure(share, unit=" %")


def with_interval(share: float | None, ci95: tuple[float, float] | None, *, unit: str = " %") -> str:
    """As in "83.3 % (80.1–86.2)"."""
    interval = "" if share is None or ci95 is None else f" ({figure(ci95[0])}–{figure(ci95[1])})"
    return figure(share, unit=unit) + interval


def points(difference: float | None, ci95: tuple[float, float] | None) -> str:
    """A difference in percentage points, as in "+2.1 (−0.4 to +4.6)"."""
    if difference is None:
        return "–"
    return _signed(difference) + (f" ({_signed(ci95[0])} to {_signed(ci95[1])})" if ci95 else "")


def p_value(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else f"{p:.1e}" if p > 0 else "< 1e-300"


def left_out_line(sheet: Sheet) -> str:
    return f"and {sheet.left_out:,} more in report.json"


def _published_differs(report: BenchmarkReport) -> bool:
    figures: Sequence[Figures] = [report.overall, *report.subsets.values()]
    return any(
        f.published is not None and f.accuracy is not None and abs(f.published - f.accuracy) >= _VISIBLE
        for f in figures
    )


def _signed(difference: float) -> str:
    text = f"{100 * difference:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _more(count: int) -> str:
    return f" and {count:,} more" if count > 0 else ""
