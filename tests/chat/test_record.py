import asyncio
from pathlib import Path

import pytest

from reward_agent.chat.errors import NotRecordedError, RefusedError
from reward_agent.chat.record import RecordingChat, ReplayedChat
from reward_agent.errors import SignalError, StoreError
from reward_agent.store import open_store
from reward_agent.testing import ScriptedChat
from reward_agent.types import Completion, Usage
from tests.chat.conftest import question

Results = list[Completion | BaseException]


def recorded(file: Path, script: list[str | SignalError], questions: list[str]) -> Results:
    async def run() -> Results:
        async with open_store(file) as store:
            chat = RecordingChat(model=ScriptedChat(script), store=store, identity="m")
            return [(await asyncio.gather(chat.complete(question(q)), return_exceptions=True))[0] for q in questions]

    return asyncio.run(run())


def replayed(file: Path, questions: list[str]) -> Results:
    async def run() -> Results:
        async with open_store(file, read_only=True) as store:
            chat = ReplayedChat(store=store, identity="m", file=str(file))
            return await asyncio.gather(*(chat.complete(question(q)) for q in questions), return_exceptions=True)

    return asyncio.run(run())


def test_replies_come_back_as_they_were_and_cost_nothing(tmp_path: Path) -> None:
    recorded(tmp_path / "record", ["yes", "broken {"], ["a", "b"])
    replies = replayed(tmp_path / "record", ["b", "a", "a"])
    assert replies == [Completion(text=text, usage=Usage(cached=1)) for text in ("broken {", "yes", "yes")]


def test_a_failure_comes_back_as_it_was(tmp_path: Path) -> None:
    recorded(tmp_path / "record", [RefusedError("the model refused: 'no'")], ["a"])
    (error,) = replayed(tmp_path / "record", ["a"])
    assert isinstance(error, SignalError)
    assert error.kind == "refused"
    assert str(error) == "the model refused: 'no'"


def test_a_question_has_one_answer_on_record_and_a_failure_is_tried_anew(tmp_path: Path) -> None:
    first = recorded(tmp_path / "record", ["yes", RefusedError("no")], ["a", "b", "a"])
    assert [reply.text for reply in first if isinstance(reply, Completion)] == ["yes", "yes"]
    second = recorded(tmp_path / "record", ["after all"], ["a", "b"])
    assert [reply.text for reply in second if isinstance(reply, Completion)] == ["yes", "after all"]


def test_a_question_that_is_not_on_record_is_a_failure_that_says_so(tmp_path: Path) -> None:
    recorded(tmp_path / "record", ["yes"], ["a"])
    (error,) = replayed(tmp_path / "record", ["another"])
    assert isinstance(error, NotRecordedError)
    assert error.kind == "not on record"
    assert "make it again with --record" in str(error)


def test_a_record_that_cannot_be_kept_ends_the_run(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_store(tmp_path / "record") as store:
            await store.put("x", "y", b"z")
        async with open_store(tmp_path / "record", read_only=True) as store:
            await RecordingChat(model=ScriptedChat(["yes"]), store=store, identity="m").complete(question())

    with pytest.raises(StoreError):
        asyncio.run(run())
