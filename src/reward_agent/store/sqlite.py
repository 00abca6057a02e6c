"""The default store: one SQLite file.

One thread owns the connection, and reads and writes are batched (batching.py), the writes of a batch in one
transaction. Write-ahead logging lets many processes read while one writes; a writer waits for another, for a while.

Does NOT promise durability against a power cut (`synchronous = NORMAL`): the file stays sound, the last writes may be
gone. One object belongs to one event loop.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from reward_agent.errors import StoreError
from reward_agent.store.batching import Batches, Entry, Place
from reward_agent.store.opening import explained, opened

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


class SqliteStore:
    """A `Store` in one file; see `open_store`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._path = path
        self._connection = connection
        self._thread = thread
        self._batches = Batches(self._serve)

    async def get(self, namespace: str, key: str) -> bytes | None:
        return await self._batches.get(namespace, key)

    async def put(self, namespace: str, key: str, value: bytes) -> None:
        await self._batches.put(namespace, key, value)

    async def settle(self) -> None:
        """Waits until everything that was asked of the store is done, also for callers that have given up."""
        await self._batches.settle()

    async def _serve(self, entries: Sequence[Entry], places: Sequence[Place]) -> Sequence[bytes | None]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._batch, entries, places)

    def _batch(self, entries: Sequence[Entry], places: Sequence[Place]) -> list[bytes | None]:
        """In the thread: one transaction of writes, then the reads."""
        try:
            if entries:
                self._write(entries)
            found = (self._connection.execute(_GET, place).fetchone() for place in places)
            return [None if row is None else row[0] for row in found]
        except sqlite3.Error as error:
            raise StoreError(explained(self._path, error)) from error

    def _write(self, entries: Sequence[Entry]) -> None:
        written_at = int(time.time())
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(_PUT, [(*entry, written_at) for entry in entries])
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
