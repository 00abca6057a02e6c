"""What is counted while pairs are made, and the report of it (`pairs.json`)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from reward_agent.jobs.pairing.rules import Pairing, PairRules
from reward_agent.jobs.pairing.spread import Spread
from reward_agent.types import Judgment, Sample

SCORE_WIDTH = 1 / 1024
HISTOGRAM_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """`count` values from `low` to `high`."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Of `n` values; None where there is none. The median is of a histogram, as fine as the values allow."""

    n: int
    mean: float | None
    median: float | None
    least: float | None
    most: float | None
    histogram: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Of the responses in pairs, in characters. The shares are of pairs."""

    chosen: Distribution
    rejected: Distribution
    chosen_longer: float | None
    chosen_shorter: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsReport:
    """`set_aside` rows of the data could not be read. `no_pair` counts prompts by why they gave none, `refused`
    proposed pairs by why they were not made, both most frequent first. `scores` are the judger's over all judged
    candidates, `signals` each signal's, `margins` the pairs'. `failures` counts judged samples with a failed stage.
    `files` holds the rows written, by file name."""

    rules: PairRules
    format: str
    version: str
    set_aside: int
    prompts: int
    judged: int
    decided: int
    candidates: int
    prompts_with_pairs: int
    pairs: int
    near_duplicates: int
    failures: int
    no_pair: Mapping[str, int]
    refused: Mapping[str, int]
    scores: Distribution
    signals: Mapping[str, Distribution]
    margins: Distribution
    lengths: Lengths
    files: Mapping[str, int]


@dataclass(slots=True)
class Tally:
    """Takes one sample after another; memory does not grow with their number."""

    prompts: int = 0
    judged: int = 0
    decided: int = 0
    candidates: int = 0
    with_pairs: int = 0
    near_duplicates: int = 0
    failures: int = 0
    longer: int = 0
    shorter: int = 0
    no_pair: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    scores: Spread = field(default_factory=lambda: Spread(SCORE_WIDTH))
    signals: dict[str, Spread] = field(default_factory=dict)
    margins: Spread = field(default_factory=lambda: Spread(SCORE_WIDTH))
    chosen: Spread = field(default_factory=lambda: Spread(1.0))
    rejected: Spread = field(default_factory=lambda: Spread(1.0))

    def add(self, sample: Sample, judgment: Judgment | None, pairing: Pairing) -> None:
        self.prompts += 1
        self.candidates += len(sample.candidates)
        self.near_duplicates += pairing.near_duplicates
        self.refused.update(pairing.refused)
        if pairing.reason is not None:
            self.no_pair[pairing.reason] += 1
        if judgment is not None:
            self._add_scores(judgment)
        self.with_pairs += bool(pairing.pairs)
        texts = sample.responses
        for pair in pairing.pairs:
            chosen, rejected = len(texts[pair.chosen]), len(texts[pair.rejected])
            self.margins.add(pair.margin)
            self.chosen.add(chosen)
            self.rejected.add(rejected)
            self.longer += chosen > rejected
            self.shorter += chosen < rejected

    def _add_scores(self, judgment: Judgment) -> None:
        self.judged += 1
        self.failures += bool(judgment.failures)
        if judgment.decision is not None:
            self.decided += 1
            for score in judgment.decision.scores:
                self.scores.add(score)
        for signal in judgment.signals:
            spread = self.signals.setdefault(signal.name, Spread(SCORE_WIDTH))
            for verdict in signal.verdicts:
                if verdict.score is not None:
                    spread.add(verdict.score)

    def report(
        self, rules: PairRules, format: str, version: str, files: Mapping[str, int], *, set_aside: int
    ) -> PairsReport:
        pairs = self.margins.n
        return PairsReport(
            rules=rules,
            format=format,
            version=version,
            set_aside=set_aside,
            prompts=self.prompts,
            judged=self.judged,
            decided=self.decided,
            candidates=self.candidates,
            prompts_with_pairs=self.with_pairs,
            pairs=pairs,
            near_duplicates=self.near_duplicates,
            failures=self.failures,
            no_pair=_frequent_first(self.no_pair),
            refused=_frequent_first(self.refused),
            scores=_distribution(self.scores),
            signals={name: _distribution(self.signals[name]) for name in sorted(self.signals)},
            margins=_distribution(self.margins),
            lengths=Lengths(
                chosen=_distribution(self.chosen),
                rejected=_distribution(self.rejected),
                chosen_longer=self.longer / pairs if pairs else None,
                chosen_shorter=self.shorter / pairs if pairs else None,
            ),
            files=files,
        )


def _frequent_first(counts: Counter[str]) -> dict[str, int]:
    return {str(key): number for key, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def _distribution(spread: Spread) -> Distribution:
    bins = spread.bins(HISTOGRAM_BINS)
    return Distribution(
        n=spread.n,
        mean=spread.mean,
        median=spread.median,
        least=spread.least,
        most=spread.most,
        histogram=tuple(Bin(low=low, high=high, count=count) for low, high, count in bins),
    )
