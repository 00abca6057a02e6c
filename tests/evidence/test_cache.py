"""Searches are kept, shared while under way, and never kept when they failed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from reward_agent.errors import SignalError, StoreError
from reward_agent.evidence.cache import DAY_S, CachedEvidence
from reward_agent.store.keeping import Keeping
from reward_agent.types import Passage


@dataclass
class Memory:
    """A store in this process."""

    values: dict[tuple[str, str], bytes] = field(default_factory=dict)

    async def get(self, namespace: str, key: str) -> bytes | None:
        return self.values.get((namespace, key))

    async def put(self, namespace: str, key: str, value: bytes) -> None:
        self.values[namespace, key] = value


class BrokenStore:
    async def get(self, namespace: str, key: str) -> bytes | None:
        raise StoreError("the disk is gone")

    async def put(self, namespace: str, key: str, value: bytes) -> None:
        raise StoreError("the disk is gone")


@dataclass
class Counting:
    """Counts its searches; fails the first `failing` of them."""

    failing: int = 0
    searches: int = 0

    async def search(self, query: str) -> Sequence[Passage]:
        self.searches += 1
        await asyncio.sleep(0)
        if self.searches <= self.failing:
            raise SignalError("not today")
        return [Passage(text=f"about {query}", source="https://sea.example", score=1.5)]


def cached(source: Counting, store: Memory | BrokenStore | None, **settings: object) -> CachedEvidence:
    keeping = Keeping(store=store, namespace="search", what="searches")
    return CachedEvidence(source=source, keeping=keeping, identity="web", **settings)  # type: ignore[arg-type]


def test_a_second_search_is_answered_from_the_store() -> None:
    source, store = Counting(), Memory()
    first = asyncio.run(cached(source, store).search("tides"))
    again = asyncio.run(cached(source, store).search("tides"))
    assert list(first) == list(again)
    assert source.searches == 1


def test_another_query_or_another_source_is_searched() -> None:
    source, store = Counting(), Memory()
    asyncio.run(cached(source, store).search("tides"))
    asyncio.run(cached(source, store).search("Tides"))
    other = CachedEvidence(
        source=source, keeping=Keeping(store=store, namespace="search", what="searches"), identity="other"
    )
    asyncio.run(other.search("tides"))
    assert source.searches == 3


@pytest.mark.parametrize("store", [None, Memory()])
def test_equal_queries_at_the_same_time_are_one_search(store: Memory | None) -> None:
    source = Counting()
    evidence = cached(source, store)

    async def together() -> list[Sequence[Passage]]:
        return await asyncio.gather(*(evidence.search("tides") for _ in range(5)))

    found = asyncio.run(together())
    assert source.searches == 1
    assert len({passage.text for passages in found for passage in passages}) == 1


def test_a_failed_search_is_not_kept() -> None:
    source, store = Counting(failing=1), Memory()
    with pytest.raises(SignalError):
        asyncio.run(cached(source, store).search("tides"))
    assert not store.values
    assert asyncio.run(cached(source, store).search("tides"))


def test_what_is_kept_grows_old() -> None:
    source, store = Counting(), Memory()
    asyncio.run(cached(source, store, now=lambda: 0.0).search("tides"))
    asyncio.run(cached(source, store, now=lambda: 29 * DAY_S).search("tides"))
    assert source.searches == 1
    asyncio.run(cached(source, store, now=lambda: 31 * DAY_S).search("tides"))
    assert source.searches == 2


def test_an_entry_that_cannot_be_read_is_searched_anew() -> None:
    source, store = Counting(), Memory()
    asyncio.run(cached(source, store).search("tides"))
    store.values = dict.fromkeys(store.values, b"{}")
    asyncio.run(cached(source, store).search("tides"))
    assert source.searches == 2


def test_a_broken_store_costs_searches_and_fails_none() -> None:
    said: list[str] = []
    source = Counting()
    keeping = Keeping(store=BrokenStore(), namespace="search", what="searches", say=said.append)
    evidence = CachedEvidence(source=source, keeping=keeping, identity="web")
    for _ in range(3):
        assert asyncio.run(evidence.search("tides"))
    assert source.searches == 3
    assert len(said) == 1
    assert "the disk is gone" in said[0]
