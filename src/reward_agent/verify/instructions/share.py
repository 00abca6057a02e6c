"""One making a key: callers who want the same at the same time wait for one making, later ones get what was made."""

from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from reward_agent.store.in_flight import InFlight

V = TypeVar("V")


class Shared(Generic[V]):
    """Remembers the last `size` values by key. What fails is not remembered: it is made again when next asked for."""

    def __init__(self, size: int = 4096) -> None:
        self._size = size
        self._values: OrderedDict[str, V] = OrderedDict()
        self._making: InFlight[V] = InFlight()

    async def value(self, key: str, make: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """The value under the key. Raises what `make` raises, for everybody who waits for that making."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        value, _ = await self._making.of(key, make)
        self._values[key] = value
        while len(self._values) > self._size:
            self._values.popitem(last=False)
        return value
