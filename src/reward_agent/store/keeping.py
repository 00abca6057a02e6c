"""A store that may break without harm: what it would have held is then asked for again.

keeping = Keeping(store=store, namespace="search", what="searches", say=say)
value = await keeping.get(key)              # None where it holds nothing, and where it cannot be read
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from reward_agent.errors import StoreError
from reward_agent.store.protocol import Store


@dataclass(slots=True, kw_only=True)
class _Health:
    broken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """One namespace of a store, or of none. The first StoreError is told to `say`, and ends the keeping; `what` names
    to a person what lies there."""

    store: Store | None
    namespace: str
    what: str
    say: Callable[[str], None] = lambda line: None
    _health: _Health = field(default_factory=_Health)

    async def get(self, key: str) -> bytes | None:
        """What is kept under the key."""
        if self.store is None or self._health.broken:
            return None
        try:
            return await self.store.get(self.namespace, key)
        except StoreError as error:
            self._breaks(error)
            return None

    async def put(self, key: str, value: bytes) -> None:
        """Keeps the value, where that is possible."""
        if self.store is None or self._health.broken:
            return
        try:
            await self.store.put(self.namespace, key, value)
        except StoreError as error:
            self._breaks(error)

    def _breaks(self, error: StoreError) -> None:
        if not self._health.broken:
            self._health.broken = True
            self.say(f"warning: {self.what} are no longer kept: {error}")
