"""Benchmark a reward agent: read a benchmark's data, judge every sample, report by the benchmark's own rules."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from reward_agent.benchmarks import BENCHMARKS, Benchmark, Reading, fingerprint, read_benchmark
from reward_agent.config import Settings
from reward_agent.engines import Judge, in_flight
from reward_agent.errors import DataError, ReportError, RunError
from reward_agent.jobs.folder import RunFolder, code_version, evidence_fingerprint, write_whole
from reward_agent.jobs.html import write_html
from reward_agent.jobs.journal import read_rows
from reward_agent.jobs.judging import judge_all, read_judgments, sample_of, scores_by_order
from reward_agent.jobs.run import Watch
from reward_agent.reports.divisions import OVERALL
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


_JOB = TypeAdapter(BenchmarkJob)


def read_data(job: BenchmarkJob, settings: Settings) -> Reading:
    """Reads the job's samples. Raises DataError, also for a subset named like another figure of the report."""
    reading = read_benchmark(
        job.benchmark,
        job.data,
        max_row_bytes=settings.run.max_row_bytes,
        unknown_label=settings.run.unknown_label,
        limit=job.limit,
    )
    subsets = tuple({labeled.subset: None for labeled in reading.samples})
    made = {OVERALL, *(aggregate.name for aggregate in BENCHMARKS[job.benchmark].aggregates(subsets))}
    if taken := made.intersection(subsets):
        raise DataError(
            f"{job.data}: a subset is named {taken.pop()!r}, as a figure of the report is. Rename the subset."
        )
    return reading


async def run_benchmark(
    job: BenchmarkJob, reading: Reading, settings: Settings, agent: Judge, out: Path, *, watch: Watch
) -> BenchmarkReport:
    """Judges what the folder does not yet hold, and writes the report.

    Raises RunError when the folder belongs to other settings or data, or is in use.
    """
    folder = RunFolder(path=out)
    told = {
        **asdict(job),
        "kind": "benchmark",
        "fingerprint": reading.fingerprint,
        "evidence": evidence_fingerprint(settings),
        "version": code_version(),
    }
    with folder.held():
        folder.claim(told, settings)
        lines = b"".join(_SAMPLE.dump_json(sample) + b"\n" for sample in reading.samples)
        write_whole(folder.samples_file, lines.decode())
        write_whole(folder.integrity_file, _INTEGRITY.dump_json(_integrity(reading), indent=2).decode())
        await judge_all(
            agent,
            [labeled.sample for labeled in reading.samples],
            folder.journal_file,
            both_orders=job.both_orders,
            concurrency=in_flight(agent, settings),
            watch=watch,
        )
        return write_report(out)


def write_report(out: Path) -> BenchmarkReport:
    """Recomputes report.json, .md and .html from the journal. Raises RunError where the folder holds no run."""
    run = _Run.load(out)
    compare, comparisons = run.benchmark.compare, run.comparisons()
    lengths = {s.sample.id: [float(len(text)) for text in s.sample.responses] for s in run.samples}
    report = build_report(
        benchmark=run.job.benchmark,
        preset=run.settings.preset,
        version=code_version(),
        comparisons=comparisons,
        longer=compare(run.samples, {id: [scores] for id, scores in lengths.items()}),
        shorter=compare(run.samples, {id: [[-x for x in scores]] for id, scores in lengths.items()}),
        aggregates=run.aggregates(comparisons),
        judgments=run.judgments.values(),
        n=len(run.samples),
        integrity=run.integrity,
        sample_of=sample_of if run.job.both_orders else str,
    )
    write_whole(out / "report.json", _REPORT.dump_json(report, indent=2).decode() + "\n")
    write_whole(out / "report.md", benchmark_markdown(report))
    write_html(out)
    return report


def compare_folders(a: Path, b: Path) -> PairedReport:
    """The paired difference of two runs on the same benchmark. Raises ReportError or RunError."""
    first, second = _Run.load(a), _Run.load(b)
    if first.job.benchmark != second.job.benchmark:
        raise ReportError(
            f"{a} is a run of {first.job.benchmark} and {b} of {second.job.benchmark}: only runs of the same "
            "benchmark can be compared."
        )
    there = {labeled.sample.id: labeled for labeled in second.samples}
    other = [s.sample.id for s in first.samples if there.get(s.sample.id, s) != s]
    if other:
        raise ReportError(
            f"{a} and {b} are runs on different data: {len(other)} samples have the same id and other content, the "
            f"first is {other[0]!r}. Compare runs on the same data."
        )
    if first.job.both_orders != second.job.both_orders:
        raise ReportError(f"only one of {a} and {b} was run with --both-orders: a tie means something else in each.")
    comparisons = first.comparisons()
    return compare_runs(str(a), comparisons, str(b), second.comparisons(), first.aggregates(comparisons))


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
        if told.get("kind") != "benchmark" or str(told.get("benchmark")) not in BENCHMARKS:
            raise RunError(f"{out} does not hold a benchmark run this version knows.")
        if not folder.integrity_file.exists():
            raise RunError(f"{out}: the run was stopped before its data were read. Run the same command again.")
        known = {field.name for field in fields(BenchmarkJob)}
        again = f"Run the same benchmark command again: it writes {folder.samples_file.name} anew."
        try:
            job = _JOB.validate_python({key: value for key, value in told.items() if key in known})
            integrity = _INTEGRITY.validate_json(folder.integrity_file.read_bytes())
        except (OSError, ValidationError) as error:
            raise RunError(f"{out} is damaged: {error}. {again}") from error
        samples = list(read_rows(folder.samples_file, _SAMPLE, remedy=again))
        if fingerprint(samples) != integrity.fingerprint:
            raise RunError(f"{folder.samples_file} is not what was read from the data: changed or damaged. {again}")
        return cls(
            job=job,
            settings=settings,
            samples=samples,
            judgments=read_judgments(folder.journal_file),
            integrity=integrity,
        )

    @property
    def benchmark(self) -> Benchmark:
        return BENCHMARKS[self.job.benchmark]

    def comparisons(self) -> list[Comparison]:
        scores = scores_by_order(
            [labeled.sample for labeled in self.samples], self.judgments, both_orders=self.job.both_orders
        )
        return self.benchmark.compare(self.samples, scores)

    def aggregates(self, comparisons: Sequence[Comparison]) -> Sequence[Aggregate]:
        return self.benchmark.aggregates(tuple({comparison.subset: None for comparison in comparisons}))


def _integrity(reading: Reading) -> Integrity:
    return Integrity(
        rows=reading.rows,
        set_aside=sum(problem.set_aside for problem in reading.problems),
        duplicates=reading.duplicates,
        label_counts=dict(reading.label_counts),
        fingerprint=reading.fingerprint,
        problems=reading.problems,
    )
