import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reward_agent.errors import NotRecordedError, RecordedError, SignalError
from reward_agent.evidence.record import NAMESPACE, RecordingEvidence, ReplayedEvidence
from reward_agent.protocols import EvidenceSource
from reward_agent.store import Record, open_store
from reward_agent.testing import BrokenEvidence, FixedEvidence
from reward_agent.types import Passage

SEA = (Passage(text="The sea is salt.", title="Sea", source="a.txt", score=0.5), Passage(text="\ud800"))


@dataclass(slots=True)
class CountingEvidence:
    """Counts its searches."""

    source: EvidenceSource
    queries: list[str] = field(default_factory=list)

    async def search(self, query: str) -> Sequence[Passage]:
        self.queries.append(query)
        return await self.source.search(query)


async def recorded(file: Path, source: EvidenceSource, *queries: str) -> list[Sequence[Passage]]:
    async with open_store(file) as store:
        record = Record(store=store, namespace=NAMESPACE, file=str(file))
        evidence = RecordingEvidence(source=source, record=record, identity="s")
        assert isinstance(evidence, EvidenceSource)
        return [await evidence.search(query) for query in queries]


async def replayed(file: Path, query: str) -> Sequence[Passage]:
    async with open_store(file, read_only=True) as store:
        record = Record(store=store, namespace=NAMESPACE, file=str(file))
        evidence = ReplayedEvidence(record=record, identity="s")
        assert isinstance(evidence, EvidenceSource)
        return await evidence.search(query)


def test_what_was_found_is_found_again_and_so_is_that_nothing_was(tmp_path: Path) -> None:
    source = CountingEvidence(FixedEvidence({"sea": SEA}))
    found = asyncio.run(recorded(tmp_path / "r", source, "sea", "land", "sea"))
    assert found == [SEA, (), SEA]
    assert source.queries == ["sea", "land"]
    assert asyncio.run(replayed(tmp_path / "r", "sea")) == SEA
    assert asyncio.run(replayed(tmp_path / "r", "land")) == ()


def test_a_failed_search_fails_again_in_the_same_way_and_is_tried_anew_when_recording(tmp_path: Path) -> None:
    with pytest.raises(SignalError):
        asyncio.run(recorded(tmp_path / "r", BrokenEvidence(), "sea"))
    with pytest.raises(RecordedError, match="the search is broken on purpose") as caught:
        asyncio.run(replayed(tmp_path / "r", "sea"))
    assert caught.value.kind == "error"
    asyncio.run(recorded(tmp_path / "r", FixedEvidence({"sea": SEA}), "sea"))
    assert asyncio.run(replayed(tmp_path / "r", "sea")) == SEA


def test_a_query_that_is_not_on_record_is_named(tmp_path: Path) -> None:
    asyncio.run(recorded(tmp_path / "r", FixedEvidence({}), "sea"))
    with pytest.raises(NotRecordedError, match="no answer to the search for 'land'"):
        asyncio.run(replayed(tmp_path / "r", "land"))
