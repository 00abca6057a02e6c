"""A run's record: what was answered to each question, a failure included, to be answered so again.

`chat/record.py` and `evidence/record.py` keep their answers by it, each in a namespace of its own.
"""

import json
from dataclasses import dataclass

from reward_agent.errors import NotRecordedError, RecordedError, SignalError
from reward_agent.store.protocol import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """`file` names the record in messages. Each method raises StoreError, which ends the run: a record with holes is
    none."""

    store: Store
    namespace: str
    file: str = "the record"

    async def find(self, key: str) -> str | None:
        """The answer on record; None where there is none. Raises RecordedError for a failure on record."""
        value = await self.store.get(self.namespace, key)
        if value is None:
            return None
        entry: dict[str, str] = json.loads(value)
        if "answer" not in entry:
            raise RecordedError(entry["kind"], entry["error"])
        return entry["answer"]

    async def answer(self, key: str, *, asked: str) -> str:
        """The answer on record. Raises NotRecordedError where there is none; `asked` says what was asked for."""
        found = await self.find(key)
        if found is None:
            raise NotRecordedError(
                f"{self.file} holds no answer to {asked}: it was made with other data, settings or another version; "
                "make it again with --record"
            )
        return found

    async def keep(self, key: str, answer: str) -> None:
        """Puts the answer on record."""
        await self.store.put(self.namespace, key, json.dumps({"answer": answer}).encode())

    async def keep_failure(self, key: str, error: SignalError) -> None:
        """Puts on record that there was none, and why."""
        await self.store.put(self.namespace, key, json.dumps({"kind": error.kind, "error": str(error)}).encode())
