"""What the service sees of its own rewards, for Prometheus and the dashboard.

Counters since the start are Prometheus's own (one registry an application). What needs more than a counter is in
`trends.py`: how scores go with length, how they drift from the first hour, and the rates of the last hour.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from reward_agent.service.judges import Done, Job, Judges
from reward_agent.service.trends import Trends
from reward_agent.types import Judgment, Sample

PREFIX = "reward_agent_"
TIMEOUT_KINDS = frozenset({"timeout", "deadline"})
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
DECISION = "decision"
"""The name under which the judger's own scores stand among those of the signals."""


@dataclass(slots=True, kw_only=True, eq=False)
class Telemetry:
    """Told of everything that happens; `clock` gives seconds that only go forward."""

    first_hour_s: float = 3600.0
    clock: Callable[[], float] = time.monotonic
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    trends: Trends = field(init=False)
    _made: dict[str, Counter | Gauge | Histogram] = field(default_factory=dict)
    _labelled: dict[tuple[str, ...], Counter | Histogram] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.trends = Trends(first_hour_s=self.first_hour_s, clock=self.clock)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(_TrendCollector(self.trends))
        for name, what in {
            "samples_in_progress": "Samples taken in and not yet answered.",
            "http_requests_in_progress": "Requests under way.",
        }.items():
            self._made[name] = Gauge(PREFIX + name, what, registry=self.registry)
        for name, (what, *labels) in _COUNTERS.items():
            self._made[name] = Counter(PREFIX + name, what, labels, registry=self.registry)
        for name, (what, *labels) in _HISTOGRAMS.items():
            self._made[name] = Histogram(PREFIX + name, what, labels, registry=self.registry, buckets=SECONDS)

    def watch(self, judges: Judges) -> None:
        """Shows how many workers there are, and how many were lost."""
        alive = Gauge(PREFIX + "workers", "Workers that can judge now.", registry=self.registry)
        alive.set_function(lambda: judges.alive)
        lost = Gauge(PREFIX + "worker_restarts", "Workers lost and replaced since the start.", registry=self.registry)
        lost.set_function(lambda: judges.restarts)

    def pending(self, count: int) -> None:
        """So many samples wait or are judged."""
        self._gauge("samples_in_progress").set(count)

    def request_began(self) -> None:
        """A request came."""
        self._gauge("http_requests_in_progress").inc()

    def request_ended(self, path: str, status: int, seconds: float) -> None:
        """It was answered. `path` is an endpoint's, never the client's own words."""
        self._gauge("http_requests_in_progress").dec()
        self._count("http_requests", path=path, status=str(status))
        self._time("http_request_seconds", seconds, path=path)

    def judged(self, job: Job, done: Done, *, queue_s: float) -> None:
        """A sample was judged, or could not be."""
        judgment, decision = done.judgment, done.judgment.decision
        status = "scored" if decision is not None else "failed" if judgment.failures else "abstained"
        if job.checks is not None or job.verify_only:
            known = any(signal.scores is not None for signal in judgment.signals)
            status = "scored" if known else status
        self._count("samples", status=status)
        self._count("candidates", by=len(job.sample.candidates))
        self._time("queue_seconds", queue_s)
        if done.judge_s:
            self._time("judge_seconds", done.judge_s)
        for seconds in done.sandbox_s:
            self._time("sandbox_seconds", seconds)
        self._asked(judgment)
        self._voices(job.sample, judgment)

    def turned(self, first: Sequence[float], turned: Sequence[float]) -> None:
        """The same sample was judged in both orders; both scores in the first order."""
        winners = [{i for i, s in enumerate(scores) if s == max(scores)} for scores in (first, turned)]
        flipped = winners[0].isdisjoint(winners[1])
        self._count("flip_probes")
        self.trends.recent.add("flip probes")
        if flipped:
            self._count("flips")
            self.trends.recent.add("flips")

    def value(self, name: str, **labels: str) -> float:
        """A counter's value now, for the dashboard and tests."""
        return self.registry.get_sample_value(PREFIX + name, labels) or 0.0

    def _asked(self, judgment: Judgment) -> None:
        usage = judgment.usage
        for name, by in {
            "model_calls": usage.calls,
            "model_calls_cached": usage.cached,
            "model_tokens": usage.tokens,
            "model_cost_dollars": usage.cost,
        }.items():
            if by:
                self._count(name, by=by)
        if usage.calls:
            self.trends.recent.add("model calls", usage.calls)
            self.trends.recent.add("cached", usage.cached)

    def _voices(self, sample: Sample, judgment: Judgment) -> None:
        """What each signal did with the sample."""
        lengths = [len(text) for text in sample.responses]
        for signal in judgment.signals:
            outcome = "scored" if signal.scores is not None else "abstained"
            self._outcome(signal.name, outcome)
            self.trends.scored(signal.name, [verdict.score for verdict in signal.verdicts], lengths)
        heard = {signal.name for signal in judgment.signals}
        for failure in judgment.failures:
            self._count("failures", source=failure.source, kind=failure.kind)
            if failure.source not in heard:
                self._outcome(failure.source, "timeout" if failure.kind in TIMEOUT_KINDS else "failed")
                heard.add(failure.source)
        if judgment.decision is None:
            return
        scores = judgment.decision.scores
        self.trends.scored(DECISION, scores, lengths)
        if len(scores) > 1:
            flat = min(scores) == max(scores)
            self._count("groups", variance="without" if flat else "with")
            self.trends.recent.add("groups")
            self.trends.recent.add("flat groups", int(flat))

    def _outcome(self, source: str, outcome: str) -> None:
        self._count("signal_samples", signal=source, outcome=outcome)
        self.trends.recent.add(f"{outcome}:{source}")

    def _count(self, name: str, *, by: float = 1, **labels: str) -> None:
        counter = self._one_of(name, labels)
        assert isinstance(counter, Counter)
        counter.inc(by)

    def _gauge(self, name: str) -> Gauge:
        gauge = self._made[name]
        assert isinstance(gauge, Gauge)
        return gauge

    def _time(self, name: str, seconds: float, **labels: str) -> None:
        histogram = self._one_of(name, labels)
        assert isinstance(histogram, Histogram)
        histogram.observe(seconds)

    def _one_of(self, name: str, labels: dict[str, str]) -> Counter | Gauge | Histogram:
        """The metric for these labels, looked up once: the library's own way to it is the slowest part of counting."""
        made = self._made[name]
        if not labels or isinstance(made, Gauge):
            return made
        key = (name, *labels.values())
        if key not in self._labelled:
            self._labelled[key] = made.labels(**labels)
        return self._labelled[key]


_COUNTERS = {
    "http_requests": ("Requests answered.", "path", "status"),
    "samples": ("Samples judged, by how they ended.", "status"),
    "candidates": ("Candidates judged.",),
    "signal_samples": ("What each signal did with the samples it was asked about.", "signal", "outcome"),
    "failures": ("Failures, by where and what.", "source", "kind"),
    "groups": ("Samples with two scores or more, by whether the scores differ.", "variance"),
    "flip_probes": ("Samples judged in both orders.",),
    "flips": ("Of those, samples whose winner changed with the order.",),
    "model_calls": ("Calls to chat models.",),
    "model_calls_cached": ("Calls answered from the cache.",),
    "model_tokens": ("Tokens of chat models.",),
    "model_cost_dollars": ("Dollars, where prices are known.",),
}
_HISTOGRAMS = {
    "http_request_seconds": ("From a request's head to the end of its reply.", "path"),
    "queue_seconds": ("How long a sample waited for its turn.",),
    "judge_seconds": ("How long judging a sample took.",),
    "sandbox_seconds": ("How long a written checker took, its wait for the sandbox included.",),
}


class _TrendCollector(Collector):
    """The trends as gauges; one that is not known yet is not there."""

    def __init__(self, trends: Trends) -> None:
        self._trends = trends

    def collect(self) -> list[GaugeMetricFamily]:
        correlation = GaugeMetricFamily(
            PREFIX + "score_length_correlation",
            "Pearson's correlation of score and length in characters, of the last candidates.",
            labels=["signal"],
        )
        drift = GaugeMetricFamily(
            PREFIX + "score_drift",
            "Mean score of the last hour less that of the first, in standard deviations of the first.",
            labels=["signal"],
        )
        for name in self._trends.names:
            for family, value in (
                (correlation, self._trends.correlation(name)),
                (drift, self._trends.drift(name)),
            ):
                if value is not None:
                    family.add_metric([name], value)
        return [correlation, drift]
