"""Replies kept in a store, so that a question is paid for once: a `ChatModel` around a `ChatModel`.

A reply is kept only when it is what was asked for: a failed call is never kept, nor is a reply that is no JSON of its
schema's shape, which would fail every later run in the same way, nor fewer answers than were to be drawn. A reply of
the right shape that its reader still refuses is kept; turn the cache off, or delete its file, to ask anew. A store that
cannot be read or written costs calls, and fails none: the cache then stops keeping, and says so once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from reward_agent.chat.questions import question_key
from reward_agent.chat.stored import KEPT, is_what_was_asked, restored, stored
from reward_agent.protocols import ChatModel
from reward_agent.store import Store
from reward_agent.store.in_flight import InFlight
from reward_agent.store.keeping import Keeping
from reward_agent.types import ChatRequest, Completion

NAMESPACE = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedChat:
    """`identity`: what tells the model from every other that shares the store. A `keeping` without a store shares calls
    in flight and keeps nothing."""

    model: ChatModel
    keeping: Keeping
    identity: str
    _in_flight: InFlight[Completion] = field(default_factory=InFlight)

    async def complete(self, request: ChatRequest) -> Completion:
        """The kept reply, with no call and no cost in its usage; else the model's."""
        key = question_key(self.identity, request)
        completion, first = await self._in_flight.of(key, lambda: self._found(key, request))
        return completion if first else replace(completion, usage=KEPT)

    async def _found(self, key: str, request: ChatRequest) -> Completion:
        kept = await self.keeping.get(key)
        if kept is not None:
            return restored(kept.decode("utf-8", "surrogatepass"), request)
        completion = await self.model.complete(request)
        if is_what_was_asked(completion, request):
            await self.keeping.put(key, stored(completion).encode("utf-8", "surrogatepass"))
        return completion


def keeping_replies(store: Store | None, *, say: Callable[[str], None] = lambda line: None) -> Keeping:
    """Where replies are kept in a store, or in none. `say` is told when the store breaks."""
    return Keeping(store=store, namespace=NAMESPACE, what="replies", say=say)
