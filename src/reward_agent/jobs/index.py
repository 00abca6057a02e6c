"""Index the user's documents: read them, cut them into passages, and put these into a folder or a cluster.

    report = index_in_folder(IndexJob(docs=("handbook/", "faq.jsonl")), Path("my-index"), cutter)

Documents are files and folders of text, Markdown, HTML, PDF, JSON lines and Parquet, and hub data sets (`hf:`).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.resources import as_file
from pathlib import Path

from rich.console import Console

from reward_agent.benchmarks.rows import HUB_PREFIX, SUFFIXES, read_rows
from reward_agent.errors import ConfigError, DataError
from reward_agent.evidence.corpus import Cutter, IndexReport, Page, build_index
from reward_agent.evidence.corpus.cluster_indexing import ClusterIndexer
from reward_agent.evidence.corpus.isolation import IsolatedReader
from reward_agent.evidence.corpus.reading import ENDINGS, document_files, read_file
from reward_agent.evidence.corpus.rows import GUESSED, Columns, page_of
from reward_agent.evidence.corpus.stamp import STAMP_FILE, read_stamp
from reward_agent.jobs.progress import PLAIN_EVERY_S
from reward_agent.starter import CORPUS
from reward_agent.types import Problem

KEPT_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexJob:
    """What to index: paths or `hf:` ids, the columns of rows where their names are not guessed, and the bounds on a
    file and a row in bytes."""

    docs: tuple[str, ...]
    columns: Columns = GUESSED
    max_file_bytes: int = 256 << 20
    max_row_bytes: int = 4 << 20


@dataclass(slots=True)
class Problems:
    """The problems met, the first `KEPT_PROBLEMS` in full."""

    first: list[Problem] = field(default_factory=list)
    count: int = 0

    def note(self, problem: Problem) -> None:
        """Takes one more."""
        self.count += 1
        if len(self.first) < KEPT_PROBLEMS:
            self.first.append(problem)


def index_in_folder(job: IndexJob, out: Path, cutter: Cutter, *, replace: bool = False) -> IndexReport:
    """An index in the folder `out`. Raises ConfigError and DataError, see `build_index`."""
    return build_index(pages_of(job), out, replace=replace, cutter=cutter)


def starter_index(out: Path) -> Path:
    """An index of the starter set's documents in `out`, built where none stands there; returns `out`."""
    try:
        read_stamp(out)
    except ConfigError:
        with as_file(CORPUS) as docs:
            index_in_folder(IndexJob(docs=(str(docs),)), out, Cutter(), replace=(out / STAMP_FILE).exists())
    return out


async def index_in_cluster(job: IndexJob, indexer: ClusterIndexer, cutter: Cutter) -> IndexReport:
    """The passages in the cluster's index. Raises what `ClusterIndexer.index` raises."""
    return await indexer.index(pages_of(job), cutter)


def pages_of(job: IndexJob) -> Iterator[Page | Problem]:
    """Every page of the documents, and a Problem for what cannot be read.

    Raises DataError for a path that is not there, ConfigError for an extra that is not installed.
    """
    with IsolatedReader() as parser:
        for doc in job.docs:
            if doc.startswith(HUB_PREFIX):
                yield from _rows(doc, job)
                continue
            for file in document_files(Path(doc), (*ENDINGS, *SUFFIXES)):
                if isinstance(file, Problem):
                    yield file
                elif file.name.lower().endswith(SUFFIXES):
                    yield from _rows(str(file), job)
                else:
                    yield from read_file(file, max_bytes=job.max_file_bytes, parser=parser)


def _rows(data: str, job: IndexJob) -> Iterator[Page | Problem]:
    """The pages of a file of rows. Rows without text are one Problem a file: most often the file is none of the
    corpus."""
    first: Problem | None = None
    others = 0
    try:
        for row in read_rows(data, max_row_bytes=job.max_row_bytes, lists_inside=True):
            if isinstance(row, Problem):
                yield row
                continue
            page = page_of(row.data, place=row.place, columns=job.columns)
            if isinstance(page, Page):
                yield page
            elif first is None:
                first = page
            else:
                others += 1
    except DataError as error:  # not rows at all; the other documents may be
        yield Problem(place=data, what="it cannot be read as rows", remedy=str(error))
    if first is not None:
        yield replace(first, what=f"{first.what}; {others} further rows of the file are like it") if others else first


@contextmanager
def shown_indexing(cutter: Cutter, console: Console) -> Iterator[None]:
    """How far indexing is, on the terminal: a live line where there is one, else a plain one every ten seconds."""
    started = spoken = time.monotonic()
    with console.status("reading") as status:

        def watch(pages: int, passages: int) -> None:
            nonlocal spoken
            now = time.monotonic()
            line = f"{pages:,} documents, {passages:,} passages, {passages / max(now - started, 0.001):,.0f}/s"
            if console.is_terminal:
                status.update(line)
            elif now - spoken > PLAIN_EVERY_S:
                spoken = now
                console.print(line)

        cutter.watch = watch
        yield
