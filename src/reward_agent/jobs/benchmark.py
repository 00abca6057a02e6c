"""Benchmark a reward agent: read a benchmark's data, judge every sample, report by the benchmark's own rules."""

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from reward_agent.agent import RewardAgent
from reward_agent.benchmarks import BENCHMARKS, Reading, read_benchmark
from reward_agent.config import Settings
from reward_agent.errors import ReportError, RunError
from reward_agent.jobs.folder import RunFolder, write_whole
from reward_agent.jobs.journal import read_rows
from reward_agent.jobs.judging import judge_all, read_judgments, sample_of, scores_by_order
from reward_agent.jobs.run import Watch
from reward_agent.reports.metrics import BenchmarkReport, Integrity, build_report
from reward_agent.reports.paired import PairedReport, compare_runs
from reward_agent.reports.render import benchmark_markdown
from reward_agent.types import Aggregate, Comparison, Judgment, LabeledSample

_SAMPLE: TypeAdapter[LabeledSample] = TypeAdapter(LabeledSample)
_INTEGRITY: TypeAdapter[Integrity] = TypeAdapter(Integrity)
_REPORT: TypeAdapter[BenchmarkReport] = TypeAdapter(BenchmarkReport)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkJob:
    """What to benchmark: a name in `BENCHMARKS`, a path or `hf:` id, the first `limit` samples or all, and whether
    each sample is judged with its candidates in both orders."""

    benchmark: str
    data: str
    limit: int | None = None
    both_orders: bool = False


def read_data(job: BenchmarkJob, settings: Settings) -> Reading:
    """Reads the job's samples. Raises DataError."""
    return read_benchmark(
        job.benchmark,
        job.data,
        max_row_bytes=int(settings.run.max_row_mb * 1024 * 1024),
        unknown_label=settings.run.unknown_label,
        limit=job.limit,
    )


async def run_benchmark(
    job: BenchmarkJob, reading: Reading, settings: Settings, agent: RewardAgent, out: Path, *, watch: Watch
) -> BenchmarkReport:
    """Judges what the folder does not yet hold, and writes the report.

    Raises RunError when the folder belongs to other settings or data, or is in use.
    """
    folder = RunFolder(path=out)
    told = {**asdict(job), "kind": "benchmark", "fingerprint": reading.fingerprint, "version": _version()}
    folder.claim(told, settings)
    if not folder.integrity_file.exists():
        lines = b"".join(_SAMPLE.dump_json(sample) + b"\n" for sample in reading.samples)
        write_whole(folder.samples_file, lines.decode())
        write_whole(folder.integrity_file, _INTEGRITY.dump_json(_integrity(reading), indent=2).decode())
    await judge_all(
        agent,
        [labeled.sample for labeled in reading.samples],
        folder.journal_file,
        both_orders=job.both_orders,
        concurrency=settings.run.concurrency,
        watch=watch,
    )
    return write_report(out)


def write_report(out: Path) -> BenchmarkReport:
    """Recomputes report.json and report.md from the journal. Raises RunError where the folder holds no run."""
    run = _Run.load(out)
    benchmark = BENCHMARKS[run.job.benchmark]
    lengths = {s.sample.id: [float(len(text)) for text in s.sample.responses] for s in run.samples}
    report = build_report(
        benchmark=run.job.benchmark,
        preset=run.settings.preset,
        version=_version(),
        comparisons=run.comparisons(),
        longer=benchmark.compare(run.samples, {id: [scores] for id, scores in lengths.items()}),
        shorter=benchmark.compare(run.samples, {id: [[-x for x in scores]] for id, scores in lengths.items()}),
        aggregates=run.aggregates(),
        judgments=run.judgments.values(),
        n=len(run.samples),
        integrity=run.integrity,
        sample_of=sample_of,
    )
    write_whole(out / "report.json", _REPORT.dump_json(report, indent=2).decode() + "\n")
    write_whole(out / "report.md", benchmark_markdown(report))
    return report


def compare_folders(a: Path, b: Path) -> PairedReport:
    """The paired difference of two runs on the same benchmark. Raises ReportError or RunError."""
    first, second = _Run.load(a), _Run.load(b)
    if first.job.benchmark != second.job.benchmark:
        raise ReportError(
            f"{a} is a run of {first.job.benchmark} and {b} of {second.job.benchmark}: only runs of the same "
            "benchmark can be compared."
        )
    return compare_runs(str(a), first.comparisons(), str(b), second.comparisons(), first.aggregates())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A run folder, read back."""

    job: BenchmarkJob
    settings: Settings
    samples: Sequence[LabeledSample]
    judgments: Mapping[str, Judgment]
    integrity: Integrity

    @classmethod
    def load(cls, out: Path) -> "_Run":
        folder = RunFolder(path=out)
        told, settings = folder.recall()
        if told.get("kind") != "benchmark" or told.get("benchmark") not in BENCHMARKS:
            raise RunError(f"{out} does not hold a benchmark run this version knows.")
        if not folder.integrity_file.exists():
            raise RunError(f"{out}: the run was stopped before its data were read. Run the same command again.")
        job = BenchmarkJob(
            benchmark=told["benchmark"],
            data=told["data"],
            limit=told.get("limit"),
            both_orders=told["both_orders"],
        )
        return cls(
            job=job,
            settings=settings,
            samples=list(read_rows(folder.samples_file, _SAMPLE)),
            judgments=read_judgments(folder.journal_file),
            integrity=_INTEGRITY.validate_json(folder.integrity_file.read_bytes()),
        )

    def comparisons(self) -> list[Comparison]:
        scores = scores_by_order(
            [labeled.sample for labeled in self.samples], self.judgments, both_orders=self.job.both_orders
        )
        return BENCHMARKS[self.job.benchmark].compare(self.samples, scores)

    def aggregates(self) -> Sequence[Aggregate]:
        subsets = {comparison.subset: None for comparison in self.comparisons()}
        return BENCHMARKS[self.job.benchmark].aggregates(tuple(subsets))


def _integrity(reading: Reading) -> Integrity:
    return Integrity(
        rows=reading.rows,
        set_aside=sum(problem.set_aside for problem in reading.problems),
        duplicates=reading.duplicates,
        label_counts=dict(reading.label_counts),
        fingerprint=reading.fingerprint,
        problems=reading.problems,
    )


def _version() -> str:
    return importlib.metadata.version("reward-agent")
