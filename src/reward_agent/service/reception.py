"""Takes samples in, has them judged, and sees to it that every one of them gets an answer in time.

    done = await reception.judged([Job(sample=...), ...], timeout_s=10)

A sample that could not be judged comes back with a failure of the source "service", whose kind says why: "deadline"
(its time was up), "worker lost", "bug", "stopping". Samples of all requests wait in one line for `judges.capacity`
places; one request has no more of them in the line than there are places, so that a large one does not bar the way.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from starlette.requests import Request

from reward_agent.config.serve import ServeSettings
from reward_agent.presentation import digest
from reward_agent.service.judges import Done, Job, Judges, JudgingError
from reward_agent.service.refusals import Refusal, stopping, too_much
from reward_agent.service.telemetry import Telemetry
from reward_agent.together import together
from reward_agent.types import REVERSED, Failure, Judgment, Plan

GRACE_S = 0.25
"""How long a worker has, after a sample's time is up, to say what is known of it."""
SERVICE = "service"


class Phase(StrEnum):
    """Readiness is false while it drains, and requests are still taken; once it stops they are not."""

    READY = "ready"
    DRAINING = "draining"
    STOPPING = "stopping"


@dataclass(slots=True, kw_only=True, eq=False)
class Reception:
    """`pending`: samples taken in and not yet answered."""

    judges: Judges
    settings: ServeSettings
    telemetry: Telemetry
    phase: Phase = Phase.READY
    pending: int = 0
    _room: asyncio.Semaphore = field(init=False)
    _stopped: bool = False
    _limits: "set[asyncio.Timeout]" = field(default_factory=set)
    _finished_at: "deque[float]" = field(default_factory=lambda: deque(maxlen=256))
    _probes: "set[asyncio.Task[None]]" = field(default_factory=set)

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(self.judges.capacity)

    @property
    def ready(self) -> bool:
        """Whether requests should be sent here."""
        return self.phase == Phase.READY and self.judges.alive > 0

    def close(self) -> None:
        """Takes nothing new from now on; what is under way goes on."""
        self.phase = Phase.STOPPING
        for probe in self._probes:
            probe.cancel()

    def stop(self) -> None:
        """Ends what is still under way; its requests are answered 503."""
        self.close()
        self._stopped = True
        for limit in tuple(self._limits):
            limit.reschedule(0.0)

    async def judged(self, jobs: Sequence[Job], *, timeout_s: float) -> list[Done]:
        """In order. Raises Refusal where there is no room for them."""
        return [done for _, done in sorted([item async for item in self.as_done(jobs, timeout_s=timeout_s)])]

    def admit(self, count: int) -> None:
        """Raises Refusal where there is no room for so many more samples, or the service is stopping."""
        if self.phase == Phase.STOPPING:
            raise stopping()
        if self.pending and self.pending + count > self.settings.queue:
            raise too_much(
                f"{self.pending} samples are waiting already and {count} more would be too many (serve.queue = "
                f"{self.settings.queue}); come again later",
                self._retry_after_s(),
            )

    async def as_done(self, jobs: Sequence[Job], *, timeout_s: float) -> "AsyncGenerator[_Placed, None]":
        """Each with its place among the jobs, as they are done. Raises Refusal before the first."""
        self.admit(len(jobs))
        until = asyncio.get_running_loop().time() + timeout_s
        finished: asyncio.Queue[_Placed] = asyncio.Queue()
        self.pending += len(jobs)
        self.telemetry.pending(self.pending)

        async def one(place: int, job: Job) -> None:
            finished.put_nowait(_Placed((place, await self._one(job, until))))

        work = together(*(one(p, job) for p, job in enumerate(jobs)), in_flight=self.judges.capacity)
        task = asyncio.ensure_future(work)
        try:
            for _ in jobs:
                yield await _next_of(finished, task)
        finally:
            self.pending -= len(jobs)
            self.telemetry.pending(self.pending)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _one(self, job: Job, until: float) -> Done:
        loop = asyncio.get_running_loop()
        came_at, began_at = loop.time(), None
        limit = asyncio.timeout_at(until + GRACE_S)
        try:
            async with limit:
                self._limits.add(limit)
                try:
                    async with self._room:
                        began_at = loop.time()
                        done = await self._in_its_place(job, until - began_at)
                finally:
                    self._limits.discard(limit)
        except TimeoutError:
            if not limit.expired():
                raise
            done = _stopping(job) if self._stopped else _late(job, "not done when the request's time was up")
        except JudgingError as error:
            done = _failed(job, error.kind, str(error))
        self._finished_at.append(loop.time())
        self.telemetry.judged(job, done, queue_s=(began_at or loop.time()) - came_at)
        self._maybe_probe(job, done)
        return done

    async def _in_its_place(self, job: Job, timeout_s: float) -> Done:
        if self._stopped:
            return _stopping(job)
        if timeout_s <= 0:
            return _late(job, "its turn had not come when the request's time was up")
        return await self.judges.judge(replace(job, timeout_s=timeout_s))

    def _retry_after_s(self) -> float:
        """How long until half of what waits is done, at the rate of late."""
        if len(self._finished_at) < 2:
            return 1.0
        span_s = asyncio.get_running_loop().time() - self._finished_at[0]
        return min(60.0, self.pending / 2 * span_s / len(self._finished_at))

    def _maybe_probe(self, job: Job, done: Done) -> None:
        """Now and then a sample is judged once more in the opposite order, where nobody waits for the place."""
        decision = done.judgment.decision
        if decision is None or len(decision.scores) < 2 or not self.settings.flip_probe:
            return
        drawn = int.from_bytes(digest("flip probe", job.sample.id, *job.sample.responses)[:4]) / 2**32
        if drawn >= self.settings.flip_probe:
            return
        if self.phase == Phase.READY and not self._probes and not self._room.locked():
            self._probes.add(probe := asyncio.create_task(self._probe(job, done.judgment)))
            probe.add_done_callback(self._probes.discard)

    async def _probe(self, job: Job, first: Judgment) -> None:
        turned = job.sample.reversed(id=job.sample.id + REVERSED)
        async with self._room:
            with contextlib.suppress(JudgingError):
                done = await self.judges.judge(Job(sample=turned, timeout_s=self.settings.timeout_s))
                if first.decision is not None and done.judgment.decision is not None:
                    self.telemetry.turned(first.decision.scores, done.judgment.decision.scores[::-1])


class _Placed(tuple[int, Done]):
    """A place and what was done, in order of places."""

    __slots__ = ()

    def __lt__(self, other: object) -> bool:
        return isinstance(other, tuple) and self[0] < other[0]


async def _next_of(queue: "asyncio.Queue[_Placed]", task: "asyncio.Future[Sequence[None]]") -> _Placed:
    """The next item, or what ended the task that fills the queue."""
    if not queue.empty():
        return queue.get_nowait()
    getting = asyncio.ensure_future(queue.get())
    try:
        either: list[asyncio.Future[Any]] = [getting, task]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not getting.done() and queue.empty():
            task.result()
        return await getting
    finally:
        getting.cancel()


def _stopping(job: Job) -> Done:
    return _failed(job, "stopping", "the service is shutting down")


def _late(job: Job, how: str) -> Done:
    return _failed(job, "deadline", how)


def _failed(job: Job, kind: str, error: str) -> Done:
    return Done(
        judgment=Judgment(
            sample_id=job.sample.id,
            plan=Plan(checks=(), reason="it was not judged"),
            failures=(Failure(source=SERVICE, kind=kind, error=error),),
        )
    )


async def unless_gone(request: Request, work: "asyncio.Future[list[Done]]") -> Sequence[Done]:
    """The work's result; the work is stopped when the client goes away, and nobody reads the refusal then."""
    gone = asyncio.ensure_future(_gone(request))
    try:
        either: list[asyncio.Future[Any]] = [work, gone]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise Refusal(499, "client gone", "the client has closed the connection")
        return work.result()
    finally:
        gone.cancel()
        work.cancel()
        await asyncio.wait([work])


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
