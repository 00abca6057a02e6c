"""What `reward-agent view` shows: one run folder or two, from indexes that follow the runs while they go on.

    with Viewing.open([folder], talk=None) as viewing, ViewServer(viewing, port=0) as server: ...

An index is kept in the user's cache folder and read again next time; deleting it costs the time to make it.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from reward_agent.config.cache import FileCache
from reward_agent.errors import RewardAgentError, RunError
from reward_agent.jobs.html import subsets_of, talk_words
from reward_agent.jobs.run_index import ReadRun, RunChanged
from reward_agent.reports.html.compare import COMPARED, compared_overview, found_in_both, joined
from reward_agent.reports.html.detail import Json
from reward_agent.reports.html.index import RunIndex
from reward_agent.reports.html.overview import overview_of
from reward_agent.reports.html.page import Head, Options, Overview, overview_fragment, served_page
from reward_agent.reports.html.queries import COLUMNS, Query, found
from reward_agent.types import Sample

LOOK_EVERY_S = 1.0
TEXT_CHARS = 200_000
FRESH_S = 3.0
"""How old figures may get while a run goes on."""

Talk = Callable[[ReadRun, Sample], Mapping[str, Any]]
"""The prompts and replies of a sample, from the run's record: `calls` and, where there is one, a `problem`."""


@dataclass(slots=True, kw_only=True)
class Followed:
    """A run and its index, which `follow` brings up to date."""

    run: ReadRun
    index: RunIndex
    problem: str = ""
    read: threading.Event = field(default_factory=threading.Event)
    _shown: tuple[str, float, Overview] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, path: Path, cache: Path) -> Self:
        """Raises RunError where the folder holds no run."""
        run = ReadRun.open(path)
        stamp = run.stamp()
        return cls(run=run, index=RunIndex.open(cache / f"{stamp[:32]}.sqlite", stamp=stamp))

    def follow(self, stop: threading.Event) -> None:
        """Until `stop`: what the run has added goes into the index."""
        while not stop.is_set():
            try:
                for _ in self.run.steps(self.index):
                    if stop.is_set():
                        return
                self.problem = ""
            except RunChanged:
                self.index.empty(stamp=self.run.stamp())
                continue
            except RewardAgentError as error:
                self.problem = str(error)
            self.read.set()
            self._keep_head()
            stop.wait(LOOK_EVERY_S)

    def head(self) -> Head:
        """The overview as HTML: as it was kept, where the run has not moved on since."""
        reader = self.index.reader()
        try:
            title, fragment, stamp = (reader.meta(f"head_{key}") for key in ("title", "fragment", "stamp"))
            if stamp == self._stamp(reader):
                return Head(title=title, fragment=fragment)
        finally:
            reader.close()
        overview = self.overview()
        return Head(title=overview.title, fragment=overview_fragment(overview))

    def overview(self) -> Overview:
        """The figures so far, made anew when the run has moved on."""
        with self._lock:
            reader = self.index.reader()
            try:
                stamp, now = self._stamp(reader), time.monotonic()
                if self._shown is None or (self._shown[0] != stamp and now - self._shown[1] > FRESH_S):
                    self._shown = (stamp, now, overview_of(reader, self.run.facts(reader)))
                return self._shown[2]
            finally:
                reader.close()

    def _keep_head(self) -> None:
        """Keeps the overview with the index, so that the next look at a large run need not count it again."""
        stamp = self._stamp(self.index)
        if self.index.meta("head_stamp") == stamp:
            return
        overview = overview_of(self.index, self.run.facts(self.index))
        with self.index.batch():
            self.index.put_meta(head_stamp=stamp, head_title=overview.title, head_fragment=overview_fragment(overview))

    def _stamp(self, index: RunIndex) -> str:
        """What the figures are made of: how far the files were read, and the report that was written."""
        report = self.run.folder.path / "report.json"
        written = report.stat().st_mtime_ns if report.exists() else 0
        return f"{index.meta('samples_at')} {index.meta('journal_at')} {written}"


class Viewing:
    """The answers that `reports.html.serve` serves. Use `open`."""

    def __init__(self, runs: Sequence[Followed], talk: Talk | None) -> None:
        self._runs = runs
        self._talk = talk
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=run.follow, args=(self._stop,), daemon=True) for run in runs]

    @classmethod
    def open(cls, paths: Sequence[Path], *, talk: Talk | None = None, cache: Path | None = None) -> Self:
        """One folder or two. Raises RunError where one holds no run."""
        folder = cache or FileCache().path.parent / "view"
        if len(paths) == 2 and paths[0].resolve() == paths[1].resolve():
            raise RunError(f"{paths[0]} and {paths[1]} are the same folder: give two runs to compare.")
        return cls([Followed.open(path, folder) for path in paths], talk)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for run in self._runs:
            run.index.close()

    def wait_read(self, timeout_s: float | None = None) -> bool:
        """Until the indexes hold what the folders held at first; whether they do."""
        return all(run.read.wait(timeout_s) for run in self._runs)

    @property
    def names(self) -> list[str]:
        return [run.run.folder.path.resolve().name for run in self._runs]

    def page(self) -> str:
        return served_page(self._head(), self._options())

    def overview(self) -> str:
        return self._head().fragment

    def rows(self, fields: Mapping[str, str]) -> Json:
        query = Query.of(fields)
        if len(self._runs) == 2:
            both = joined(self._runs[0].index, self._runs[1].index)
            try:
                total, rows = found_in_both(both, query, fields.get("changed", ""))
            finally:
                both.close()
            return {"total": total, "rows": rows, "columns": COMPARED}
        reader = self._runs[0].index.reader()
        try:
            total, some = found(reader, query)
        finally:
            reader.close()
        return {"total": total, "rows": some, "columns": COLUMNS}

    def sample(self, sample_id: str) -> Json | None:
        details = []
        for mark, followed, name in zip("AB", self._runs, self.names, strict=False):
            reader = followed.index.reader()
            try:
                label = f"{mark}: {name}" if len(self._runs) == 2 else ""
                details.append(followed.run.detail(reader, sample_id, limit=TEXT_CHARS, name=label))
            finally:
                reader.close()
        known = [detail for detail in details if detail is not None]
        if not known:
            return None
        return {**known[0], "judgments": [j for detail in known for j in detail["judgments"]]}

    def talk(self, sample_id: str) -> Mapping[str, Any] | None:
        followed = self._runs[0]
        reader = followed.index.reader()
        try:
            kept = followed.run.sample(reader, sample_id)
        finally:
            reader.close()
        if kept is None or self._talk is None:
            return None
        return self._talk(followed.run, kept.sample)

    def state(self) -> Json:
        readers = [run.index.reader() for run in self._runs]
        try:
            counts = [r.rows("SELECT count(*), sum(outcome != 'waiting') FROM samples")[0] for r in readers]
            stamp = " ".join(f"{r.meta('samples_at')}/{r.meta('journal_at')}" for r in readers)
        finally:
            for reader in readers:
                reader.close()
        return {
            "stamp": stamp,
            "total": [total for total, _ in counts],
            "judged": [judged or 0 for _, judged in counts],
            "busy": not all(run.read.is_set() for run in self._runs),
            "problem": "; ".join(run.problem for run in self._runs if run.problem),
        }

    def _head(self) -> Head:
        if len(self._runs) == 1:
            return self._runs[0].head()
        overview = self._compared()
        return Head(title=overview.title, fragment=overview_fragment(overview))

    def _compared(self) -> Overview:
        parts = [run.overview() for run in self._runs]
        both = joined(self._runs[0].index, self._runs[1].index)
        try:
            return compared_overview(both, self.names, parts, self._differences())
        finally:
            both.close()

    def _differences(self) -> list[str]:
        first, second = (run.run.job for run in self._runs)
        if first.get("fingerprint") != second.get("fingerprint"):
            return ["The two runs were made on different data: samples are matched by their ids."]
        return []

    def _options(self) -> Options:
        first = self._runs[0]
        reader = first.index.reader()
        try:
            return Options(
                subsets=subsets_of(reader),
                labelled=first.run.facts(reader).labelled,
                both_orders=any(run.run.both_orders for run in self._runs),
                runs=self.names if len(self._runs) == 2 else (),
                extra={
                    "talk": talk_words(first.run, "From the run's record, asked again without a model."),
                    "canTalk": self._talk is not None
                    and len(self._runs) == 1
                    and first.run.settings.record.file is not None,
                },
            )
        finally:
            reader.close()
