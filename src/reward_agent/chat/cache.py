"""Replies kept in a store, so that a question is paid for once: a `ChatModel` around a `ChatModel`.

A reply is kept only when it is what was asked for: a failed call is never kept, nor is a reply that is no JSON of its
schema's shape, which would fail every later run in the same way. A reply of the right shape that its reader still
refuses is kept; turn the cache off, or delete its file, to ask anew. A store that cannot be read or written costs
calls, and fails none: the cache then stops keeping, and says so once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from reward_agent.chat.in_flight import InFlight
from reward_agent.chat.questions import question_key
from reward_agent.chat.schemas import fits
from reward_agent.errors import StoreError
from reward_agent.protocols import ChatModel
from reward_agent.store import Store
from reward_agent.types import ChatRequest, Completion, Usage

NAMESPACE = "chat"
KEPT = Usage(cached=1)


@dataclass(slots=True, kw_only=True)
class _Health:
    broken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedChat:
    """`identity`: what tells the model from every other that shares the store. `store`: None shares calls in flight
    and keeps nothing. `say` is told when the store breaks."""

    model: ChatModel
    store: Store | None
    identity: str
    say: Callable[[str], None] = lambda line: None
    _in_flight: InFlight[Completion] = field(default_factory=InFlight)
    _health: _Health = field(default_factory=_Health)

    async def complete(self, request: ChatRequest) -> Completion:
        """The kept reply, with no call and no cost in its usage; else the model's."""
        key = question_key(self.identity, request)
        completion, first = await self._in_flight.of(key, lambda: self._found(key, request))
        return completion if first else replace(completion, usage=KEPT)

    async def _found(self, key: str, request: ChatRequest) -> Completion:
        kept = await self._read(key)
        if kept is not None:
            return Completion(text=kept, usage=KEPT)
        completion = await self.model.complete(request)
        if fits(completion.text, request.schema):
            await self._write(key, completion.text)
        return completion

    async def _read(self, key: str) -> str | None:
        if self.store is None or self._health.broken:
            return None
        try:
            value = await self.store.get(NAMESPACE, key)
        except StoreError as error:
            self._breaks(error)
            return None
        return None if value is None else value.decode("utf-8", "surrogatepass")

    async def _write(self, key: str, text: str) -> None:
        if self.store is None or self._health.broken:
            return
        try:
            await self.store.put(NAMESPACE, key, text.encode("utf-8", "surrogatepass"))
        except StoreError as error:
            self._breaks(error)

    def _breaks(self, error: StoreError) -> None:
        if not self._health.broken:
            self._health.broken = True
            self.say(f"warning: replies are no longer kept: {error}")
