"""Searches kept in a store, so that one is paid for once: an `EvidenceSource` around an `EvidenceSource`.

Meant for web search. A corpus is looked up faster than a store is read, and what a model recalls is kept as the chat
model's reply. A failed search is never kept; one that found nothing is. What is kept is taken for `fresh_days`: the web
moves on.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from reward_agent.protocols import EvidenceSource
from reward_agent.store import key_of
from reward_agent.store.in_flight import InFlight
from reward_agent.store.keeping import Keeping
from reward_agent.types import Passage

NAMESPACE = "search"
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    at: float  # seconds since 1970
    passages: tuple[Passage, ...]


_KEPT = TypeAdapter(_Kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedEvidence:
    """`identity`: what tells the source and its settings from every other that shares the store. Equal queries at the
    same time are searched once, with or without a store."""

    source: EvidenceSource
    keeping: Keeping
    identity: str
    fresh_days: float = 30.0
    now: Callable[[], float] = time.time
    _in_flight: InFlight[Sequence[Passage]] = field(default_factory=InFlight)

    async def search(self, query: str) -> Sequence[Passage]:
        key = key_of(self.identity, query)
        passages, _ = await self._in_flight.of(key, lambda: self._found(key, query))
        return passages

    async def _found(self, key: str, query: str) -> Sequence[Passage]:
        value = await self.keeping.get(key)
        if value is not None and (kept := _read(value)) and self.now() - kept.at < self.fresh_days * DAY_S:
            return kept.passages
        passages = tuple(await self.source.search(query))
        await self.keeping.put(key, _KEPT.dump_json(_Kept(at=self.now(), passages=passages)))
        return passages


def _read(value: bytes) -> _Kept | None:
    """What an entry holds; None where another version wrote it."""
    try:
        return _KEPT.validate_json(value)
    except ValidationError:
        return None
