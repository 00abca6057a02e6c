"""Judging in processes, an agent each.

Samples of one prompt go to the same worker while it is not much busier than the others: it has read the prompt, and
questions that are in flight are asked once. A worker that dies, or says nothing for `STALLED_S`, is replaced, and what
it was judging is judged once more by whoever is there; judging has no side effects but the cache.
"""

import asyncio
import itertools
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from reward_agent.config import Settings
from reward_agent.errors import ConfigError
from reward_agent.service.judges.frames import (
    Answer,
    Ask,
    Broke,
    Cancel,
    Frame,
    Outbox,
    Ping,
    Ready,
    Refused,
    Say,
    Start,
    next_frames,
    packed,
)
from reward_agent.service.judges.share_out import share_out
from reward_agent.service.judges.work import Done, Job, JudgingError, Offer
from reward_agent.service.turns import next_turn

STALLED_S = 120.0
PING_EVERY_S = 5.0
ATTEMPTS = 2
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0


class WorkerLost(Exception):
    """The worker is gone; its answer will not come."""


@dataclass(slots=True, kw_only=True, eq=False)
class Worker:
    """One process, from the outside."""

    process: asyncio.subprocess.Process
    offer: Offer
    waiting: "dict[int, asyncio.Future[Done]]" = field(default_factory=dict)
    heard_at: float = 0.0
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = Outbox(write=self._write)

    def send(self, frame: Frame) -> None:
        """Written soon, without waiting; what is in flight is bounded by the callers."""
        self.outbox.put(frame)

    def _write(self, body: bytes) -> None:
        assert self.process.stdin is not None
        if not self.process.stdin.is_closing():
            self.process.stdin.write(body)

    async def judge(self, number: int, job: Job) -> Done:
        """Raises WorkerLost and JudgingError."""
        done: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self.waiting[number] = done
        try:
            self.send(Ask(number, job))
            return await done
        except asyncio.CancelledError:
            self.send(Cancel(number))
            raise
        finally:
            self.waiting.pop(number, None)

    def take(self, frame: Frame, say: Callable[[str], None]) -> None:
        """What a frame from it means."""
        match frame:
            case Answer(number=number, done=done) if (waiting := self.waiting.get(number)) and not waiting.done():
                waiting.set_result(done)
            case Broke(number=number, bug=bug) if (waiting := self.waiting.get(number)) and not waiting.done():
                say(f"error: a bug in judging: {bug}")
                waiting.set_exception(JudgingError("bug", "the service met a bug in judging; its log says where"))
            case Say(line=line):
                say(line)

    def lose(self) -> None:
        """Tells everybody who waits."""
        for waiting in list(self.waiting.values()):
            if not waiting.done():
                waiting.set_exception(WorkerLost())


class ProcessJudges:
    """See `open_processes`."""

    def __init__(self, settings: Settings, *, workers: int, in_flight: int, say: Callable[[str], None]) -> None:
        self._settings = share_out(settings, workers).model_dump_json()
        self._environment = {k: v for k, v in os.environ.items() if k != settings.serve.token_env}
        self._in_flight = in_flight
        self._say = say
        self._workers: list[Worker | None] = [None] * workers
        self._numbers = itertools.count()
        self._tasks: list[asyncio.Task[None]] = []
        self._back = asyncio.Event()
        self._offer: Offer | None = None
        self.restarts = 0

    @property
    def offer(self) -> Offer:
        assert self._offer is not None
        return self._offer

    @property
    def capacity(self) -> int:
        return self._in_flight * len(self._workers)

    @property
    def alive(self) -> int:
        return sum(worker is not None for worker in self._workers)

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The workers alive now, for whoever watches them."""
        return tuple(worker.process.pid for worker in self._workers if worker is not None)

    async def judge(self, job: Job) -> Done:
        """See `Judges`."""
        for _ in range(ATTEMPTS):
            while not self.alive:
                self._back.clear()
                await self._back.wait()
            try:
                return await self._chosen(job).judge(next(self._numbers), job)
            except WorkerLost:
                continue
        raise JudgingError("worker lost", "two workers in a row were lost with this sample")

    def _chosen(self, job: Job) -> Worker:
        alive = [worker for worker in self._workers if worker is not None]
        least = min(alive, key=lambda worker: len(worker.waiting))
        home = alive[hash(job.sample.prompt[-1].content) % len(alive)]
        return home if len(home.waiting) <= len(least.waiting) + max(1, self._in_flight // 8) else least

    async def open(self) -> None:
        """Starts the workers. Raises ConfigError with what the first one to refuse says."""
        places = range(len(self._workers))
        started = await asyncio.gather(*(self._start(told=place == 0) for place in places), return_exceptions=True)
        self._workers = [worker if isinstance(worker, Worker) else None for worker in started]
        for failure in started:
            if isinstance(failure, BaseException):
                raise failure
        self._tasks = [asyncio.create_task(self._keep(place)) for place in places]
        self._tasks.append(asyncio.create_task(self._watch()))

    async def close(self) -> None:
        """Ends the workers; who still waits gets JudgingError."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        workers = [worker for worker in self._workers if worker is not None]
        self._workers = [None] * len(self._workers)
        await asyncio.gather(*(_ended(worker) for worker in workers))

    async def _start(self, *, told: bool = False) -> Worker:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "reward_agent.service.judges"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=self._environment,
            start_new_session=True,  # Ctrl-C is for the server, which then ends its workers in order
        )
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(packed(Start(self._settings)))
        try:
            while frames := await next_frames(process.stdout):
                for frame in frames:
                    match frame:
                        case Ready(offer=offer):
                            self._offer = offer
                            now = asyncio.get_running_loop().time()
                            return Worker(process=process, offer=offer, heard_at=now)
                        case Refused(message=message):
                            raise ConfigError(message)
                        case Say(line=line) if told:  # every worker would say the same
                            self._say(line)
            raise ConfigError("a worker ended before it was ready; what it printed stands above")
        except BaseException:
            await _killed(process)
            raise

    async def _keep(self, place: int) -> None:
        """Listens to the worker of this place, and replaces it when it is gone."""
        pause_s = FIRST_PAUSE_S
        while True:
            worker = self._workers[place]
            if worker is not None:
                await self._listen(worker)
                self._workers[place] = None
                worker.lose()
                await _killed(worker.process)
                self.restarts += 1
                self._say(f"warning: judging worker {worker.process.pid} was lost; another one is started")
            try:
                self._workers[place] = await self._start()
                pause_s = FIRST_PAUSE_S
                self._back.set()
            except (ConfigError, OSError) as error:
                self._say(f"warning: a judging worker cannot be started, tried again in {pause_s:g} s: {error}")
                await asyncio.sleep(pause_s)
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    async def _listen(self, worker: Worker) -> None:
        assert worker.process.stdout is not None
        while frames := await next_frames(worker.process.stdout):
            worker.heard_at = asyncio.get_running_loop().time()
            for frame in frames:
                worker.take(frame, self._say)
            await next_turn()  # more may be there already, and would be read without a pause

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_S)
            now = asyncio.get_running_loop().time()
            for worker in self._workers:
                if worker is None:
                    continue
                worker.send(Ping())
                if now - worker.heard_at > STALLED_S:
                    self._say(f"warning: judging worker {worker.process.pid} has said nothing for {STALLED_S:g} s")
                    worker.process.kill()


@asynccontextmanager
async def open_processes(
    settings: Settings, *, workers: int, say: Callable[[str], None] = lambda line: None
) -> AsyncIterator[ProcessJudges]:
    """`workers` processes, all loaded and ready. Raises ConfigError where they cannot start."""
    in_flight = settings.serve.in_flight or settings.run.concurrency
    judges = ProcessJudges(settings, workers=workers, in_flight=in_flight, say=say)
    try:
        await judges.open()
        yield judges
    finally:
        await judges.close()


async def _ended(worker: Worker) -> None:
    """Closes its input, at which it ends by itself; kills it where it does not."""
    worker.lose()
    if worker.process.stdin is not None:
        worker.process.stdin.close()
    try:
        async with asyncio.timeout(10):
            await worker.process.wait()
    except TimeoutError:
        await _killed(worker.process)


async def _killed(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()
