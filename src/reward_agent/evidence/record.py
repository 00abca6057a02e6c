"""A run's search results on record: an `EvidenceSource` around an `EvidenceSource`, or in its place.

`RecordingEvidence` keeps what a search found, or how it failed; `ReplayedEvidence` finds it again and searches nothing.
"""

import json
from dataclasses import dataclass

from pydantic import TypeAdapter

from reward_agent.errors import RecordedError, SignalError
from reward_agent.protocols import EvidenceSource
from reward_agent.store import Record, key_of
from reward_agent.types import Passage

NAMESPACE = "recorded searches"
_PASSAGES: TypeAdapter[tuple[Passage, ...]] = TypeAdapter(tuple[Passage, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingEvidence:
    """A query on record is answered from there, so that it has one answer; a failure on record is tried anew.
    `identity`: what tells the source from the others on record."""

    source: EvidenceSource
    record: Record
    identity: str

    async def search(self, query: str) -> tuple[Passage, ...]:
        """The passages on record, else the source's, which then are."""
        key = key_of(self.identity, query)
        try:
            found = await self.record.find(key)
        except RecordedError:
            found = None
        if found is not None:
            return _PASSAGES.validate_python(json.loads(found))
        try:
            passages = tuple(await self.source.search(query))
        except SignalError as error:
            await self.record.keep_failure(key, error)
            raise
        await self.record.keep(key, json.dumps(_PASSAGES.dump_python(passages)))  # escapes what is no text
        return passages


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedEvidence:
    """Passages from the record."""

    record: Record
    identity: str

    async def search(self, query: str) -> tuple[Passage, ...]:
        """The passages on record. Raises RecordedError for a failure on record, and NotRecordedError for a query that
        was not searched when the record was made."""
        found = await self.record.answer(key_of(self.identity, query), asked=f"the search for {query[:80]!r}")
        return _PASSAGES.validate_python(json.loads(found))
