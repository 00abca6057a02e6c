"""One making a key: callers who want the same at the same time wait for one making, later ones get what was made."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class Shared(Generic[V]):
    """Remembers the last `size` values by key. What fails is not remembered: it is made again when next asked for."""

    def __init__(self, size: int = 4096) -> None:
        self._size = size
        self._values: OrderedDict[str, V] = OrderedDict()
        self._making: dict[str, asyncio.Task[V]] = {}

    async def value(self, key: str, make: Callable[[], Awaitable[V]]) -> V:
        """The value under the key. Raises what `make` raises, for everybody who waits for that making."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        task = self._making.get(key)
        if task is None or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.create_task(self._made(key, make))
            task.add_done_callback(_seen)
            self._making[key] = task
        return await asyncio.shield(task)  # a caller who gives up does not take it from the others

    async def _made(self, key: str, make: Callable[[], Awaitable[V]]) -> V:
        try:
            value = await make()
        finally:
            if self._making.get(key) is asyncio.current_task():
                del self._making[key]
        self._values[key] = value
        while len(self._values) > self._size:
            self._values.popitem(last=False)
        return value


def _seen(task: asyncio.Task[V]) -> None:
    """Looks at the error of a making whose callers have all given up, so that asyncio does not report it as lost."""
    if not task.cancelled():
        task.exception()
