import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from reward_agent.errors import SignalError
from reward_agent.store.in_flight import InFlight

Run = Callable[[Any], Any]


class Work:
    """A second of work that counts how often it was started and cancelled."""

    def __init__(self, error: Exception | None = None) -> None:
        self.started = 0
        self.cancelled = 0
        self.error = error

    async def __call__(self) -> int:
        self.started += 1
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error
        return self.started


def test_the_same_key_is_worked_out_once_and_the_first_is_told(run_jumping: Run) -> None:
    work = Work()

    async def both() -> Any:
        shared: InFlight[int] = InFlight()
        return await asyncio.gather(*(shared.of("a", work) for _ in range(3)))

    assert run_jumping(both()) == [(1, True), (1, False), (1, False)]


def test_one_that_is_done_is_worked_out_anew(run_jumping: Run) -> None:
    async def one_after_another() -> Any:
        shared: InFlight[int] = InFlight()
        work = Work()
        return [await shared.of("a", work), await shared.of("a", work)]

    assert run_jumping(one_after_another()) == [(1, True), (2, True)]


def test_a_first_caller_that_is_cancelled_does_not_end_the_others_call(run_jumping: Run) -> None:
    async def leave() -> Any:
        shared: InFlight[int] = InFlight()
        work = Work()
        first, second = (asyncio.create_task(shared.of("a", work)) for _ in range(2))
        await asyncio.sleep(0.5)
        first.cancel()
        return await second, work.started, work.cancelled

    assert run_jumping(leave()) == ((1, False), 1, 0)


def test_when_nobody_waits_any_more_the_call_ends_and_the_next_starts_anew(run_jumping: Run) -> None:
    async def leave() -> Any:
        shared: InFlight[int] = InFlight()
        work = Work()
        tasks = [asyncio.create_task(shared.of("a", work)) for _ in range(2)]
        await asyncio.sleep(0.5)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        return await shared.of("a", work), work.cancelled

    assert run_jumping(leave()) == ((2, True), 1)


def test_an_error_is_every_callers_and_is_not_kept(run_jumping: Run) -> None:
    async def fail() -> Any:
        shared: InFlight[int] = InFlight()
        broken = Work(SignalError("broken"))
        errors = await asyncio.gather(*(shared.of("a", broken) for _ in range(2)), return_exceptions=True)
        assert all(isinstance(error, SignalError) for error in errors)
        with pytest.raises(SignalError):
            await shared.of("a", broken)
        return broken.started

    assert run_jumping(fail()) == 2
