"""The same question asked at the same time is asked once.

    reply, first = await shared.of(key, lambda: asked(request))

All who wait get the one result, or its error. Whoever is cancelled leaves the others' call alone; when nobody waits
any more it is cancelled too. One object belongs to one event loop.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class InFlight(Generic[T]):
    """The calls under way, by key."""

    _calls: "dict[str, _Call[T]]" = field(default_factory=dict)

    async def of(self, key: str, start: Callable[[], Coroutine[Any, Any, T]]) -> tuple[T, bool]:
        """The result, and whether this caller's call it was (False: another's was shared)."""
        call = self._calls.get(key)
        first = call is None
        if call is None:
            call = self._started(key, start)
        call.waiting += 1
        try:
            await asyncio.wait([call.task])
        finally:
            call.waiting -= 1
            if not call.waiting and not call.task.done():
                self._forget(key, call)
                call.task.cancel()
        return call.task.result(), first

    def _started(self, key: str, start: Callable[[], Coroutine[Any, Any, T]]) -> "_Call[T]":
        call = _Call(asyncio.create_task(start()))
        self._calls[key] = call
        call.task.add_done_callback(lambda task: self._forget(key, call))
        return call

    def _forget(self, key: str, call: "_Call[T]") -> None:
        if self._calls.get(key) is call:
            del self._calls[key]
        if call.task.done() and not call.task.cancelled():
            call.task.exception()  # seen, also where everybody who waited has gone


@dataclass(slots=True, eq=False)
class _Call(Generic[T]):
    task: "asyncio.Task[T]"
    waiting: int = 0
