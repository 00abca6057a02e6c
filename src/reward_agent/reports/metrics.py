"""The figures of a benchmark run: accuracy with its interval, coverage, ties, failures, length controls, integrity.

    report = build_report(benchmark="pairs", preset="offline", ..., comparisons=[...], judgments=journal)
    report.overall.accuracy, report.overall.ci95

Everything is a function of what is in the journal; the same journal gives the same report, to the last digit.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reward_agent.reports.divisions import Division, divide
from reward_agent.reports.intervals import Outcome, interval95
from reward_agent.types import Aggregate, Comparison, Judgment, Problem, SignalKind, Usage

STAGES = frozenset({"route", "judge"})
"""Sources of a failure that are not signals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What scoring by length alone gets on the same comparisons, as an accuracy; None without comparisons."""

    longer_wins: float | None
    shorter_wins: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One division of a benchmark: a subset, an aggregate, or all of it.

    `n` comparisons. `accuracy` in [0, 1] counts a tie and an unjudged comparison as 0.5; `ci95` is its 95 %
    interval (see `intervals`). `coverage` is the share of comparisons that were judged, `ties` how many of these
    came out equal. `failures` counts the samples with at least one failed stage. `published` is the accuracy by
    the benchmark's own rule; `flipped` counts answers that changed with the order of the candidates. In an
    aggregate, accuracy, `published` and `controls` are weighted; counts and coverage are over its comparisons.
    """

    n: int
    accuracy: float | None
    ci95: tuple[float, float] | None
    coverage: float | None
    ties: int
    failures: int
    published: float | None
    flipped: int
    controls: Controls


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """What the data file was like. `rows` were read, of which `set_aside` could not be judged; `duplicates` repeat
    an earlier row; `fingerprint` identifies the content."""

    rows: int
    set_aside: int
    duplicates: int
    label_counts: Mapping[str, int]
    fingerprint: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalFigures:
    """In how many judgments a signal scored every candidate, abstained on at least one, or failed; and its mean
    score over all candidates it scored, in its own unit. `kind` is None for a signal that never succeeded."""

    kind: SignalKind | None
    scored: int
    abstained: int
    failed: int
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkReport:
    """A run's report, as in report.json. `n` is the number of samples, `overall.n` that of comparisons.

    `missing` counts the samples without a judgment, as in a run that was stopped; their comparisons are unjudged.
    `subsets` holds the leaf subsets in the order first seen, then the aggregates. `failures` counts by
    "source: kind", most frequent first.
    """

    benchmark: str
    preset: str
    version: str
    n: int
    missing: int
    overall: Figures
    subsets: Mapping[str, Figures]
    controls: Controls
    integrity: Integrity
    signals: Mapping[str, SignalFigures]
    failures: Mapping[str, int]
    usage: Usage


def build_report(
    *,
    benchmark: str,
    preset: str,
    version: str,
    n: int,
    comparisons: Sequence[Comparison],
    longer: Sequence[Comparison],
    shorter: Sequence[Comparison],
    aggregates: Sequence[Aggregate],
    judgments: Iterable[Judgment],
    integrity: Integrity,
    sample_of: Callable[[str], str] = lambda judged_id: judged_id,
) -> BenchmarkReport:
    """The report of one run.

    `longer` and `shorter` are the comparisons as answered by length alone. `judgments` is read once. `sample_of`
    gives the sample's id for a judgment's, where a sample is judged more than once. Raises ReportError where the
    aggregates cannot be told apart.
    """
    tally = JudgmentTally(judgments, sample_of)
    divisions, whole = divide((c.subset for c in comparisons), aggregates)
    answers, long, short = map(_by_subset, (comparisons, longer, shorter))

    def figures(division: Division) -> Figures:
        controls = Controls(longer_wins=_accuracy(long, division), shorter_wins=_accuracy(short, division))
        return _figures(answers, division, controls, tally.failed_samples)

    # A comparison may stand for several samples and name one: only in the whole is every failed sample counted.
    overall = replace(figures(whole), failures=len(tally.failed_samples))
    return BenchmarkReport(
        benchmark=benchmark,
        preset=preset,
        version=version,
        n=n,
        missing=max(0, n - len(tally.samples)),
        overall=overall,
        subsets={division.name: figures(division) for division in divisions},
        controls=overall.controls,
        integrity=integrity,
        signals=tally.signals(),
        failures=tally.by_reason(),
        usage=tally.usage,
    )


def _plain_mean(scores: Sequence[float]) -> float | None:
    if not scores:
        return None
    try:
        return math.fsum(scores) / len(scores)
    except OverflowError:  # finite scores whose sum is not
        return math.fsum(score / len(scores) for score in scores)


def _by_subset(comparisons: Iterable[Comparison]) -> dict[str, list[Comparison]]:
    parts: dict[str, list[Comparison]] = {}
    for comparison in comparisons:
        parts.setdefault(comparison.subset, []).append(comparison)
    return parts


def _figures(
    answers: Mapping[str, Sequence[Comparison]], division: Division, controls: Controls, failed: set[str]
) -> Figures:
    members = [comparison for subset in division.weights for comparison in answers[subset]]
    judged = sum(c.judged for c in members)
    return Figures(
        n=len(members),
        accuracy=_accuracy(answers, division),
        ci95=interval95([Outcome(c.sample_id, c.subset, c.credit) for c in members], division),
        coverage=judged / len(members) if members else None,
        ties=sum(c.judged and c.tied for c in members),
        failures=len(failed & _ids(members)) if failed else 0,
        published=_mean(answers, division, lambda c: c.published),
        flipped=sum(c.flipped for c in members),
        controls=controls,
    )


def _ids(members: Sequence[Comparison]) -> set[str]:
    """What the samples in question may be called: a comparison's `sample_id` can name a group of samples, such as
    those of one prompt, and then its `id` names the sample."""
    return {name for comparison in members for name in (comparison.sample_id, comparison.id)}


def _accuracy(answers: Mapping[str, Sequence[Comparison]], division: Division) -> float | None:
    return _mean(answers, division, lambda c: c.credit)


def _mean(
    answers: Mapping[str, Sequence[Comparison]], division: Division, value: Callable[[Comparison], float]
) -> float | None:
    return division.mean({s: [value(c) for c in answers[s]] for s in division.weights if s in answers})


class JudgmentTally:
    """Counts over the judgments, taken in one pass."""

    def __init__(self, judgments: Iterable[Judgment], sample_of: Callable[[str], str] = lambda id: id) -> None:
        self.usage = Usage()
        self.failures: Counter[str] = Counter()
        self.samples: set[str] = set()
        self.failed_samples: set[str] = set()
        self._sample_of = sample_of
        self._kinds: dict[str, SignalKind] = {}
        self._answers: Counter[tuple[str, bool]] = Counter()
        self._failed: Counter[str] = Counter()
        self._scores: dict[str, list[float]] = {}
        for judgment in judgments:
            self._add(judgment)

    def _add(self, judgment: Judgment) -> None:
        sample_id = self._sample_of(judgment.sample_id)
        self.usage += judgment.usage
        self.samples.add(sample_id)
        if judgment.failures:
            self.failed_samples.add(sample_id)
        for failure in judgment.failures:
            self.failures[f"{failure.source}: {failure.kind}"] += 1
            self._failed[failure.source] += 1
        for signal in judgment.signals:
            self._kinds[signal.name] = signal.kind
            self._answers[signal.name, signal.scores is not None] += 1
            scores = (verdict.score for verdict in signal.verdicts if verdict.score is not None)
            self._scores.setdefault(signal.name, []).extend(scores)

    def by_reason(self) -> dict[str, int]:
        """Failures by "source: kind", most frequent first, whatever the order they were journalled in."""
        return dict(sorted(self.failures.items(), key=lambda item: (-item[1], item[0])))

    def signals(self) -> dict[str, SignalFigures]:
        """What each signal did, by its name."""
        names = dict.fromkeys((*self._kinds, *(source for source in self._failed if source not in STAGES)))
        return {
            name: SignalFigures(
                kind=self._kinds.get(name),
                scored=self._answers[name, True],
                abstained=self._answers[name, False],
                failed=self._failed[name],
                mean=_plain_mean(self._scores.get(name, ())),
            )
            for name in sorted(names)
        }
