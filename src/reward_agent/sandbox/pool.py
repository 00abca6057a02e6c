"""The pool: K workers, one queue, many callers; workers of any tier (see `opening.py` for how one is chosen).

A dead worker is replaced and its batch run once more; workers are renewed now and then.

Does NOT promise: fairness to the microsecond, or an order between callers. One object belongs to one event loop.
"""

import asyncio
import os
import platform
from collections.abc import Awaitable, Callable, Sequence

from reward_agent.errors import ConfigError
from reward_agent.sandbox.batching import Batch, Call, Waiting, settle_lint, utf8
from reward_agent.sandbox.report import Layer, SandboxReport
from reward_agent.sandbox.worker import SandboxError, Worker, WorkerLost
from reward_agent.types import Outcome

MAX_SOURCE_BYTES = 2**20
MAX_RESPONSE_BYTES = 32 * 2**20
_ATTEMPTS = 2  # at a batch whose worker dies
_SEPARATE = Layer(name="separate process", held=True, detail="empty environment, no inherited files")


class JailedSandbox:
    """The default `Sandbox`; see `open_sandbox`. `start` makes a worker of the tier, or raises ConfigError."""

    def __init__(
        self, start: Callable[[], Awaitable[Worker]], *, workers: int, renew_after: int, in_flight: int
    ) -> None:
        self._start_worker = start
        self._renew_after = renew_after
        self._waiting = Waiting()
        self._more = asyncio.Event()
        self._room = asyncio.Semaphore(in_flight)
        self._workers: list[Worker | None] = [None] * workers
        self._tasks: list[asyncio.Task[None]] = []
        self._loop = asyncio.get_running_loop()
        self._owner = os.getpid()
        self._report: SandboxReport | None = None
        self._closed = False

    async def run(self, checker: str, responses: Sequence[str]) -> Sequence[Outcome]:
        """One outcome a response. Waits while too many calls are in flight. Raises SandboxError."""
        self._check_usable()
        if not responses:
            return ()
        if len(utf8(checker)) > MAX_SOURCE_BYTES:
            return (Outcome.NOT_RUN,) * len(responses)
        async with self._room:
            call = Call(source=checker, responses=responses, done=self._loop.create_future())
            call.outcomes = [Outcome.NOT_RUN] * len(responses)
            call.waiting.extend(i for i, text in enumerate(responses) if len(text) <= MAX_RESPONSE_BYTES // 4)
            call.unanswered = len(call.waiting)
            if not call.waiting:
                return tuple(call.outcomes)
            self._enqueue(call)
            outcomes = await call.done
        assert isinstance(outcomes, list)
        return tuple(outcomes)

    async def admit(self, checker: str) -> Sequence[str]:
        """Why the lint would not admit this checker, one reason each; empty when it would. Raises SandboxError.

        The reasons quote the checker: they are for the model that wrote it, and no more to be trusted than that.
        """
        self._check_usable()
        if len(utf8(checker)) > MAX_SOURCE_BYTES:
            return (f"line 0: longer than {MAX_SOURCE_BYTES} bytes",)
        async with self._room:
            call = Call(source=checker, responses=None, done=self._loop.create_future(), alone=True)
            self._enqueue(call)
            text = await call.done
        assert isinstance(text, str)
        return tuple(text.splitlines())

    def report(self) -> SandboxReport:
        """Which tier runs the checks here, and what each layer was found to do."""
        assert self._report is not None
        return self._report

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The workers alive now, for whoever watches them."""
        return tuple(worker.pid for worker in self._workers if worker is not None)

    async def open(self) -> None:
        """Starts the workers. Raises ConfigError where the host cannot give what is required."""
        started = await asyncio.gather(*(self._start() for _ in self._workers), return_exceptions=True)
        self._workers = [None if isinstance(worker, BaseException) else worker for worker in started]
        for failure in started:
            if isinstance(failure, BaseException):
                raise failure
        self._tasks = [asyncio.create_task(self._serve(place)) for place in range(len(self._workers))]
        for task in self._tasks:
            task.add_done_callback(self._stopped)

    async def close(self) -> None:
        """Ends the workers; calls that still wait get a SandboxError."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in self._workers:
            if worker is not None:
                await worker.end()
        self._workers = [None] * len(self._workers)
        self._fail_waiting(SandboxError("the sandbox was closed"))
        await asyncio.sleep(0)  # lets the transports say goodbye before the loop is gone

    def _stopped(self, task: "asyncio.Task[None]") -> None:
        """A serving task ends only when it is cancelled. Should a bug end one, nobody may wait for ever."""
        if not task.cancelled() and task.exception() is not None:
            self._closed = True
            self._fail_waiting(SandboxError(f"the sandbox has a bug: {task.exception()!r}"))

    def _fail_waiting(self, error: SandboxError) -> None:
        for call in self._waiting:
            call.fail(error)
        self._waiting.clear()

    async def _start(self) -> Worker:
        worker = await self._start_worker()
        self._report = SandboxReport(
            tier=worker.tier,
            platform=f"{platform.system()} {platform.machine()}",
            python=worker.python,
            workers=len(self._workers),
            layers=(_SEPARATE, *worker.layers),
        )
        return worker

    def _check_usable(self) -> None:
        if self._closed or not self._tasks:
            raise SandboxError("the sandbox is closed; use it inside `async with open_sandbox(...)`")
        if os.getpid() != self._owner or asyncio.get_running_loop() is not self._loop:
            raise SandboxError("a sandbox belongs to the process and the event loop that opened it; open another one")

    def _enqueue(self, call: Call) -> None:
        self._waiting.add(call)
        self._more.set()

    async def _serve(self, place: int) -> None:
        while True:
            while not self._waiting:
                self._more.clear()
                await self._more.wait()
            batch = self._waiting.next_batch()
            if batch is None:
                continue
            try:
                await self._answer(place, batch)
            except (SandboxError, ConfigError) as error:
                batch.fail(SandboxError(str(error)))
            except BaseException:  # closing, or a bug: in any case this batch gets no answer
                batch.fail(SandboxError("the sandbox was closed before it answered"))
                raise

    async def _answer(self, place: int, batch: Batch) -> None:
        while True:
            batch.attempts += 1
            worker = await self._worker(place)
            try:
                if batch.is_lint:
                    settle_lint(batch.parts[0][0], await worker.admit(batch.source))
                else:
                    self._settle(batch, await worker.run(batch.source, batch.texts))
                return
            except WorkerLost as error:
                self._workers[place] = None
                await worker.end()
                if batch.attempts >= _ATTEMPTS:
                    raise SandboxError(f"two workers in a row were lost with the same batch: {error}") from error

    def _settle(self, batch: Batch, codes: bytes) -> None:
        self._waiting.settle(batch, codes)
        if self._waiting:
            self._more.set()  # some were put back

    async def _worker(self, place: int) -> Worker:
        """The worker of this place, started or renewed where it is time."""
        worker = self._workers[place]
        if worker is not None and worker.answered < self._renew_after:
            return worker
        self._workers[place] = fresh = await self._start()
        if worker is not None:
            await worker.end()
        return fresh
