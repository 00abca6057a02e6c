import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from reward_agent.chat.errors import (
    AuthenticationError,
    BadCallError,
    CallTimeoutError,
    ChatError,
    EmptyReplyError,
    RateLimitError,
    RefusedError,
    ServerError,
    TruncatedError,
)
from reward_agent.chat.retry import RetryingChat
from reward_agent.errors import SignalError
from reward_agent.testing import ScriptedChat
from reward_agent.types import ChatRequest, Completion, Usage
from tests.chat.conftest import question


def asked(script: list[str | SignalError], retries: int = 5) -> tuple[Completion, list[float]]:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    chat = RetryingChat(model=ScriptedChat(script), retries=retries, sleep=sleep, draw=lambda: 1.0)
    return asyncio.run(chat.complete(question())), waits


def test_what_another_try_may_help_is_tried_again_after_longer_and_longer_waits() -> None:
    completion, waits = asked([ServerError("a"), ServerError("b"), CallTimeoutError("c"), "yes"])
    assert completion.text == "yes"
    assert waits == [0.5, 1.0, 2.0]


def test_a_server_that_says_how_long_to_wait_is_not_asked_sooner() -> None:
    _, waits = asked([RateLimitError("a", retry_after_s=7.5), RateLimitError("b", retry_after_s=0.1), "yes"])
    assert waits == [7.5, 1.0]


@pytest.mark.parametrize("error", [AuthenticationError, BadCallError, RefusedError, TruncatedError])
def test_what_no_other_try_helps_fails_at_once(error: type[ChatError]) -> None:
    with pytest.raises(error, match="no use"):
        asked([error("no use"), "yes"])


def test_after_the_last_try_its_own_error_is_raised() -> None:
    with pytest.raises(RateLimitError, match="third"):
        asked([ServerError("first"), ServerError("second"), RateLimitError("third"), "yes"], retries=2)


def test_what_failed_tries_cost_is_in_the_usage_of_the_reply_and_of_the_error() -> None:
    cost = Usage(calls=1, tokens=100)
    completion, _ = asked([EmptyReplyError("a", usage=cost), "yes"])
    assert completion.usage.calls == 2
    assert completion.usage.tokens > 100
    with pytest.raises(EmptyReplyError) as caught:
        asked([EmptyReplyError("a", usage=cost), EmptyReplyError("b", usage=cost)], retries=1)
    assert caught.value.usage.calls == 2


def test_a_bug_is_not_tried_again() -> None:
    class Buggy:
        async def complete(self, request: ChatRequest) -> Completion:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(RetryingChat(model=Buggy()).complete(question()))


def test_patience_ends_and_names_what_failed_before(run_jumping: Callable[[Any], Any]) -> None:
    chat = RetryingChat(model=ScriptedChat([ServerError("overloaded")] * 99), retries=98, patience_s=100.0)
    with pytest.raises(CallTimeoutError, match=r"patience_s = 100 s, all tries together; .*overloaded") as caught:
        run_jumping(chat.complete(question()))
    assert caught.value.kind == "timeout"
