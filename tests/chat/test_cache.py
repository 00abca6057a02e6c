import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reward_agent.chat.cache import CachedChat, keeping_replies
from reward_agent.errors import SignalError, StoreError
from reward_agent.prompting import ask, metered, parse_prompt
from reward_agent.protocols import ChatModel
from reward_agent.store import open_store
from reward_agent.testing import ScriptedChat
from reward_agent.types import Usage
from tests.chat.conftest import question

YES = '{"answer": "yes"}'


@dataclass(slots=True)
class FullDisk:
    """A store on a disk that is full."""

    tried: int = 0

    async def get(self, namespace: str, key: str) -> bytes | None:
        return None

    async def put(self, namespace: str, key: str, value: bytes) -> None:
        self.tried += 1
        raise StoreError("the disk is full")


@dataclass(slots=True)
class BrokenStore:
    """A store that cannot be read."""

    tried: int = field(default=0)

    async def get(self, namespace: str, key: str) -> bytes | None:
        self.tried += 1
        raise StoreError("damaged")

    async def put(self, namespace: str, key: str, value: bytes) -> None:
        raise StoreError("damaged")


def test_a_question_is_asked_once_also_by_the_next_run(tmp_path: Path) -> None:
    model = ScriptedChat([YES])

    async def run() -> list[Usage]:
        async with open_store(tmp_path / "cache") as store:
            cached = CachedChat(model=model, keeping=keeping_replies(store), identity="m")
            replies = [await cached.complete(question()), await cached.complete(question())]
            assert {reply.text for reply in replies} == {YES}
            return [reply.usage for reply in replies]

    first, second = asyncio.run(run())
    assert (first.calls, first.cached) == (1, 0)
    assert second == Usage(cached=1)
    assert asyncio.run(run()) == [Usage(cached=1)] * 2
    assert len(model.requests) == 1


def test_another_model_has_its_own_replies(tmp_path: Path) -> None:
    async def run() -> list[str]:
        async with open_store(tmp_path / "cache") as store:
            models = [
                CachedChat(model=ScriptedChat([text]), keeping=keeping_replies(store), identity=text)
                for text in ("a", "b")
            ]
            return [(await model.complete(question(schema=None))).text for model in models]

    assert asyncio.run(run()) == ["a", "b"]


def test_the_same_question_at_the_same_time_is_asked_once(tmp_path: Path) -> None:
    model = ScriptedChat([YES])

    async def run() -> list[Usage]:
        async with open_store(tmp_path / "cache") as store:
            cached = CachedChat(model=model, keeping=keeping_replies(store), identity="m")
            replies = await asyncio.gather(*(cached.complete(question()) for _ in range(3)))
            return [reply.usage for reply in replies]

    usages = asyncio.run(run())
    assert sum(usage.calls for usage in usages) == 1
    assert sum(usage.cached for usage in usages) == 2


@pytest.mark.parametrize("spoilt", [SignalError("refused"), '{"answer": "y', '{"answer": 3}', "{}"])
def test_neither_a_failure_nor_a_spoilt_reply_is_kept(tmp_path: Path, spoilt: str | SignalError) -> None:
    model = ScriptedChat([spoilt, YES])

    async def run() -> str:
        async with open_store(tmp_path / "cache") as store:
            cached: ChatModel = CachedChat(model=model, keeping=keeping_replies(store), identity="m")
            await asyncio.gather(cached.complete(question()), return_exceptions=True)
            return (await cached.complete(question())).text

    assert asyncio.run(run()) == YES


def test_a_reply_that_was_mended_is_mended_again_without_a_call_once_it_can_be_read(tmp_path: Path) -> None:
    model = ScriptedChat(['{"answer": "ye', YES, YES])
    prompt = parse_prompt("Is it?", name="p")

    async def run() -> Usage:
        async with open_store(tmp_path / "cache") as store:
            with metered() as meter:
                reply = await ask(
                    CachedChat(model=model, keeping=keeping_replies(store), identity="m"), prompt, dict[str, str]
                )
        assert reply == {"answer": "yes"}
        return meter.usage

    assert asyncio.run(run()).calls == 2
    assert asyncio.run(run()).calls == 1  # the spoilt reply was not kept, so the question is put once more
    assert asyncio.run(run()) == Usage(cached=1)


@pytest.mark.parametrize("store", [FullDisk(), BrokenStore()])
def test_a_broken_store_costs_calls_and_is_said_once(store: FullDisk | BrokenStore) -> None:
    said: list[str] = []

    async def run() -> list[str]:
        cached = CachedChat(
            model=ScriptedChat([YES] * 3), keeping=keeping_replies(store, say=said.append), identity="m"
        )
        return [(await cached.complete(question(str(number)))).text for number in range(3)]

    assert asyncio.run(run()) == [YES] * 3
    assert store.tried == 1
    assert len(said) == 1
    assert "no longer kept" in said[0]


def test_text_of_any_kind_comes_back_as_it_was(tmp_path: Path) -> None:
    async def run() -> list[str]:
        async with open_store(tmp_path / "cache") as store:
            cached = CachedChat(model=ScriptedChat(["é\ud800\x00"]), keeping=keeping_replies(store), identity="m")
            return [(await cached.complete(question(schema=None))).text for _ in range(2)]

    assert asyncio.run(run()) == ["é\ud800\x00"] * 2
