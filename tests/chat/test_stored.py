"""Drawn answers in the cache and on record: each question keeps its own."""

import asyncio
from dataclasses import replace

import pytest

from reward_agent.chat.cache import CachedChat, keeping_replies
from reward_agent.chat.record import RecordingChat, ReplayedChat
from reward_agent.chat.stored import restored, stored
from reward_agent.protocols import ChatModel
from reward_agent.store import Record, open_store
from reward_agent.testing import DrawingChat
from reward_agent.types import Completion, Drawn, Sampling, Usage
from tests.chat.conftest import question


def drawing(most: int | None = None) -> DrawingChat:
    return DrawingChat(rule=lambda asked, seed: Drawn(text=f"{asked} {seed}", finish="stop"), most=most)


def texts(model: ChatModel, *samplings: Sampling) -> list[list[str]]:
    async def run() -> list[list[str]]:
        found = []
        for sampling in samplings:
            completion = await model.complete(replace(question("a?", schema=None), sampling=sampling))
            found.append([answer.text for answer in completion.answers])
        return found

    return asyncio.run(run())


def test_answers_come_back_as_they_were() -> None:
    request = replace(question(), sampling=Sampling(n=2))
    answers = (Drawn(text="", finish="stop"), Drawn(text="é\n", finish="length"))
    completion = Completion(text="", usage=Usage(calls=1), answers=answers)
    assert restored(stored(completion), request) == replace(completion, usage=Usage(cached=1))


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_the_cache_keeps_each_seed_and_number_apart(
    tmp_path_factory: pytest.TempPathFactory, temperature: float
) -> None:
    model = drawing()

    async def run() -> list[list[str]]:
        async with open_store(tmp_path_factory.mktemp("cache") / "cache") as store:
            cached = CachedChat(model=model, keeping=keeping_replies(store), identity="m")
            found = []
            for seed in (1, 2, 1):
                request = replace(question("a?", schema=None), temperature=temperature, sampling=Sampling(seed=seed))
                found.append([answer.text for answer in (await cached.complete(request)).answers])
            return found

    assert asyncio.run(run()) == [["a? 1"], ["a? 2"], ["a? 1"]]
    assert len(model.requests) == 2


def test_fewer_answers_than_were_asked_for_are_not_kept() -> None:
    model = drawing(most=1)
    cached = CachedChat(model=model, keeping=keeping_replies(None), identity="m")
    assert texts(cached, Sampling(n=3, seed=5), Sampling(n=3, seed=5)) == [["a? 5"], ["a? 5"]]
    assert len(model.requests) == 2


def test_a_refused_answer_is_not_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    model = DrawingChat(rule=lambda asked, seed: Drawn(text="", finish="content_filter"))

    async def run() -> None:
        async with open_store(tmp_path_factory.mktemp("cache") / "cache") as store:
            cached = CachedChat(model=model, keeping=keeping_replies(store), identity="m")
            for _ in range(2):
                await cached.complete(replace(question("a?", schema=None), sampling=Sampling(seed=1)))

    asyncio.run(run())
    assert len(model.requests) == 2


def test_a_record_answers_as_it_was_answered(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("record") / "record"
    request = replace(question("a?", schema=None), sampling=Sampling(n=2, seed=5))

    async def run() -> tuple[Completion, Completion]:
        async with open_store(file) as store:
            record = Record(store=store, namespace="r", file="f")
            first = await RecordingChat(model=drawing(), record=record, identity="m").complete(request)
            return first, await ReplayedChat(record=record, identity="m").complete(request)

    first, again = asyncio.run(run())
    assert again.answers == first.answers
    assert again.usage == Usage(cached=1)
