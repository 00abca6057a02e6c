"""Reading a best-of-n run: the picks of every size, the curve, the report; and two runs compared.

    report = write_picks(out)          # results_best_of_N.jsonl, selected.jsonl, curve.json, report.json, report.md

Nothing is judged here: it can be done again, with other sizes or another evaluator, for nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from pydantic import TypeAdapter

from reward_agent.errors import ConfigError, ReportError
from reward_agent.evaluate import Score
from reward_agent.jobs.best_of_n import Reading, kept_reading, values_of
from reward_agent.jobs.folder import code_version, whole_file, write_whole
from reward_agent.jobs.picks import (
    AGENT,
    BEST,
    MAJORITY,
    RANDOM,
    by,
    leaders,
    lot,
    methods_of,
    shuffle_of,
    worth,
)
from reward_agent.jobs.savings import Savings
from reward_agent.jobs.selection import json_line, result_row, results_name, selected_row
from reward_agent.jobs.standings import Standing, Standings
from reward_agent.jobs.valued import OWN, evaluator_named, with_scores
from reward_agent.reports.best_of_n import BestOfNReport, Evaluation, SizeFigures
from reward_agent.reports.best_of_n_pages import best_of_n_markdown
from reward_agent.reports.curve import Curve, curve_of
from reward_agent.reports.curve_plot import PICTURES, draw_curve, source_note
from reward_agent.reports.metrics import JudgmentTally
from reward_agent.types import Judgment

OWN_UNIT = "as its judger has it, higher is better"
SHOWN_REASONS = 3
_REPORT: TypeAdapter[BestOfNReport] = TypeAdapter(BestOfNReport)
_CURVE: TypeAdapter[Curve] = TypeAdapter(Curve)


def write_picks(out: Path, *, say: Callable[[str], None] = lambda line: None) -> BestOfNReport:
    """Writes the folder's results, reports and pictures; `say` is told where a picture cannot be drawn. Raises RunError
    where the folder holds no best-of-n run."""
    reading = kept_reading(out)
    with Standings.open(out) as standings:
        most = max(len(standing.taken.sample.candidates) for standing in standings)
        sizes = tuple(size for size in reading.sizes if size <= most)
        if not sizes:
            raise ReportError(
                f"{out}: the smallest size asked for is {reading.sizes[0]}, and no prompt has more than {most} "
                "candidates. Give smaller --sizes"
            )
        picked = _Picked(out=out, reading=reading, sizes=sizes, standings=standings)
        with ExitStack() as stack:
            results = {size: stack.enter_context(whole_file(out / results_name(size))) for size in sizes}
            selected = stack.enter_context(whole_file(out / "selected.jsonl"))
            for standing, scores in with_scores(standings, values_of(out, reading)):
                picked.take(standing, scores, results, selected)
    for stale in set(out.glob(results_name("*"))) - {out / results_name(size) for size in sizes}:
        stale.unlink(missing_ok=True)
    report = picked.report()
    _write(report, out, say)
    return report


@dataclass(kw_only=True)
class _Picked:
    """What was read so far."""

    out: Path
    reading: Reading
    sizes: tuple[int, ...]
    standings: Standings
    n: int = 0
    missing: int = 0
    unjudged: int = 0
    candidates: list[int] = field(default_factory=list)
    counts: dict[tuple[int, str], int] = field(default_factory=dict)
    reasons: dict[str, None] = field(default_factory=dict)
    rows: dict[str, "_Row"] = field(default_factory=dict)
    budget: Savings = field(default_factory=Savings)

    @property
    def measures(self) -> Sequence[tuple[str, str, bool]]:
        """Name, unit, and whether it is pooled."""
        if self.reading.evaluate is None:
            return [(OWN, OWN_UNIT, False)]
        return [(m.name, m.unit, m.pooled) for m in evaluator_named(self.reading.evaluate).measures]

    def take(
        self, standing: Standing, scores: Sequence[Score] | None, results: dict[int, TextIO], selected: TextIO
    ) -> None:
        sample, ranks = standing.taken.sample, standing.ranks
        count = len(sample.candidates)
        self.n += 1
        self.missing += not standing.finished
        self.unjudged += ranks is None and standing.finished
        self.candidates.append(count)
        order = shuffle_of(sample.id, 0, count)
        picks = {}
        for size in self.sizes:
            tied = leaders(ranks, order[:size])
            picks[size] = lot(sample, tied)
            self._count(size, "short", size > count)
            self._count(size, "tied", ranks is not None and len(tied) > 1)
            self._count(size, "unjudged", ranks is None)
            results[size].write(json_line(result_row(sample, picks[size], judged=ranks is not None)))
        tied = leaders(ranks, order[: self.sizes[-1]])
        selected.write(json_line(selected_row(standing, picks, tied=len(tied))))
        if self.reading.evaluate is None:
            scores = _own_scores(standing)
        self._value(standing, scores)
        self.budget.take(standing, self.standings.audits.of(sample.id))

    def _value(self, standing: Standing, scores: Sequence[Score] | None) -> None:
        sample = standing.taken.sample
        if scores is None or any(score.value is None for score in scores):
            missing = next((score.reason for score in scores or () if score.value is None), "it has no decision")
            self.reasons.setdefault(missing, None)
            return
        methods = methods_of(sample, standing.ranks, standing.alone())
        shares = {(name, size): method(size) for name, method in methods.items() for size in self.sizes}
        row = _Row(weight=scores[0].weight)
        for measure, *_ in self.measures:
            values = [score.values[measure] for score in scores]
            best = by(values, len(values))
            shares.update({(BEST, size): best(size) for size in self.sizes})
            row.values[measure] = {place: worth(chances, values) for place, chances in shares.items()}
            row.range[measure] = (min(values), max(values))
        self.rows[sample.id] = row

    def _count(self, size: int, what: str, happened: bool) -> None:
        self.counts[size, what] = self.counts.get((size, what), 0) + happened

    def report(self) -> BestOfNReport:
        tally = JudgmentTally(self._judgments())
        (measure, unit, _), *_ = self.measures
        evaluated = len(self.rows)
        return BestOfNReport(
            preset=self.standings.judged.settings.preset,
            version=code_version(),
            n=self.n,
            missing=self.missing,
            unjudged=self.unjudged,
            fewest=min(self.candidates),
            most=max(self.candidates),
            sizes=tuple(
                SizeFigures(
                    size=size,
                    prompts=self.n,
                    **{what: self.counts[size, what] for what in ("short", "tied", "unjudged")},
                )
                for size in self.sizes
            ),
            skipped=tuple(size for size in self.reading.sizes if size not in self.sizes),
            evaluation=Evaluation(
                evaluator=self.reading.evaluate,
                measure=measure,
                unit=unit,
                evaluated=evaluated,
                missing=self.n - evaluated,
                reasons=tuple(self.reasons)[:SHOWN_REASONS],
            )
            if evaluated or self.reading.evaluate is not None
            else None,
            curves=tuple(self._curves()) if evaluated else (),
            budget=self.budget.figures(self.standings.budget),
            integrity=self.standings.judged.integrity,
            signals=tally.signals(),
            failures=tally.by_reason(),
            usage=tally.usage,
        )

    def _judgments(self) -> Iterator[Judgment]:
        """Those of all rounds and of the audit: a report counts what was spent."""
        with Standings.open(self.out) as standings:
            for standing in standings:
                kept = (standing.opening, standing.final, standings.audits.of(standing.taken.sample.id))
                yield from (judgment for judgment in kept if judgment is not None)

    def _curves(self) -> Iterator[Curve]:
        rows = [self.rows[id] for id in sorted(self.rows)]
        for measure, _, pooled in self.measures:
            points = {
                name: [[row.at(measure, name, size) for size in self.sizes] for row in rows]
                for name in self._methods(rows)
            }
            yield curve_of(
                measure,
                self.sizes,
                points,
                weights=[row.weight for row in rows] if pooled else None,
                lowest=min(row.range[measure][0] for row in rows),
                highest=max(row.range[measure][1] for row in rows),
            )

    def _methods(self, rows: Sequence["_Row"]) -> list[str]:
        """The agent first and the ends last. Majority where at least half of the prompts have one; own scores are not
        held against themselves."""
        (first, *_), *_ = self.measures
        names = dict.fromkeys(name for row in rows for name, _ in row.values[first])
        majorities = sum((MAJORITY, self.sizes[0]) in row.values[first] for row in rows)
        if 2 * majorities < len(rows):
            names.pop(MAJORITY, None)
        last = [] if self.reading.evaluate is None else [BEST]
        middle = [name for name in names if name not in (AGENT, RANDOM, BEST)]
        return [AGENT, *middle, RANDOM, *last]


@dataclass(kw_only=True)
class _Row:
    """One prompt: for each measure the value of every method's pick at every size."""

    weight: float
    values: dict[str, dict[tuple[str, int], float]] = field(default_factory=dict)
    range: dict[str, tuple[float, float]] = field(default_factory=dict)

    def at(self, measure: str, method: str, size: int) -> float:
        """A method that has nothing to go by for this prompt draws at random."""
        values = self.values[measure]
        return values.get((method, size), values[RANDOM, size])


def _own_scores(standing: Standing) -> Sequence[Score] | None:
    """Comparable only where all candidates were scored in one round."""
    if standing.finalists is not None or standing.decision is None:
        return None
    return [Score(values={OWN: score}) for score in standing.decision.scores]


def _write(report: BestOfNReport, out: Path, say: Callable[[str], None]) -> None:
    plots = []
    try:
        if report.curves:
            plots = [path.name for path in draw_curve(report.curves[0], out, note=source_note(report))]
    except ConfigError as error:
        say(f"no picture: {error}")
    for name in PICTURES.difference(plots):
        (out / name).unlink(missing_ok=True)
    write_whole(out / "report.json", _REPORT.dump_json(report, indent=2).decode() + "\n")
    write_whole(out / "report.md", best_of_n_markdown(report, plots=plots))
    if report.curves:
        write_whole(out / "curve.json", _CURVE.dump_json(report.curves[0], indent=2).decode() + "\n")
    else:
        (out / "curve.json").unlink(missing_ok=True)
