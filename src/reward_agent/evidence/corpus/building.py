"""Passages -> an index in a folder.

    report = build_index(pages, Path("my-index"), cutter=Cutter(note=problems.append))

The index is built beside the one that stands and takes its place in one step, so a build that dies leaves what was
there; what it left over is removed by the next. It is not resumed: it starts again. Memory is bounded by the writer's
buffer and one page, however large the collection.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from reward_agent.errors import ConfigError, DataError
from reward_agent.evidence.corpus.page import Page
from reward_agent.evidence.corpus.splitting import OVERLAP_CHARS, PASSAGE_CHARS, passages
from reward_agent.evidence.corpus.stamp import STAMP_FILE, Stamp, file_sizes, stamp_text
from reward_agent.evidence.corpus.terms import ANALYZER, analyzer, spaced
from reward_agent.types import Passage, Problem

if TYPE_CHECKING:
    import tantivy

WRITER_BYTES = 64 << 20
TITLE_WEIGHT = 2  # a title's terms count as if they stood in the text this many times


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """What was indexed."""

    pages: int
    passages: int
    fingerprint: str


class Cutter:
    """Cuts pages into passages, and counts and fingerprints what comes by.

    `note` gets each Problem among the pages, `watch` the counts of pages and passages so far.
    """

    def __init__(
        self,
        *,
        passage_chars: int = PASSAGE_CHARS,
        overlap_chars: int = OVERLAP_CHARS,
        note: Callable[[Problem], None] = lambda problem: None,
        watch: Callable[[int, int], None] = lambda pages, passages: None,
    ) -> None:
        self.passage_chars = passage_chars
        self.overlap_chars = overlap_chars
        self.pages = 0
        self.passages = 0
        self._digest = hashlib.blake2b(digest_size=16)
        self._note = note
        self.watch = watch

    @property
    def fingerprint(self) -> str:
        """A digest of every passage so far, in order."""
        return self._digest.hexdigest()

    def stored(self, pages: Iterable[Page | Problem]) -> Iterator[tuple[Passage, bytes]]:
        """Every passage, and how it is stored."""
        for page in pages:
            if isinstance(page, Problem):
                self._note(page)
                continue
            self.pages += 1
            for passage in passages(page, max_chars=self.passage_chars, overlap_chars=self.overlap_chars):
                raw = json.dumps([passage.text, passage.title, passage.source], ensure_ascii=False).encode()
                self.passages += 1
                self._digest.update(len(raw).to_bytes(8, "little") + raw)
                yield passage, raw
            self.watch(self.pages, self.passages)


def build_index(
    pages: Iterable[Page | Problem], out: Path, *, replace: bool = False, cutter: Cutter | None = None
) -> IndexReport:
    """Indexes the pages in `out`, cut into passages by `cutter`.

    Raises ConfigError where `out` holds an index already (without `replace`) or anything else, or another process
    builds there; DataError where there is no passage at all.
    """
    _check_out(out, replace=replace)
    out.mkdir(parents=True, exist_ok=True)
    lock = FileLock(out / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ConfigError(
            f"another process is building an index in {out}. Wait for it, or choose another --out"
        ) from None
    try:
        building = out / "building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        cutter = cutter or Cutter()
        _write(cutter.stored(pages), building)
        if not cutter.passages:
            shutil.rmtree(building)
            raise DataError(f"the documents hold no text, so there is nothing to index in {out}. Check the warnings")
        return _put_in_place(out, building, cutter)
    finally:
        lock.release()


def schema() -> "tantivy.Schema":
    """The fields of a passage: its terms, which are looked up, and the passage itself as JSON, which comes back."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("terms", tokenizer_name=ANALYZER, index_option="freq")
    builder.add_bytes_field("passage", stored=True)
    return builder.build()


def _write(stored: Iterable[tuple[Passage, bytes]], folder: Path) -> None:
    import tantivy

    index = tantivy.Index(schema(), path=str(folder))
    index.register_tokenizer(ANALYZER, analyzer())
    writer = index.writer(heap_size=WRITER_BYTES, num_threads=1)  # more would put the passages in an order by chance
    for passage, raw in stored:
        document = tantivy.Document()
        document.add_text("terms", spaced(f"{passage.title}\n" * TITLE_WEIGHT + passage.text))
        document.add_bytes("passage", raw)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def _put_in_place(out: Path, building: Path, cutter: Cutter) -> IndexReport:
    segments = out / f"segments-{cutter.fingerprint[:12]}-{secrets.token_hex(2)}"
    building.rename(segments)
    stamp = Stamp(
        tantivy=version("tantivy"),
        segments=segments.name,
        files=file_sizes(segments),
        pages=cutter.pages,
        passages=cutter.passages,
        passage_chars=cutter.passage_chars,
        overlap_chars=cutter.overlap_chars,
        fingerprint=cutter.fingerprint,
    )
    temporary = out / f".{STAMP_FILE}"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(stamp_text(stamp))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(out / STAMP_FILE)
    for old in out.glob("segments-*"):
        if old != segments:
            shutil.rmtree(old, ignore_errors=True)
    return IndexReport(pages=cutter.pages, passages=cutter.passages, fingerprint=cutter.fingerprint)


def _check_out(out: Path, *, replace: bool) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise ConfigError(f"{out} is a file; an index is a folder. Choose another --out")
    holds = {item.name for item in out.iterdir()}
    strange = [name for name in sorted(holds) if not _is_ours(name)]
    if strange:
        raise ConfigError(f"{out} holds something else ({strange[0]!r}); give --out a new or empty folder")
    if STAMP_FILE in holds and not replace:
        raise ConfigError(f"{out} holds an index already. Add --replace to build it anew, or choose another --out")


def _is_ours(name: str) -> bool:
    return name in (STAMP_FILE, f".{STAMP_FILE}", ".lock", "building") or name.startswith("segments-")
