"""A run's replies on record: a `ChatModel` around a `ChatModel`, or in its place.

`RecordingChat` keeps every reply and every failure as it came; a question that is on record is answered from there, so
that it has one answer. `ReplayedChat` answers from the record alone and never calls anything.
"""

from dataclasses import dataclass, field, replace

from reward_agent.chat.questions import question_key
from reward_agent.chat.stored import KEPT, restored, stored
from reward_agent.errors import RecordedError, SignalError
from reward_agent.protocols import ChatModel
from reward_agent.store import Record
from reward_agent.store.in_flight import InFlight
from reward_agent.types import ChatRequest, Completion

NAMESPACE = "recorded chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingChat:
    """`identity`: what tells the model from the others on record. A failure on record is tried anew."""

    model: ChatModel
    record: Record
    identity: str
    _in_flight: InFlight[Completion] = field(default_factory=InFlight)

    async def complete(self, request: ChatRequest) -> Completion:
        """The reply on record, else the model's, which then is."""
        key = question_key(self.identity, request)
        completion, first = await self._in_flight.of(key, lambda: self._recorded(key, request))
        return completion if first else replace(completion, usage=KEPT)

    async def _recorded(self, key: str, request: ChatRequest) -> Completion:
        try:
            text = await self.record.find(key)
        except RecordedError:
            text = None
        if text is not None:
            return restored(text, request)
        try:
            completion = await self.model.complete(request)
        except SignalError as error:
            await self.record.keep_failure(key, error)
            raise
        await self.record.keep(key, stored(completion))
        return completion


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedChat:
    """Answers from the record."""

    record: Record
    identity: str

    async def complete(self, request: ChatRequest) -> Completion:
        """The reply on record. Raises RecordedError for a failure on record, and NotRecordedError for a question that
        was not asked when the record was made."""
        asked = f"this question of {request.purpose!r}" if request.purpose else "this question"
        text = await self.record.answer(question_key(self.identity, request), asked=asked)
        return restored(text, request)
