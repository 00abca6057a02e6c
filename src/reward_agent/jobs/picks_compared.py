"""Two best-of-n runs on the same candidates, compared pick by pick."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reward_agent.errors import ReportError
from reward_agent.evaluate import Score
from reward_agent.jobs.best_of_n import Reading, kept_reading, values_of
from reward_agent.jobs.picks import by, worth
from reward_agent.jobs.standings import Standings
from reward_agent.jobs.valued import OWN, evaluator_named, with_scores
from reward_agent.reports.best_of_n import PairedCurves, PairedPoint
from reward_agent.reports.intervals import means95


def compare_picks(a: Path, b: Path) -> PairedCurves:
    """The picks of two runs on the same candidates, paired by prompt. Raises ReportError where they cannot be."""
    first, second = _points(a), _points(b)
    if first.metric != second.metric or OWN in (first.metric, second.metric):
        raise ReportError(
            f"the picks of {a} are valued by {first.metric}, those of {b} by {second.metric}: two runs are compared by "
            "one evaluator. Run both commands again with the same --evaluate; nothing is judged anew"
        )
    sizes = [size for size in first.sizes if size in second.sizes and size <= min(first.most, second.most)]
    both = sorted(first.rows.keys() & second.rows.keys())
    if not sizes or not both:
        what = "size" if both else "prompt with a value"
        raise ReportError(f"{a} and {b} have no {what} in common, so there is nothing to compare")
    if other := [id for id in both if first.texts[id] != second.texts[id]]:
        raise ReportError(
            f"{a} and {b} are runs on different data: {len(other)} samples have the same id and other content, the "
            f"first is {other[0]!r}. Compare runs on the same data."
        )
    span = max(first.highest, second.highest) - min(first.lowest, second.lowest)
    columns_a, columns_b = ([[run.rows[id][size] for size in sizes] for id in both] for run in (first, second))
    rows = [[*x, *y, *(v - u for u, v in zip(x, y, strict=True))] for x, y in zip(columns_a, columns_b, strict=True)]
    means = means95(rows, [first.weights[id] for id in both], lowest=-span, highest=span)
    count = len(sizes)
    return PairedCurves(
        name_a=str(a),
        name_b=str(b),
        metric=first.metric,
        n=len(both),
        only_a=len(first.rows) - len(both),
        only_b=len(second.rows) - len(both),
        points=tuple(
            PairedPoint(
                size=size,
                a=means[place].value,
                b=means[count + place].value,
                difference=means[2 * count + place].value,
                ci95=(means[2 * count + place].low, means[2 * count + place].high),
            )
            for place, size in enumerate(sizes)
        ),
    )


@dataclass(kw_only=True)
class _Points:
    """The values of one run's own picks: by prompt, by size."""

    metric: str
    sizes: Sequence[int]
    most: int = 0
    rows: dict[str, dict[int, float]] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)
    lowest: float = 0.0
    highest: float = 0.0


def _points(out: Path) -> _Points:
    reading = kept_reading(out)
    measure = OWN if reading.evaluate is None else evaluator_named(reading.evaluate).measures[0].name
    found = _Points(metric=measure, sizes=reading.sizes)
    with Standings.open(out) as standings:
        for standing, scores in with_scores(standings, values_of(out, reading)):
            sample, values = standing.taken.sample, _values(scores, measure)
            if values is None:
                continue
            method = by(standing.ranks, len(values))
            found.most = max(found.most, len(values))
            found.rows[sample.id] = {size: worth(method(size), values) for size in reading.sizes}
            found.weights[sample.id] = _weight(scores, measure, reading)
            found.texts[sample.id] = hash((sample.prompt, sample.responses))
            found.lowest, found.highest = min(found.lowest, *values), max(found.highest, *values)
    return found


def _values(scores: Sequence[Score] | None, measure: str) -> Sequence[float] | None:
    if scores is None or any(score.value is None for score in scores):
        return None
    return [score.values[measure] for score in scores]


def _weight(scores: Sequence[Score] | None, measure: str, reading: Reading) -> float:
    if not scores or reading.evaluate is None:
        return 1.0
    pooled = any(m.pooled for m in evaluator_named(reading.evaluate).measures if m.name == measure)
    return scores[0].weight if pooled else 1.0
