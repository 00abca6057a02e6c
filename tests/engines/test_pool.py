import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from reward_agent.config import load_settings
from reward_agent.engines import Engine, in_flight
from reward_agent.engines.engine import Judge
from reward_agent.engines.pool import CLOSING_S, LostWorkerError, Pool, open_pool
from reward_agent.engines.worker import SAMPLE, Opened, Taken, Worker
from reward_agent.errors import ConfigError, RunError
from reward_agent.jobs.judging import judge_all, read_judgments
from reward_agent.testing import ScoringVerifier, agent_of
from reward_agent.types import Judgment, Sample

T = TypeVar("T")
POLITE = ScoringVerifier("polite", lambda text: float("please" in text))
SAMPLES = [Sample.of("p", ["please", f"now {number}"], id=str(number)) for number in range(40)]


@dataclass(slots=True)
class Killed:
    """An agent in a worker that some samples kill."""

    deadly: Callable[[Sample], bool]
    worker: "InProcess"

    async def judge(self, sample: Sample) -> Judgment:
        self.worker.judged.append(sample.id)
        if self.deadly(sample):
            self.worker.lost.set()
            await asyncio.Event().wait()
        return await agent_of(verifiers=[POLITE]).judge(sample)


class InProcess:
    """A `Remote` over a worker of this process, which can be lost."""

    def __init__(self, deadly: Callable[[Sample], bool], *, concurrency: int = 2, says: str = "open") -> None:
        self.lost = asyncio.Event()
        self.judged: list[str] = []
        self.most_held = 0
        self._held = 0
        self._worker = Worker(self._opened, concurrency=concurrency)
        self._deadly = deadly
        self._says = says

    @asynccontextmanager
    async def _opened(self, *, say: Callable[[str], None]) -> AsyncIterator[Judge]:
        say(self._says)
        yield Killed(self._deadly, self)

    async def open(self) -> Opened:
        return await self._told(self._worker.open())

    async def give(self, samples: Sequence[bytes]) -> None:
        self._held += len(samples)
        self.most_held = max(self.most_held, self._held)
        await self._told(self._worker.give(samples))

    async def take(self) -> Taken:
        taken = await self._told(self._worker.take())
        self._held -= len(taken.judgments)
        return taken

    async def close(self) -> None:
        await self._worker.close()

    async def _told(self, reply: Awaitable[T]) -> T:
        replied, lost = asyncio.ensure_future(reply), asyncio.create_task(self.lost.wait())
        try:
            await asyncio.wait({replied, lost}, return_when=asyncio.FIRST_COMPLETED)
            if self.lost.is_set():
                raise LostWorkerError("killed")
            return replied.result()
        finally:
            replied.cancel()
            lost.cancel()


@dataclass(slots=True)
class Hired:
    """Makes workers, and remembers them and what was said."""

    deadly: Callable[[Sample], bool] = lambda sample: False
    remotes: list[InProcess] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __call__(self) -> InProcess:
        self.remotes.append(InProcess(self.deadly))
        return self.remotes[-1]


def judged(path: Path, hired: Hired, samples: Sequence[Sample] = SAMPLES, *, most: int = 4) -> dict[str, Judgment]:
    async def run() -> None:
        async with open_pool(hired, workers=2, least=4, most=most, say=hired.said.append) as pool:
            concurrency = in_flight(pool, load_settings())
            assert concurrency == 2 * most
            await judge_all(pool, samples, path, both_orders=False, concurrency=concurrency)

    asyncio.run(run())
    return read_judgments(path)


def here(path: Path) -> dict[str, Judgment]:
    asyncio.run(judge_all(agent_of(verifiers=[POLITE]), SAMPLES, path, both_orders=False, concurrency=3))
    return read_judgments(path)


def test_many_workers_judge_as_one_agent_does(tmp_path: Path) -> None:
    hired = Hired()
    assert judged(tmp_path / "pool", hired) == here(tmp_path / "here")
    assert len(hired.remotes) == 2
    assert all(remote.judged for remote in hired.remotes)
    assert hired.said == ["open"]


def test_a_worker_never_holds_more_than_it_may(tmp_path: Path) -> None:
    hired = Hired()
    judged(tmp_path / "pool", hired, most=4)
    assert {remote.most_held for remote in hired.remotes} == {4}


def test_a_quick_worker_comes_to_hold_more(tmp_path: Path) -> None:
    hired = Hired()
    judged(tmp_path / "pool", hired, most=8)
    assert max(remote.most_held for remote in hired.remotes) == 8


def test_what_is_under_way_while_others_are_taken_is_not_lost() -> None:
    begun, released = asyncio.Event(), asyncio.Event()

    class Waiting:
        """An agent that is not done with its second sample until it may be."""

        async def judge(self, sample: Sample) -> Judgment:
            if sample.id == "1":
                begun.set()
                await released.wait()
            return await agent_of(verifiers=[POLITE]).judge(sample)

    @asynccontextmanager
    async def opened(*, say: Callable[[str], None]) -> AsyncIterator[Judge]:
        yield Waiting()

    async def run() -> list[int]:
        worker = Worker(opened, concurrency=2)
        await worker.open()
        await worker.give([SAMPLE.dump_json(sample) for sample in SAMPLES[:2]])
        await begun.wait()
        first = await worker.take()
        released.set()
        second = await asyncio.wait_for(worker.take(), timeout=20)
        await worker.close()
        return [len(taken.judgments) for taken in (first, second)]

    assert asyncio.run(run()) == [1, 1]


def test_what_a_lost_worker_held_is_judged_again_by_others(tmp_path: Path) -> None:
    deaths = iter([True])
    hired = Hired(lambda sample: sample.id == "7" and next(deaths, False))
    assert judged(tmp_path / "pool", hired) == here(tmp_path / "here")
    assert len(hired.remotes) == 3
    assert [line for line in hired.said if "lost" in line] == [
        "warning: a worker was lost (killed); 4 samples that it held are judged again"
    ]


def test_a_sample_that_takes_every_worker_down_is_recorded_and_the_others_are_judged(tmp_path: Path) -> None:
    hired = Hired(lambda sample: sample.id == "7")
    judgments = judged(tmp_path / "pool", hired)
    expected = here(tmp_path / "here")
    assert judgments.keys() == expected.keys()
    assert [id for id in expected if judgments[id] != expected[id]] == ["7"]
    (failure,) = judgments["7"].failures
    assert (failure.source, failure.kind) == ("engine", "worker lost")
    assert judgments["7"].decision is None
    assert sum(remote.judged.count("7") for remote in hired.remotes) == 3


def test_what_a_sample_raises_ends_the_run_with_the_place_it_comes_from(tmp_path: Path) -> None:
    def broken(sample: Sample) -> bool:
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug") as caught:
        judged(tmp_path / "pool", Hired(broken))
    assert "in broken" in caught.value.__notes__[0]


class NeverOpen(InProcess):
    """A worker that cannot be opened."""

    def __init__(self, error: Exception | None = None, version: str = "") -> None:
        super().__init__(lambda sample: False)
        self._error = error
        self._version = version

    async def open(self) -> Opened:
        if isinstance(self._error, ConfigError):
            return Opened(error=self._error)
        if self._error is not None:
            raise self._error
        return Opened(version=self._version)


@pytest.mark.parametrize(
    ("remote", "error", "says"),
    [
        (lambda: NeverOpen(ConfigError("no key")), ConfigError, "no key"),
        (lambda: NeverOpen(version="0.0.1"), ConfigError, "a worker runs reward-agent 0.0.1, and this is"),
        (lambda: NeverOpen(LostWorkerError("out of memory")), RunError, "3 workers in a row .* out of memory"),
    ],
)
def test_workers_that_cannot_be_opened_end_the_run(
    remote: Callable[[], InProcess], error: type[Exception], says: str
) -> None:
    async def run() -> None:
        async with open_pool(remote, workers=2, least=4):
            pytest.fail("it is open")

    with pytest.raises(error, match=says):
        asyncio.run(run())


def test_an_agent_of_this_process_has_as_many_in_flight_as_the_settings_say() -> None:
    assert in_flight(agent_of(verifiers=[POLITE]), load_settings(overrides=["run.concurrency=5"])) == 5
    pool: Engine = Pool(Hired(), workers=3, least=2, most=4, say=print)
    assert in_flight(pool, load_settings()) == 12


class StillOpening(InProcess):
    """A worker that does not come to closing, since it does not get done with opening."""

    async def open(self) -> Opened:
        await asyncio.Event().wait()
        return Opened()

    async def close(self) -> None:
        await asyncio.Event().wait()


def test_the_end_does_not_wait_for_a_worker_that_is_still_opening() -> None:
    remotes = iter([InProcess(lambda sample: False), StillOpening(lambda sample: False)])

    async def run() -> float:
        clock = asyncio.get_running_loop().time
        async with open_pool(lambda: next(remotes), workers=2, least=4) as pool:
            await pool.judge(SAMPLES[0])
            since = clock()
        return clock() - since

    assert asyncio.run(run()) < CLOSING_S / 2
