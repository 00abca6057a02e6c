"""Reads any run folder into an index for looking at it, as far as the run has come; and one sample of it in full.

run = ReadRun.open(folder)
index = RunIndex.open(None)
run.read_into(index)                 # again later: only what is new
run.detail(index, "sample-7", limit=20_000)
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Self

from pydantic import TypeAdapter, ValidationError

from reward_agent.benchmarks import BENCHMARKS
from reward_agent.benchmarks.scoring import compare_pairs
from reward_agent.config import Settings
from reward_agent.config.judge import ModelJudge, WeightedJudge
from reward_agent.errors import RunError
from reward_agent.jobs.folder import RunFolder, code_version
from reward_agent.jobs.journal import JUDGED_ANEW
from reward_agent.judge.calibrate import Calibration
from reward_agent.reports.html.arithmetic import Terms
from reward_agent.reports.html.detail import Json, sample_detail
from reward_agent.reports.html.facts import KeptSample, facts_of
from reward_agent.reports.html.index import Place, RunIndex
from reward_agent.reports.html.overview import RunFacts
from reward_agent.reports.metrics import BenchmarkReport, Integrity
from reward_agent.types import REVERSED, Comparison, Judgment

BATCH = 500
_EDGE = 1 << 16
_KEPT: TypeAdapter[KeptSample] = TypeAdapter(KeptSample)
_JUDGMENT: TypeAdapter[Judgment] = TypeAdapter(Judgment)
_REPORT: TypeAdapter[BenchmarkReport] = TypeAdapter(BenchmarkReport)
_INTEGRITY: TypeAdapter[Integrity] = TypeAdapter(Integrity)


class RunChanged(RunError):
    """The folder no longer holds what the index was made of: it must be made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRun:
    """A run folder, of whatever job. Use `open`."""

    folder: RunFolder
    job: Mapping[str, Any]
    settings: Settings
    terms: Terms

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises RunError where the folder holds no run."""
        folder = RunFolder(path=path)
        if not path.is_dir():
            raise RunError(f"there is no folder {path}. Give a run folder: one that --out named.")
        job, settings = folder.recall()
        if not folder.samples_file.exists():
            raise RunError(f"{path}: the run was stopped before its data were read. Run the same command again.")
        return cls(folder=folder, job=job, settings=settings, terms=terms_of(settings))

    @property
    def kind(self) -> str:
        return str(self.job.get("kind", "run"))

    @property
    def both_orders(self) -> bool:
        return bool(self.job.get("both_orders", False))

    def stamp(self) -> str:
        """What tells this folder's settings and samples from others'."""
        digest = hashlib.sha256(f"{code_version()} {self.folder.path.resolve()}".encode())
        digest.update(self.folder.settings_file.read_bytes())
        with self.folder.samples_file.open("rb") as file:
            digest.update(file.read(_EDGE))
            size = file.seek(0, 2)
            file.seek(max(0, size - _EDGE))
            digest.update(file.read(_EDGE) + str(size).encode())
        return digest.hexdigest()

    def read_into(self, index: RunIndex) -> bool:
        """Adds to the index what it does not yet hold; whether that was anything. Raises RunError for a line that
        cannot be read, and RunChanged."""
        return any([added for added in self.steps(index)])  # noqa: C416, C419  # every step is to be taken

    def steps(self, index: RunIndex) -> Iterator[bool]:
        """The same in batches, so that others can look in between: True for each that added something."""
        with self.folder.samples_file.open("rb") as samples:
            yield from self._take_samples(index, samples)
            if self.folder.journal_file.exists():
                with self.folder.journal_file.open("rb") as journal:
                    self._check_unchanged(index, journal)
                    yield from self._take_judgments(index, samples, journal)

    def _take_samples(self, index: RunIndex, file: BinaryIO) -> Iterator[bool]:
        at = int(index.meta("samples_at") or 0)
        no = index.count()
        for lines in _batches(file, at):
            with index.batch():
                for place, line in lines:
                    index.add_sample(no, _read(_KEPT, line, file, place), place)
                    no += 1
                index.put_meta(samples_at=str(lines[-1][0].at + lines[-1][0].size))
            yield True

    def _take_judgments(self, index: RunIndex, samples: BinaryIO, journal: BinaryIO) -> Iterator[bool]:
        at = int(index.meta("journal_at") or 0)
        for lines in _batches(journal, at):
            end = lines[-1][0].at + lines[-1][0].size
            with index.batch():
                for place, line in lines:
                    judgment = _read(_JUDGMENT, line, journal, place)
                    self._take(index, samples, journal, place, judgment)
                index.put_meta(journal_at=str(end), journal_tail=_tail(journal, end))
            yield True

    def _take(self, index: RunIndex, samples: BinaryIO, journal: BinaryIO, place: Place, judgment: Judgment) -> None:
        backwards = self.both_orders and judgment.sample_id.endswith(REVERSED)
        found = index.find(judgment.sample_id.removesuffix(REVERSED) if backwards else judgment.sample_id)
        if found is None:
            return
        kept = _read(_KEPT, _line(samples, found.place), samples, found.place)
        other = found.judged if backwards else found.reversed
        orders: list[Judgment | None] = [judgment]
        if self.both_orders:
            second = None if other is None else _read(_JUDGMENT, _line(journal, other), journal, other)
            orders = [second, judgment] if backwards else [judgment, second]
        comparisons = self._comparisons(kept, orders)
        own = orders[0] or _turned(judgment)
        facts = facts_of(kept, own, comparisons, self.terms, flipped=_flipped(orders))
        index.put_judgment(found.no, place, judgment, facts, backwards=backwards)

    def _comparisons(self, kept: KeptSample, orders: Sequence[Judgment | None]) -> Sequence[Comparison]:
        labeled, benchmark = kept.labeled, BENCHMARKS.get(str(self.job.get("benchmark")))
        if labeled is None:
            return ()
        scores = [None if j is None or j.decision is None else j.decision.scores for j in orders]
        if len(scores) > 1 and scores[1] is not None:
            scores[1] = scores[1][::-1]
        told = {kept.sample.id: scores}
        comparisons = (compare_pairs if benchmark is None else benchmark.compare)([labeled], told)
        if not any(c.judged for c in comparisons):  # asked of several samples together; alone, by pairs
            comparisons = compare_pairs([labeled], told)
        return comparisons

    def detail(self, index: RunIndex, sample_id: str, *, limit: int, name: str = "") -> Json | None:
        """Everything about one sample; None where there is none of this id. `name` goes before the judgments."""
        found = index.find(sample_id)
        if found is None:
            return None
        with self.folder.samples_file.open("rb") as samples:
            kept = _read(_KEPT, _line(samples, found.place), samples, found.place)
        judgments: dict[str, Judgment] = {}
        journal = self.folder.journal_file
        if journal.exists():
            with journal.open("rb") as file:
                if found.judged is not None:
                    judgments[""] = _read(_JUDGMENT, _line(file, found.judged), file, found.judged)
                if found.reversed is not None:
                    backwards = _read(_JUDGMENT, _line(file, found.reversed), file, found.reversed)
                    judgments["the candidates in the opposite order"] = _turned(backwards)
        detail = sample_detail(kept, judgments, self.terms, limit=limit)
        for judgment in detail["judgments"]:
            judgment["name"] = ", ".join(filter(None, (name, judgment["name"])))
        return detail

    def sample(self, index: RunIndex, sample_id: str) -> KeptSample | None:
        """The sample itself, whole."""
        found = index.find(sample_id)
        if found is None:
            return None
        with self.folder.samples_file.open("rb") as samples:
            kept: KeptSample = _read(_KEPT, _line(samples, found.place), samples, found.place)
        return kept

    def facts(self, index: RunIndex) -> RunFacts:
        """What the folder says of the run beside its samples."""
        path = self.folder.path
        return RunFacts(
            folder=path.resolve().name,
            kind=str(self.job.get("benchmark") or self.kind),
            preset=self.settings.preset,
            version=str(self.job.get("version", "")),
            labelled=bool(index.rows("SELECT 1 FROM samples WHERE subset != '' LIMIT 1")) or self.kind == "benchmark",
            settings=self.folder.settings_file.read_text(encoding="utf-8", errors="replace"),
            report=self._report(),
            integrity=_parsed(_INTEGRITY, self.folder.integrity_file),
            curve=_curve(path / "curve.json"),
            told={key: value for key, value in self.job.items() if key in ("data", "limit", "both_orders", "evidence")},
        )

    def _report(self) -> BenchmarkReport | None:
        """What report.json holds, where the journal has not moved on since."""
        file, journal = self.folder.path / "report.json", self.folder.journal_file
        if not file.exists() or not journal.exists() or file.stat().st_mtime_ns < journal.stat().st_mtime_ns:
            return None
        report: BenchmarkReport | None = _parsed(_REPORT, file)
        return report

    def _check_unchanged(self, index: RunIndex, journal: BinaryIO) -> None:
        at = int(index.meta("journal_at") or 0)
        if at and _tail(journal, at) != index.meta("journal_tail"):
            raise RunChanged(f"{self.folder.journal_file} has changed since it was read.")


def terms_of(settings: Settings) -> Terms:
    """How the judger of these settings weighs."""
    judge = settings.judge
    if isinstance(judge, ModelJudge):
        return Terms()
    if not isinstance(judge, WeightedJudge):
        return Terms(rule="vote", weights=settings.weights)
    scales = {
        model.name: Calibration(
            centre=model.calibration.centre, spread=model.calibration.spread, points=model.calibration.points
        )
        for model in settings.prefer
        if judge.normalize and model.calibration is not None
    }
    return Terms(
        rule="sum",
        weights=settings.weights,
        scales={name: scale.unit for name, scale in scales.items()},
        scale_words={name: f"(centre {s.centre:g}, spread {s.spread:g})" for name, s in scales.items()},
    )


def _batches(file: BinaryIO, at: int) -> Iterator[list[tuple[Place, bytes]]]:
    """Whole lines from a byte on, in batches; the file may be read elsewhere in between."""
    while True:
        file.seek(at)
        lines: list[tuple[Place, bytes]] = []
        for line in file:
            if not line.endswith(b"\n"):
                break
            lines.append((Place(at, len(line)), line))
            at += len(line)
            if len(lines) == BATCH:
                break
        if not lines:
            return
        yield lines


def _read(adapter: "TypeAdapter[Any]", line: bytes, file: BinaryIO, place: Place) -> Any:
    try:
        return adapter.validate_json(line)
    except ValidationError as error:
        raise RunError(f"{file.name}, byte {place.at}: the line cannot be read. {JUDGED_ANEW}") from error


def _line(file: BinaryIO, place: Place) -> bytes:
    file.seek(place.at)
    return file.read(place.size)


def _tail(file: BinaryIO, end: int) -> str:
    start = max(0, end - 4096)
    file.seek(start)
    return hashlib.sha256(file.read(end - start)).hexdigest()


def _turned(judgment: Judgment) -> Judgment:
    """A judgment of the opposite order, its parts aligned with the sample's own order."""
    signals = tuple(replace(signal, verdicts=signal.verdicts[::-1]) for signal in judgment.signals)
    decision = judgment.decision and replace(judgment.decision, scores=judgment.decision.scores[::-1])
    return replace(judgment, signals=signals, decision=decision)


def _flipped(orders: Sequence[Judgment | None]) -> bool:
    """Whether the order in which the candidates were shown changed which comes first."""
    if len(orders) < 2 or any(j is None or j.decision is None for j in orders):
        return False
    first, second = (j.decision.scores for j in orders if j is not None and j.decision is not None)
    return _order(first) != _order(second[::-1])


def _order(scores: Sequence[float]) -> tuple[int, ...]:
    return tuple(k for k, score in enumerate(scores) if score == max(scores))


def _parsed(adapter: "TypeAdapter[Any]", file: Path) -> Any:
    try:
        return adapter.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def _curve(file: Path) -> Mapping[str, Any] | None:
    try:
        value = json.loads(file.read_bytes()) if file.stat().st_size < 1 << 20 else None
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None
