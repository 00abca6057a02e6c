"""What every `ChatModel` and every wrapper around one must do."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from reward_agent.chat.cache import CachedChat, keeping_replies
from reward_agent.chat.errors import RefusedError
from reward_agent.chat.meter import Ledger, MeteredChat
from reward_agent.chat.record import RecordingChat, ReplayedChat
from reward_agent.chat.retry import RetryingChat
from reward_agent.chat.throttle import Gate, ThrottledChat
from reward_agent.errors import SignalError
from reward_agent.protocols import ChatModel
from reward_agent.store import Record
from reward_agent.testing import DrawingChat, ScriptedChat
from reward_agent.types import ChatRequest, Completion, Drawn, Message, Sampling, Usage


@dataclass(slots=True)
class Memory:
    """A store in memory."""

    values: dict[tuple[str, str], bytes] = field(default_factory=dict)

    async def get(self, namespace: str, key: str) -> bytes | None:
        return self.values.get((namespace, key))

    async def put(self, namespace: str, key: str, value: bytes) -> None:
        self.values[namespace, key] = value


def record(store: Memory) -> Record:
    return Record(store=store, namespace="r")


WRAPPERS: dict[str, Callable[[ChatModel], ChatModel]] = {
    "none": lambda model: model,
    "cached": lambda model: CachedChat(model=model, keeping=keeping_replies(Memory()), identity="m"),
    "cached without a store": lambda model: CachedChat(model=model, keeping=keeping_replies(None), identity="m"),
    "metered": lambda model: MeteredChat(model=model, name="m", ledger=Ledger()),
    "throttled": lambda model: ThrottledChat(model=model, gate=Gate(most=2)),
    "retrying": lambda model: RetryingChat(model=model),
    "recording": lambda model: RecordingChat(model=model, record=record(Memory()), identity="m"),
}
wrapped = pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS.keys())


def request(text: str) -> ChatRequest:
    return ChatRequest(messages=(Message(role="user", content=text),), purpose="tests.contract")


async def both(model: ChatModel, *texts: str) -> list[Completion | BaseException]:
    return await asyncio.gather(*(model.complete(request(text)) for text in texts), return_exceptions=True)


@wrapped
def test_it_passes_the_reply_and_what_it_cost(wrap: Callable[[ChatModel], ChatModel]) -> None:
    model = wrap(ScriptedChat(["Hi"]))
    assert isinstance(model, ChatModel)
    (completion,) = asyncio.run(both(model, "Hello"))
    assert completion == Completion(text="Hi", usage=Usage(calls=1, tokens=2))


@wrapped
def test_it_passes_a_failure_as_it_is(wrap: Callable[[ChatModel], ChatModel]) -> None:
    (error,) = asyncio.run(both(wrap(ScriptedChat([RefusedError("no")])), "Hello"))
    assert isinstance(error, RefusedError)
    assert (error.kind, str(error)) == ("refused", "no")


@wrapped
def test_it_asks_what_it_was_asked(wrap: Callable[[ChatModel], ChatModel]) -> None:
    scripted = ScriptedChat(["Hi"])
    asyncio.run(both(wrap(scripted), "Hello"))
    assert scripted.requests == [request("Hello")]


@wrapped
def test_callers_at_the_same_time_each_get_their_own(wrap: Callable[[ChatModel], ChatModel]) -> None:
    @dataclass(frozen=True, slots=True)
    class Echo:
        async def complete(self, request: ChatRequest) -> Completion:
            await asyncio.sleep(0)
            return Completion(text=request.messages[0].content, usage=Usage(calls=1))

    texts = [str(number) for number in range(20)]
    replies = asyncio.run(both(wrap(Echo()), *texts))
    assert [reply.text for reply in replies if isinstance(reply, Completion)] == texts


@wrapped
def test_a_cancelled_caller_is_cancelled_and_the_next_is_answered(wrap: Callable[[ChatModel], ChatModel]) -> None:
    @dataclass(slots=True)
    class FirstHangs:
        asked: int = 0

        async def complete(self, request: ChatRequest) -> Completion:
            self.asked += 1
            if self.asked == 1:
                await asyncio.Event().wait()
            return Completion(text="Hi", usage=Usage(calls=1))

    async def run() -> str:
        hanging = FirstHangs()
        model = wrap(hanging)
        task = asyncio.create_task(model.complete(request("Hello")))
        for _ in range(10):
            await asyncio.sleep(0)
        assert hanging.asked == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return (await model.complete(request("Hello"))).text

    assert asyncio.run(run()) == "Hi"


@wrapped
def test_a_bug_propagates(wrap: Callable[[ChatModel], ChatModel]) -> None:
    @dataclass(frozen=True, slots=True)
    class Buggy:
        async def complete(self, request: ChatRequest) -> Completion:
            raise ZeroDivisionError

    (error,) = asyncio.run(both(wrap(Buggy()), "Hello"))
    assert isinstance(error, ZeroDivisionError)


def test_a_replay_is_a_chat_model_that_only_knows_its_record() -> None:
    store = Memory()
    recording = RecordingChat(model=ScriptedChat(["Hi"]), record=record(store), identity="m")
    asyncio.run(both(recording, "Hello"))
    replay = ReplayedChat(record=record(store), identity="m")
    assert isinstance(replay, ChatModel)
    reply, error = asyncio.run(both(replay, "Hello", "Goodbye"))
    assert isinstance(reply, Completion) and reply.text == "Hi"
    assert isinstance(error, SignalError)


@wrapped
def test_drawn_answers_pass_as_they_came(wrap: Callable[[ChatModel], ChatModel]) -> None:
    model = wrap(DrawingChat(rule=lambda asked, seed: Drawn(text=f"{asked} {seed}", finish="length")))
    completion = asyncio.run(model.complete(replace(request("Hello"), sampling=Sampling(n=2, seed=5))))
    answers = (Drawn(text="Hello 5", finish="length"), Drawn(text="Hello 6", finish="length"))
    assert completion == Completion(text="Hello 5", usage=Usage(calls=1, tokens=2), answers=answers)
