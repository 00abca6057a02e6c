"""A run's replies on record: a `ChatModel` around a `ChatModel`, or in its place.

`RecordingChat` keeps every reply and every failure as it came; a question that is on record is answered from there, so
that it has one answer. `ReplayedChat` answers from the record alone and never calls anything. A store that breaks is
a StoreError, which ends the run: a record with holes is none.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reward_agent.chat.cache import KEPT
from reward_agent.chat.errors import NotRecordedError, RecordedError
from reward_agent.chat.in_flight import InFlight
from reward_agent.chat.questions import question_key
from reward_agent.errors import SignalError
from reward_agent.protocols import ChatModel
from reward_agent.store import Store
from reward_agent.types import ChatRequest, Completion

NAMESPACE = "recorded chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingChat:
    """`identity`: what tells the model from the others on record. A recorded failure is tried anew."""

    model: ChatModel
    store: Store
    identity: str
    _in_flight: InFlight[Completion] = field(default_factory=InFlight)

    async def complete(self, request: ChatRequest) -> Completion:
        """The reply on record, else the model's, which then is."""
        key = question_key(self.identity, request)
        completion, first = await self._in_flight.of(key, lambda: self._recorded(key, request))
        return completion if first else replace(completion, usage=KEPT)

    async def _recorded(self, key: str, request: ChatRequest) -> Completion:
        entry = await _entry(self.store, key)
        if entry is not None and "text" in entry:
            return Completion(text=entry["text"], usage=KEPT)
        try:
            completion = await self.model.complete(request)
        except SignalError as error:
            await self._keep(key, {"kind": error.kind, "error": str(error)})
            raise
        await self._keep(key, {"text": completion.text})
        return completion

    async def _keep(self, key: str, entry: Mapping[str, str]) -> None:
        await self.store.put(NAMESPACE, key, json.dumps(entry).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedChat:
    """Answers from the record; `file` names it in messages."""

    store: Store
    identity: str
    file: str

    async def complete(self, request: ChatRequest) -> Completion:
        """The recorded reply. Raises RecordedError for a recorded failure, and NotRecordedError for a question that
        was not asked when the record was made."""
        entry = await _entry(self.store, question_key(self.identity, request))
        if entry is None:
            raise NotRecordedError(
                f"{self.file} holds no answer to this question of {request.purpose or 'this purpose'!r}: it was made "
                "with other data, settings or another version; make it again with --record"
            )
        if "text" not in entry:
            raise RecordedError(entry["kind"], entry["error"])
        return Completion(text=entry["text"], usage=KEPT)


async def _entry(store: Store, key: str) -> Mapping[str, str] | None:
    value = await store.get(NAMESPACE, key)
    if value is None:
        return None
    entry: Mapping[str, str] = json.loads(value)
    return entry
