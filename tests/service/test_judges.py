"""Where samples are judged: processes and a thread, the same agent in both."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from reward_agent.config import load_settings
from reward_agent.errors import ConfigError
from reward_agent.service.judges import Job, JudgingError, open_judges
from reward_agent.service.judges.processes import open_processes
from reward_agent.service.judges.share_out import share_out
from reward_agent.service.judges.thread import open_thread
from reward_agent.service.judges.work import Desk, told_bug
from reward_agent.testing import agent_of
from reward_agent.types import Sample, Signal
from tests.service.doubles import HeldVerifier

SAMPLE = Sample.of("Answer in one word.", ["Yes", "I would say yes"])


def quiet(line: str) -> None:
    pass


@pytest.mark.parametrize("where", ["process", "thread"])
def test_both_kinds_judge_alike(where: str) -> None:
    async def judge() -> None:
        settings = load_settings(preset="offline", overrides=["prefer=[]", f"serve.where={where}"])
        async with open_judges(settings, workers=1, say=quiet) as judges:
            done = await judges.judge(Job(sample=SAMPLE, whole=True))
            assert judges.offer.verifiers == ("instructions",)
        assert done.judgment.decision is not None
        assert done.judgment.decision.scores[0] == 1.0
        assert done.document is not None
        assert b"words.count" in done.document

    asyncio.run(judge())


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_its_sample_judged_again() -> None:
    async def judge() -> None:
        said: list[str] = []
        async with open_processes(load_settings(preset="offline"), workers=1, say=said.append) as judges:
            (pid,) = judges.process_ids
            judging = asyncio.create_task(judges.judge(Job(sample=SAMPLE)))
            os.kill(pid, signal.SIGKILL)
            done = await judging
            assert done.judgment.decision is not None
            assert judges.restarts == 1
            assert judges.process_ids != (pid,)
        assert any("was lost" in line for line in said)

    asyncio.run(judge())


@pytest.mark.slow
def test_settings_that_cannot_be_opened_are_told_by_the_worker() -> None:
    async def go() -> None:
        settings = load_settings(preset="openai", overrides=["chat.default.api_key_env=NO_SUCH_KEY_HERE"])
        async with open_judges(settings, workers=1, say=quiet):
            pass

    with pytest.raises(ConfigError, match="NO_SUCH_KEY_HERE"):
        asyncio.run(go())


def test_cancelling_stops_the_work_in_the_thread() -> None:
    async def go() -> None:
        verifiers: list[HeldVerifier] = []
        began, stopped = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        @asynccontextmanager
        async def desk() -> AsyncIterator[Desk]:
            verifiers.append(HeldVerifier())
            telling = [
                asyncio.create_task(_tell(verifiers[0].began, loop, began)),
                asyncio.create_task(_tell(verifiers[0].stopped, loop, stopped)),
            ]
            yield Desk(agent=agent_of(verifiers=verifiers))
            await asyncio.wait(telling)

        async with open_thread(desk, in_flight=1) as judges:
            judging = asyncio.create_task(judges.judge(Job(sample=SAMPLE)))
            await began.wait()
            judging.cancel()
            async with asyncio.timeout(5):
                await stopped.wait()

    asyncio.run(go())


async def _tell(event: asyncio.Event, loop: asyncio.AbstractEventLoop, other: asyncio.Event) -> None:
    await event.wait()
    loop.call_soon_threadsafe(other.set)


def test_a_bug_in_a_thread_is_told_without_its_words() -> None:
    async def go() -> None:
        class Buggy(HeldVerifier):
            async def verify(self, sample: Sample) -> Signal:
                raise ZeroDivisionError("SECRET")

        @asynccontextmanager
        async def desk() -> AsyncIterator[Desk]:
            yield Desk(agent=agent_of(verifiers=[Buggy()]))

        said: list[str] = []
        async with open_thread(desk, in_flight=1, say=said.append) as judges:
            with pytest.raises(JudgingError, match="bug"):
                await judges.judge(Job(sample=SAMPLE))
        assert "ZeroDivisionError" in said[0]
        assert "SECRET" not in said[0]

    asyncio.run(go())


def test_workers_share_the_limits_of_a_model() -> None:
    overrides = ["chat.default.in_flight=10", "chat.default.requests_per_minute=3", "sandbox.workers=4"]
    shared = share_out(load_settings(preset="openai", overrides=overrides), 4)
    model = shared.chat["default"]
    assert (model.in_flight, model.requests_per_minute) == (2, 1)  # type: ignore[union-attr]
    assert shared.sandbox.workers == 1


def test_a_bug_is_placed() -> None:
    assert told_bug(ValueError("SECRET")) == "ValueError at an unknown place"


def test_a_thread_has_one_worker() -> None:
    with pytest.raises(ConfigError, match="--workers 1"):
        open_judges(load_settings(overrides=["serve.where=thread"]), workers=2, say=quiet)
