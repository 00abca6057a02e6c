"""The default store: one SQLite file.

One thread owns the connection. Reads and writes that come while it is busy wait together and are then served as one
batch, the writes of a batch in one transaction, so that many callers cost few commits and few changes of thread.
Write-ahead logging lets many processes read while one writes; a writer waits for another, for a while.

Does NOT promise durability against a power cut (`synchronous = NORMAL`): the file stays sound, the last writes may be
gone. One object belongs to one event loop.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from reward_agent.errors import StoreError
from reward_agent.store.opening import explained, opened

T = TypeVar("T")
_Place = tuple[str, str]  # namespace, key
_Row = tuple[str, str, bytes, int]  # ... value, second of writing

_GET = "SELECT value FROM entries WHERE namespace = ? AND key = ?"
_PUT = "INSERT OR REPLACE INTO entries (namespace, key, value, written_at) VALUES (?, ?, ?, ?)"


@asynccontextmanager
async def open_store(path: Path, *, read_only: bool = False) -> AsyncIterator["SqliteStore"]:
    """Opens the file, which is made where it is missing (not with `read_only`), and closes it in the end.

    A folder that has to be made is for this user alone, since questions and replies lie in it. Raises StoreError with
    what to do where the file is missing, is something else, is damaged, or cannot be opened.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="store")
    loop = asyncio.get_running_loop()
    try:
        connection = await loop.run_in_executor(thread, partial(opened, path, read_only=read_only))
        store = SqliteStore(path, connection, thread)
        try:
            yield store
        finally:
            await store.settle()
            await loop.run_in_executor(thread, connection.close)
    finally:
        thread.shutdown(wait=False)


@dataclass(slots=True, kw_only=True, eq=False)
class _Get:
    place: _Place
    done: "asyncio.Future[bytes | None]"


@dataclass(slots=True, kw_only=True, eq=False)
class _Put:
    row: _Row
    done: "asyncio.Future[None]"


class SqliteStore:
    """A `Store` in one file; see `open_store`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._path = path
        self._connection = connection
        self._thread = thread
        self._gets: list[_Get] = []
        self._puts: list[_Put] = []
        self._server: asyncio.Task[None] | None = None

    async def get(self, namespace: str, key: str) -> bytes | None:
        _check(namespace, key)
        done: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._gets.append(_Get(place=(namespace, key), done=done))
        self._serve()
        return await done

    async def put(self, namespace: str, key: str, value: bytes) -> None:
        _check(namespace, key)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._puts.append(_Put(row=(namespace, key, value, int(time.time())), done=done))
        self._serve()
        await done

    async def settle(self) -> None:
        """Waits until everything that was asked of the store is done, also for callers that have given up."""
        while self._server is not None:
            await asyncio.wait([self._server])

    def _serve(self) -> None:
        if self._server is None:
            self._server = asyncio.get_running_loop().create_task(self._served())

    async def _served(self) -> None:
        """Serves batches until nothing waits. A batch's writes come first, so no read misses what was put before."""
        loop = asyncio.get_running_loop()
        try:
            while self._gets or self._puts:
                gets, puts = self._gets, self._puts
                self._gets, self._puts = [], []
                rows, places = [put.row for put in puts], [get.place for get in gets]
                try:
                    values = await loop.run_in_executor(self._thread, self._batch, rows, places)
                except BaseException as error:
                    waiting: list[asyncio.Future[Any]] = [*(put.done for put in puts), *(get.done for get in gets)]
                    for done in waiting:
                        _fail(done, error)
                    if not isinstance(error, StoreError):
                        raise  # a bug, or the end of the loop: nobody waits for ever
                    continue
                for put in puts:
                    _settle(put.done, None)
                for get, value in zip(gets, values, strict=True):
                    _settle(get.done, value)
        finally:
            self._server = None

    def _batch(self, rows: Sequence[_Row], places: Sequence[_Place]) -> list[bytes | None]:
        """In the thread: one transaction of writes, then the reads."""
        try:
            if rows:
                self._write(rows)
            found = (self._connection.execute(_GET, place).fetchone() for place in places)
            return [None if row is None else row[0] for row in found]
        except sqlite3.Error as error:
            raise StoreError(explained(self._path, error)) from error

    def _write(self, rows: Sequence[_Row]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(_PUT, rows)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def _check(namespace: str, key: str) -> None:
    """Raises UnicodeEncodeError, for this caller alone, where the key is no text (see `key_of`, which takes any)."""
    (namespace + key).encode()


def _settle(done: "asyncio.Future[T]", value: T) -> None:
    if not done.done():  # its caller may have given up
        done.set_result(value)


def _fail(done: "asyncio.Future[Any]", error: BaseException) -> None:
    if not done.done():
        done.set_exception(error if isinstance(error, StoreError) else StoreError(f"the store has stopped: {error!r}"))
