import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from reward_agent.chat.errors import RateLimitError, ServerError
from reward_agent.chat.rate import Rate
from reward_agent.chat.throttle import Gate, ThrottledChat
from reward_agent.errors import SignalError
from reward_agent.types import ChatRequest, Completion, Usage
from tests.chat.conftest import question

Run = Callable[[Any], Any]


@dataclass(slots=True)
class SlowChat:
    """Answers a second after it was asked, by the script where it has one; keeps when it was asked."""

    script: list[SignalError] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    inside: int = 0
    peak: int = 0

    async def complete(self, request: ChatRequest) -> Completion:
        self.asked_at.append(asyncio.get_running_loop().time())
        self.inside += 1
        self.peak = max(self.peak, self.inside)
        error = self.script.pop(0) if self.script else None
        try:
            await asyncio.sleep(1)
        finally:
            self.inside -= 1
        if error is not None:
            raise error
        return Completion(text="yes", usage=Usage(calls=1, tokens=10))


async def ask_many(chat: ThrottledChat, count: int) -> list[Any]:
    return await asyncio.gather(*(chat.complete(question()) for _ in range(count)), return_exceptions=True)


def test_no_more_calls_than_allowed_are_in_flight(run_jumping: Run) -> None:
    slow = SlowChat()
    run_jumping(ask_many(ThrottledChat(model=slow, gate=Gate(most=3)), 10))
    assert slow.peak == 3
    assert slow.asked_at == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]


def test_a_rate_limit_shrinks_once_for_all_calls_under_way_and_answers_grow_it_again(run_jumping: Run) -> None:
    gate = Gate(most=10)
    chat = ThrottledChat(model=SlowChat([RateLimitError("slow down")] * 10), gate=gate)
    run_jumping(ask_many(chat, 10))
    assert gate.allowed == pytest.approx(7)
    run_jumping(ask_many(ThrottledChat(model=SlowChat(), gate=gate), 7))
    assert 8 < gate.allowed < 9.1
    run_jumping(ask_many(ThrottledChat(model=SlowChat(), gate=gate), 50))
    assert gate.allowed == 10


def test_it_never_shrinks_to_nothing(run_jumping: Run) -> None:
    gate = Gate(most=2)

    async def refused() -> None:
        chat = ThrottledChat(model=SlowChat([RateLimitError("slow down")] * 20), gate=gate)
        for _ in range(20):
            await ask_many(chat, 1)

    run_jumping(refused())
    assert gate.allowed == 1


def test_a_server_error_shrinks_nothing(run_jumping: Run) -> None:
    gate = Gate(most=10)
    run_jumping(ask_many(ThrottledChat(model=SlowChat([ServerError("down")] * 10), gate=gate), 10))
    assert gate.allowed == 10


def test_a_retry_after_holds_up_every_caller(run_jumping: Run) -> None:
    slow = SlowChat([RateLimitError("slow down", retry_after_s=30)])
    run_jumping(ask_many(ThrottledChat(model=slow, gate=Gate(most=1)), 3))
    assert slow.asked_at == [0, 31, 32]


def test_requests_a_minute_are_kept(run_jumping: Run) -> None:
    slow = SlowChat()
    run_jumping(ask_many(ThrottledChat(model=slow, gate=Gate(most=99, requests=Rate(per_minute=60))), 5))
    assert slow.asked_at == pytest.approx([0, 1, 2, 3, 4])


def test_tokens_a_minute_count_what_was_used_and_not_what_was_feared(run_jumping: Run) -> None:
    slow = SlowChat()
    gate = Gate(most=1, tokens=Rate(per_minute=60 * 1028))
    run_jumping(ask_many(ThrottledChat(model=slow, gate=gate), 5))
    assert slow.asked_at == pytest.approx([0, 1, 2, 3, 4], abs=0.1)


def test_a_caller_that_gives_up_takes_no_place(run_jumping: Run) -> None:
    async def give_up() -> int:
        slow = SlowChat()
        gate = Gate(most=1)
        chat = ThrottledChat(model=slow, gate=gate)
        first, second, third = (asyncio.create_task(chat.complete(question())) for _ in range(3))
        await asyncio.sleep(0.5)
        second.cancel()
        first.cancel()
        await third
        assert gate.inside == 0
        return len(slow.asked_at)

    assert run_jumping(give_up()) == 2


def test_a_caller_that_gives_up_as_it_is_let_in_gives_its_place_back(run_jumping: Run) -> None:
    async def give_up() -> int:
        gate = Gate(most=1)
        await gate.enter(1)
        second = asyncio.create_task(gate.enter(1))
        await asyncio.sleep(0)
        gate.leave()
        second.cancel()
        await asyncio.wait([second])
        return gate.inside

    assert run_jumping(give_up()) == 0
