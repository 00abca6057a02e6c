"""Reads a benchmark's data: samples with their answer keys, and everything that was wrong with the rows."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from reward_agent.benchmarks.definition import Benchmark, Entry
from reward_agent.benchmarks.fields import columns_shown
from reward_agent.benchmarks.own_ids import OwnIds
from reward_agent.benchmarks.row_errors import RowFault, UnknownLabel
from reward_agent.benchmarks.rows import DEFAULT_MAX_ROW_BYTES, Row, read_rows
from reward_agent.benchmarks.table import BENCHMARKS
from reward_agent.errors import ConfigError, DataError
from reward_agent.types import LabeledSample, Problem

__all__ = ["Benchmark", "Reading", "UnknownLabelPolicy", "fingerprint", "read_benchmark"]

UnknownLabelPolicy = Literal["stop", "set aside"]

# More repeated rows than this and the data are not what was published.
_MAX_REPEATED_SHARE: Final = 0.01
_PROBLEMS_IN_A_MESSAGE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read. `rows` counts good and bad ones; `duplicates` those that repeat an earlier row (they are kept:
    published figures count them); `label_counts` the labels as they stand in the file; `fingerprint` is the SHA-256
    of the samples' content."""

    samples: tuple[LabeledSample, ...]
    problems: tuple[Problem, ...]
    rows: int
    duplicates: int
    label_counts: Mapping[str, int]
    fingerprint: str


def read_benchmark(
    name: str,
    data: str,
    *,
    max_row_bytes: int = DEFAULT_MAX_ROW_BYTES,
    unknown_label: UnknownLabelPolicy = "stop",
    limit: int | None = None,
) -> Reading:
    """Reads the first `limit` samples (all of them if None) of `data`, a path or a hub address.

    Raises ConfigError for an unknown benchmark or a missing extra;
    DataError for data that cannot be found, an unknown label (unless such rows are to be set aside), and data of
    which no row can be used.
    """
    benchmark = BENCHMARKS.get(name)
    if benchmark is None:
        raise ConfigError(f"there is no benchmark {name!r}; the benchmarks are: {', '.join(BENCHMARKS)}")
    collected = _Collected(benchmark=benchmark, unknown_label=unknown_label)
    for item in benchmark.arrange(read_rows(data, max_row_bytes=max_row_bytes)):
        collected.take(item)
        if limit is not None and len(collected.samples) >= limit:
            break
    if not collected.samples:
        raise DataError(collected.why_nothing_was_read(data))
    collected.summarise_repeats(data)
    return Reading(
        samples=tuple(collected.samples),
        problems=tuple(collected.problems),
        rows=collected.rows,
        duplicates=collected.duplicates,
        label_counts=dict(collected.labels),
        fingerprint=fingerprint(collected.samples),
    )


def fingerprint(samples: Iterable[LabeledSample]) -> str:
    """The SHA-256 of ids, texts and labels, in order: equal exactly where a judge would see the same."""
    digest = hashlib.sha256()
    for labeled in samples:
        content = [labeled.sample.id, _content(labeled), labeled.best, labeled.rest, labeled.subset]
        digest.update(json.dumps(content, separators=(",", ":")).encode("ascii") + b"\n")
    return digest.hexdigest()


def _content(labeled: LabeledSample) -> list[Any]:
    prompt = [[turn.role, turn.content] for turn in labeled.sample.prompt]
    return [prompt, list(labeled.sample.responses)]


@dataclass(kw_only=True)
class _Collected:
    """The samples and problems so far."""

    benchmark: Benchmark
    unknown_label: UnknownLabelPolicy
    samples: list[LabeledSample] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    duplicates: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    columns: Mapping[str, Any] | None = None
    _places: dict[bytes, str] = field(default_factory=dict)
    _ids: OwnIds = field(default_factory=OwnIds)

    def take(self, item: Row | Problem) -> None:
        """One more row. Raises DataError for an unknown label that is not to be set aside."""
        if isinstance(item, Problem):
            self.rows += item.set_aside
            self.problems.append(item)
            return
        self.rows += 1
        self.columns = self.columns or item.data
        try:
            entry = self.benchmark.read_row(item)
        except UnknownLabel as fault:
            if self.unknown_label == "stop":
                raise DataError(f"{item.place}: {fault}") from None
            if fault.column == "label":
                self.labels[fault.value] += 1
            self.problems.append(fault.at(item.place))
        except RowFault as fault:
            self.problems.append(fault.at(item.place))
        else:
            self._keep(entry, item.place)

    def _keep(self, entry: Entry, place: str) -> None:
        self.labels[entry.label] += 1
        labeled = self._with_own_id(entry.labeled)
        id, old_id = labeled.sample.id, entry.labeled.sample.id
        renamed = f"; it is called {id!r} here" if id != old_id else ""
        content = json.dumps([_content(labeled), labeled.best, entry.part]).encode("ascii")
        key = hashlib.sha256(content).digest()
        earlier = self._places.setdefault(key, place)
        if earlier != place:
            self.duplicates += 1
            what, remedy = f"this row repeats the one at {earlier}{renamed}", "Take it out unless it was published so"
            self.problems.append(Problem(place=place, what=what, remedy=remedy, set_aside=False))
        elif renamed:
            what = f"the id {old_id[:80]!r} stands at an earlier row with other content{renamed}"
            self.problems.append(
                Problem(place=place, what=what, remedy="Give each row an id of its own", set_aside=False)
            )
        self.samples.append(labeled)

    def _with_own_id(self, labeled: LabeledSample) -> LabeledSample:
        id = self._ids.of(labeled.sample.id)
        return labeled if id == labeled.sample.id else replace(labeled, sample=replace(labeled.sample, id=id))

    def summarise_repeats(self, data: str) -> None:
        """One loud problem where far more rows repeat than any published benchmark has."""
        if self.duplicates <= _MAX_REPEATED_SHARE * len(self.samples):
            return
        what = (
            f"{self.duplicates} of {len(self.samples)} rows repeat an earlier row: "
            "this is not the data as published, and figures on it mean little"
        )
        remedy = "Get the published files. A converter that knows only one of two label values makes such a file"
        self.problems.append(Problem(place=data, what=what, remedy=remedy, set_aside=False))

    def why_nothing_was_read(self, data: str) -> str:
        """What to tell a user whose data gave not one sample."""
        if not self.problems:
            return f"{data}: there are no rows. Check that the file is whole"
        distinct = {problem.what: problem for problem in reversed(self.problems) if problem.set_aside}
        reasons = list(reversed(distinct.values()))[:_PROBLEMS_IN_A_MESSAGE]
        shown = "\n  ".join(map(str, reasons))
        message = f"{data}: not one of {self.rows} rows can be used as {self.benchmark.name}. The reasons:\n  {shown}"
        if self.columns is not None:
            likely = _likely(self.columns, self.benchmark.name)
            hint = f"They look like: {' or '.join(likely)}" if likely else "They fit no benchmark known here"
            message += f"\nThe columns are {columns_shown(self.columns)}. {hint}"
        return message


def _likely(columns: Mapping[str, Any], tried: str) -> list[str]:
    """The other benchmarks whose columns are all there; those that ask for most columns."""
    fitting = [b for b in BENCHMARKS.values() if b.name != tried and b.columns <= columns.keys()]
    most = max((len(b.columns) for b in fitting), default=0)
    return [b.name for b in fitting if len(b.columns) == most]
