"""A run as an SQLite index: one row a sample, what each signal did there, and the words to search.

    index = RunIndex.open(None)                      # in memory, without words: for the one-file report
    index = RunIndex.open(path, stamp="...")         # kept between looks, with words: for `view`

Texts and judgments stay where they are; the index knows at which byte. It can be thrown away at any time: whoever
opens one with another `stamp` gets an empty one.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from reward_agent.errors import RunError
from reward_agent.reports.html.facts import Facts, KeptSample, Outcome
from reward_agent.reports.plain import one_line
from reward_agent.types import Judgment, Usage

FORMAT = "1"
EXCERPT = 140
SEARCHED_CHARS = 50_000
"""How much of each text can be searched."""
_BUSY_S = 30.0

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE samples (
    no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, subset TEXT NOT NULL, candidates INTEGER NOT NULL,
    excerpt TEXT NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL,
    outcome TEXT NOT NULL, interest INTEGER NOT NULL, credit REAL, margin REAL, chosen INTEGER, decider TEXT,
    failures INTEGER NOT NULL DEFAULT 0, disagree INTEGER NOT NULL DEFAULT 0, flipped INTEGER NOT NULL DEFAULT 0,
    judged_at INTEGER, judged_size INTEGER, reversed_at INTEGER, reversed_size INTEGER
);
CREATE TABLE signals (
    sample INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, side INTEGER, decided INTEGER NOT NULL,
    high REAL, low REAL, PRIMARY KEY (sample, name)
) WITHOUT ROWID;
CREATE TABLE failures (sample INTEGER NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL);
CREATE INDEX failures_of ON failures (sample);
CREATE INDEX by_outcome ON samples (outcome);
CREATE TABLE spent (
    role TEXT PRIMARY KEY, calls INTEGER, tokens INTEGER, completion_tokens INTEGER, cached INTEGER, seconds REAL,
    cost REAL
) WITHOUT ROWID;
"""
_WORDS = "".join(
    f"CREATE VIRTUAL TABLE {name} USING fts5 (text, content='', detail=none, prefix='2 3 4', "
    "tokenize='unicode61 remove_diacritics 2');"
    for name in ("texts", "reasons")
)
_INTEREST = {
    Outcome.WRONG: 0,
    Outcome.UNJUDGED: 1,
    Outcome.TIE: 3,
    Outcome.PART: 4,
    Outcome.RIGHT: 6,
    Outcome.PICKED: 6,
    Outcome.WAITING: 8,
}
FAILED, DISAGREEING = 2, 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands in its file, in bytes."""

    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Found:
    """A sample as the index knows it."""

    no: int
    place: Place
    judged: Place | None
    reversed: Place | None


class RunIndex:
    """Use `open`. One connection, for one thread at a time; `reader` gives another thread its own."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self.connection = connection
        self.path = path
        self.searchable = path is not None

    @classmethod
    def open(cls, path: Path | None, *, stamp: str = "") -> Self:
        """The index in the file, empty where it is new, of another stamp or damaged. Raises RunError."""
        if path is None:
            return cls._made(None, stamp)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if path.exists():
                index = cls(_connected(path), path)
                if index.meta("stamp") == f"{FORMAT} {stamp}":
                    return index
                index.connection.close()
                for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
                    file.unlink(missing_ok=True)
            return cls._made(path, stamp)
        except (sqlite3.Error, OSError) as error:
            raise RunError(f"the index {path} cannot be made ({error}). Make room, or set XDG_CACHE_HOME.") from error

    @classmethod
    def _made(cls, path: Path | None, stamp: str) -> Self:
        connection = _connected(path)
        connection.executescript(_TABLES + (_WORDS if path is not None else ""))
        index = cls(connection, path)
        index.put_meta(stamp=f"{FORMAT} {stamp}")
        return index

    def reader(self) -> Self:
        """Another connection to the same file, for another thread."""
        assert self.path is not None, "an index in memory has one thread"
        return type(self)(_connected(self.path), self.path)

    def empty(self, *, stamp: str) -> None:
        """Takes everything out, so that it is read anew."""
        with self.batch():
            for table in ("samples", "signals", "failures", "spent", "meta"):
                self.connection.execute(f"DELETE FROM {table}")  # noqa: S608  # ours
            for table in ("texts", "reasons") if self.searchable else ():
                self.connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608  # ours
            self.put_meta(stamp=f"{FORMAT} {stamp}")

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """What is written inside is there whole or not at all."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def meta(self, key: str) -> str:
        try:
            row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        except sqlite3.DatabaseError:
            return ""
        return "" if row is None else str(row[0])

    def put_meta(self, **values: str) -> None:
        self.connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, values).fetchall()

    def count(self) -> int:
        return int(self.rows("SELECT count(*) FROM samples")[0][0])

    def add_sample(self, no: int, kept: KeptSample, place: Place) -> None:
        """A sample that waits for its judgment."""
        sample = kept.sample
        excerpt = one_line(sample.instruction or sample.prompt[-1].content, limit=EXCERPT)
        self.connection.execute(
            "INSERT OR IGNORE INTO samples (no, id, subset, candidates, excerpt, at, size, outcome, interest) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(no, _text(sample.id), _text(kept.subset), len(sample.candidates), _text(excerpt), place.at),
                *(place.size, Outcome.WAITING.value, _INTEREST[Outcome.WAITING]),
            ),
        )
        if self.searchable:
            words = [m.content for m in sample.prompt] + list(sample.responses)
            self._words("texts", no, words)

    def find(self, sample_id: str) -> Found | None:
        rows = self.rows(
            "SELECT no, at, size, judged_at, judged_size, reversed_at, reversed_size FROM samples WHERE id = ?",
            (_text(sample_id),),
        )
        if not rows:
            return None
        no, at, size, *others = rows[0]
        judged, reversed_ = (None if a is None else Place(a, s) for a, s in (others[:2], others[2:]))
        return Found(no=no, place=Place(at, size), judged=judged, reversed=reversed_)

    def put_judgment(self, no: int, place: Place, judgment: Judgment, facts: Facts, *, backwards: bool) -> None:
        """What a judgment says of its sample; `facts` are of all of the sample's judgments so far."""
        first = self.searchable and not self.rows(
            "SELECT 1 FROM samples WHERE no = ? AND coalesce(judged_at, reversed_at) >= 0", (no,)
        )
        column = "reversed" if backwards else "judged"
        self.connection.execute(
            f"UPDATE samples SET {column}_at = ?, {column}_size = ?, outcome = ?, credit = ?, margin = ?, chosen = ?, "  # noqa: S608  # one of two names
            "decider = ?, disagree = ?, flipped = ?, failures = failures + ? WHERE no = ?",
            (
                *(place.at, place.size, facts.outcome.value, facts.credit, facts.margin, facts.chosen, facts.decider),
                *(facts.disagree, facts.flipped, len(judgment.failures), no),
            ),
        )
        self.connection.execute(
            f"UPDATE samples SET interest = min(?, iif(failures, {FAILED}, 9), iif(disagree, {DISAGREEING}, 9)) "  # noqa: S608  # numbers
            "WHERE no = ?",
            (_INTEREST[facts.outcome], no),
        )
        self.connection.executemany(
            "INSERT OR REPLACE INTO signals VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(no, _text(s.name), s.kind, s.side, s.decided, s.high, s.low) for s in facts.sides],
        )
        if judgment.failures:
            failed = [(no, _text(f.source), _text(f.kind)) for f in judgment.failures]
            self.connection.executemany("INSERT INTO failures VALUES (?, ?, ?)", failed)
        if judgment.usage != Usage():
            self._spend(judgment)
        if first:
            self._words("reasons", no, _reasons(judgment))

    def _spend(self, judgment: Judgment) -> None:
        for role, u in (judgment.roles or {"(not told)": judgment.usage}).items():
            self.connection.execute(
                "INSERT INTO spent VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (role) DO UPDATE SET "
                "calls = calls + excluded.calls, tokens = tokens + excluded.tokens, completion_tokens = "
                "completion_tokens + excluded.completion_tokens, cached = cached + excluded.cached, "
                "seconds = seconds + excluded.seconds, cost = cost + excluded.cost",
                (role, u.calls, u.tokens, u.completion_tokens, u.cached, u.seconds, u.cost),
            )

    def _words(self, table: str, no: int, texts: Iterable[str]) -> None:
        joined = _text("\n".join(text[:SEARCHED_CHARS] for text in texts))
        self.connection.execute(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", (no, joined))  # noqa: S608  # ours


def _reasons(judgment: Judgment) -> Iterator[str]:
    for signal in judgment.signals:
        for verdict in signal.verdicts:
            for finding in verdict.findings:
                yield f"{finding.subject} {finding.reason}"
    for failure in judgment.failures:
        yield f"{failure.source} {failure.kind} {failure.error}"


def _text(text: str) -> str:
    """As SQLite can hold it: without lone surrogates."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _connected(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        ":memory:" if path is None else path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")  # it can be made again
    return connection
