"""The journal: one JSON line a result, appended as it finishes, safe against a kill at any instant.

    with Journal.open(path, Judgment, key=lambda j: j.sample_id) as journal:
        if sample.id not in journal.done: ...
        journal.append(judgment)

One process writes a journal at a time (a lock file beside it says so). Every row is written whole by one system
call; a last line without its newline is what a kill or a full disk left of a row, and is cut off on opening, so that
the row is done again. Rows are synced to disk at least once a second while they come, and at the end: a power cut can
cost the last second, a killed process nothing.
"""

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from filelock import BaseFileLock, FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from reward_agent.errors import RunError

Row = TypeVar("Row")
SYNC_EVERY_S = 1.0
JUDGED_ANEW = "Delete that line and run the same command again: its sample is judged anew."


class Journal(Generic[Row]):
    """An append-only file of rows of one type, each with a key that occurs once. Use `open`."""

    def __init__(self, path: Path, adapter: TypeAdapter[Row], key: Callable[[Row], str], lock: BaseFileLock) -> None:
        self._adapter = adapter
        self._key = key
        self._lock = lock
        self._path = path
        self.done: set[str] = set()
        for row in read_rows(path, adapter):
            self._note(key(row))
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._synced = time.monotonic()

    @classmethod
    def open(cls, path: Path, row_type: type[Row], key: Callable[[Row], str]) -> Self:
        """Locks the journal, cuts off a torn last line and reads which rows it holds.

        Raises RunError when another process writes it, or when it is damaged before its last line.
        """
        lock = locked(path)
        try:
            cut_torn_line(path)
            return cls(path, TypeAdapter(row_type), key, lock)
        except BaseException:
            lock.release()
            raise

    def append(self, row: Row) -> None:
        """Writes one row. Raises RunError for a key the journal already holds, or when the disk refuses it."""
        self._note(self._key(row))
        line = self._adapter.dump_json(row) + b"\n"
        end = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, line)
            while written < len(line):
                written += os.write(self._file, line[written:])
            if time.monotonic() - self._synced > SYNC_EVERY_S:
                os.fsync(self._file)
                self._synced = time.monotonic()
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, end)  # half a row must not stand before the row of another worker
            raise RunError(
                f"cannot write {self._path}: {error.strerror}. Make room and run the same command again: it goes "
                "on where it stopped."
            ) from error

    def close(self) -> None:
        """Syncs, closes and unlocks."""
        with contextlib.suppress(OSError):
            os.fsync(self._file)
        os.close(self._file)
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _note(self, key: str) -> None:
        if key in self.done:
            raise RunError(f"{self._path} holds {key!r} twice: it is damaged. Choose another --out folder.")
        self.done.add(key)


def locked(path: Path) -> BaseFileLock:
    """Holds the lock beside a journal; a process may hold it more than once. Raises RunError when another does."""
    lock = FileLock(path.with_name(f".{path.name}.lock"), is_singleton=True)
    try:
        return lock.acquire(timeout=0).lock
    except Timeout:
        raise RunError(
            f"another process is writing {path}. Wait for it or stop it, or choose another --out folder."
        ) from None


def read_rows(path: Path, adapter: TypeAdapter[Row], *, remedy: str = JUDGED_ANEW) -> Iterator[Row]:
    """The file's whole rows, in order; a torn last line is left out, a missing file has none.

    Raises RunError naming a line that cannot be read, with the remedy.
    """
    return (row for row, _ in read_sized_rows(path, adapter, remedy=remedy))


def read_sized_rows(path: Path, adapter: TypeAdapter[Row], *, remedy: str = JUDGED_ANEW) -> Iterator[tuple[Row, int]]:
    """The same, each with the number of bytes it takes in the file."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return
            try:
                yield adapter.validate_json(line), len(line)
            except (ValidationError, json.JSONDecodeError) as error:
                raise RunError(
                    f"{path}:{number} cannot be read as a row: the file was changed or damaged. {remedy}"
                ) from error


def cut_torn_line(path: Path) -> None:
    """Truncates the file after its last newline."""
    if not path.exists():
        return
    with path.open("rb+") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - 65536)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                end = start + newline + 1
                break
            end = start
        file.truncate(end)
