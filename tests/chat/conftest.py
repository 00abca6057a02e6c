"""A loop whose clock jumps, so that no test of waiting waits; the simulated model's answer for these tests; the chain
of wrappers as `build` makes it."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest

from reward_agent.testing.simulated import ANSWERS
from reward_agent.types import ChatRequest, Message

T = TypeVar("T")
Run = Callable[[Awaitable[T]], T]

SCHEMA = '{"properties": {"answer": {"type": "string"}}, "required": ["answer"], "type": "object"}'
PURPOSE = "tests.answer"


def question(text: str = "Is the sea salt?", *, schema: str | None = SCHEMA, purpose: str = PURPOSE) -> ChatRequest:
    return ChatRequest(messages=(Message(role="user", content=text),), schema=schema, purpose=purpose)


class JumpingSelector(selectors.DefaultSelector):
    """Where nothing can happen before a timer, it is that time at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if not events and timeout is not None:
            self.now += timeout
        return events


class JumpingLoop(asyncio.SelectorEventLoop):
    """For tests within one thread, without sockets."""

    def __init__(self) -> None:
        self._clock = JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


@pytest.fixture
def run_jumping() -> Callable[[Any], Any]:
    """Runs a coroutine to its end in no time; `loop.time()` has gone on as if it had waited."""

    def run(coroutine: Any) -> Any:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            return runner.run(coroutine)

    return run


@pytest.fixture
def answered() -> Iterator[None]:
    """The simulated model answers `tests.answer`."""
    ANSWERS[PURPOSE] = lambda request: '{"answer": "yes"}'
    yield
    del ANSWERS[PURPOSE]
