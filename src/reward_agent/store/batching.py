"""Reads and writes that come while a store is busy wait together and are then served as one batch.

So many callers cost few commits, few changes of thread, few trips over the network.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from reward_agent.errors import StoreError

T = TypeVar("T")
Place = tuple[str, str]
"""Namespace, key."""
Entry = tuple[str, str, bytes]
"""The same with a value."""
Serve = Callable[[Sequence[Entry], Sequence[Place]], Awaitable[Sequence[bytes | None]]]
"""Keeps the entries, then returns the values of the places, aligned with them; raises StoreError."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Get:
    place: Place
    done: "asyncio.Future[bytes | None]"


@dataclass(slots=True, kw_only=True, eq=False)
class _Put:
    entry: Entry
    done: "asyncio.Future[None]"


class Batches:
    """One batch is served at a time, by `serve`; its error is an error to each of its callers. One object belongs to
    one event loop."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._gets: list[_Get] = []
        self._puts: list[_Put] = []
        self._server: asyncio.Task[None] | None = None

    async def get(self, namespace: str, key: str) -> bytes | None:
        _check(namespace, key)
        done: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._gets.append(_Get(place=(namespace, key), done=done))
        self._start()
        return await done

    async def put(self, namespace: str, key: str, value: bytes) -> None:
        _check(namespace, key)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._puts.append(_Put(entry=(namespace, key, value), done=done))
        self._start()
        await done

    async def settle(self) -> None:
        """Waits until everything that was asked of the store is done, also for callers that have given up."""
        while self._server is not None:
            await asyncio.wait([self._server])

    def _start(self) -> None:
        if self._server is None:
            self._server = asyncio.get_running_loop().create_task(self._served())

    async def _served(self) -> None:
        """Serves batches until nothing waits. A batch's writes come first, so no read misses what was put before."""
        try:
            while self._gets or self._puts:
                gets, puts = self._gets, self._puts
                self._gets, self._puts = [], []
                try:
                    values = await self._serve([put.entry for put in puts], [get.place for get in gets])
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


def _check(namespace: str, key: str) -> None:
    """Raises UnicodeEncodeError, for this caller alone, where the key is no text (see `key_of`, which takes any)."""
    (namespace + key).encode()


def _settle(done: "asyncio.Future[T]", value: T) -> None:
    if not done.done():  # its caller may have given up
        done.set_result(value)


def _fail(done: "asyncio.Future[Any]", error: BaseException) -> None:
    if not done.done():
        done.set_exception(error if isinstance(error, StoreError) else StoreError(f"the store has stopped: {error!r}"))
