"""The pool: K workers, one queue, many callers.

    async with open_sandbox(require="strict") as sandbox:
        outcomes = await sandbox.run(source, responses)

Responses that wait for the same checker go to a worker together, also those of several callers. What one caller's
response can do to another's in such a batch (end it, or use up its two timeouts) is undone by running the others
again on their own. A dead worker is replaced and its batch run once more; workers are renewed now and then.

Does NOT promise: fairness to the microsecond, or an order between callers. One object belongs to one event loop.
"""

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from reward_agent.errors import ConfigError
from reward_agent.sandbox.jail import frames
from reward_agent.sandbox.report import Layer, SandboxReport
from reward_agent.sandbox.worker import SandboxError, WorkerLost, WorkerProcess, WorkerSettings, interpreter
from reward_agent.types import Outcome

Requirement = Literal["strict", "degraded"]

MAX_BATCH = 64  # responses a batch: enough to make a fork cheap, few enough to spread over the workers
MAX_BATCH_BYTES = 16 * 2**20
MAX_SOURCE_BYTES = 2**20
MAX_RESPONSE_BYTES = 32 * 2**20
_ATTEMPTS = 2  # at a batch whose worker dies
_TIMEOUTS = 2  # of one call; the rest of it is not run

_OUTCOMES = {
    frames.TRUE: Outcome.TRUE,
    frames.FALSE: Outcome.FALSE,
    frames.NOT_A_BOOL: Outcome.NOT_A_BOOL,
    frames.EXCEPTION: Outcome.EXCEPTION,
    frames.NO_FUNCTION: Outcome.NO_FUNCTION,
    frames.MEMORY: Outcome.MEMORY,
    frames.TIMEOUT: Outcome.TIMEOUT,
    frames.CRASH: Outcome.CRASH,
    frames.VIOLATION: Outcome.VIOLATION,
    frames.NOT_RUN: Outcome.NOT_RUN,
}
_SPREADS = frozenset({Outcome.VIOLATION, Outcome.NOT_RUN})


@dataclass(eq=False, slots=True, kw_only=True)
class _Call:
    """One caller's wish. `responses` is None for a lint, whose result is text."""

    source: str
    responses: Sequence[str] | None
    done: "asyncio.Future[list[Outcome] | str]"
    waiting: deque[int] = field(default_factory=deque)
    outcomes: list[Outcome] = field(default_factory=list)
    unanswered: int = 0
    alone: bool = False  # once others have spoilt its batch, it shares none


@dataclass(slots=True, kw_only=True)
class _Batch:
    source: bytes
    parts: list[tuple[_Call, list[int]]] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    attempts: int = 0


class JailedSandbox:
    """The default `Sandbox`; see `open_sandbox`."""

    def __init__(
        self, settings: WorkerSettings, *, workers: int, strict: bool, renew_after: int, in_flight: int
    ) -> None:
        self._settings = settings
        self._strict = strict
        self._renew_after = renew_after
        self._queue: dict[str, deque[_Call]] = {}
        self._more = asyncio.Event()
        self._room = asyncio.Semaphore(in_flight)
        self._workers: list[WorkerProcess | None] = [None] * workers
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
        if len(_utf8(checker)) > MAX_SOURCE_BYTES:
            return (Outcome.NOT_RUN,) * len(responses)
        async with self._room:
            call = _Call(source=checker, responses=responses, done=self._loop.create_future())
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
        if len(_utf8(checker)) > MAX_SOURCE_BYTES:
            return (f"line 0: longer than {MAX_SOURCE_BYTES} bytes",)
        async with self._room:
            call = _Call(source=checker, responses=None, done=self._loop.create_future(), alone=True)
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
        return tuple(worker.process.pid for worker in self._workers if worker is not None)

    async def open(self) -> None:
        """Starts the workers. Raises ConfigError where the host cannot give what is required."""
        started = await asyncio.gather(*(self._start() for _ in self._workers), return_exceptions=True)
        self._workers = [worker if isinstance(worker, WorkerProcess) else None for worker in started]
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
                worker.kill()
        self._workers = [None] * len(self._workers)
        self._fail_waiting(SandboxError("the sandbox was closed"))
        await asyncio.sleep(0)  # lets the transports say goodbye before the loop is gone

    def _stopped(self, task: "asyncio.Task[None]") -> None:
        """A serving task ends only when it is cancelled. Should a bug end one, nobody may wait for ever."""
        if not task.cancelled() and task.exception() is not None:
            self._closed = True
            self._fail_waiting(SandboxError(f"the sandbox has a bug: {task.exception()!r}"))

    def _fail_waiting(self, error: SandboxError) -> None:
        for calls in self._queue.values():
            for call in calls:
                _fail(call, error)
        self._queue.clear()

    async def _start(self) -> WorkerProcess:
        worker = await WorkerProcess.start(self._settings)
        if self._strict and not worker.strict:
            worker.kill()
            raise ConfigError(_cannot_be_strict(worker.layers))
        separate = Layer(name="separate process", held=True, detail="empty environment, no inherited files")
        self._report = SandboxReport(
            tier="strict" if worker.strict else "degraded",
            platform=f"{os.uname().sysname} {os.uname().machine}",
            python=worker.python,
            workers=len(self._workers),
            layers=(separate, *worker.layers),
        )
        return worker

    def _check_usable(self) -> None:
        if self._closed or not self._tasks:
            raise SandboxError("the sandbox is closed; use it inside `async with open_sandbox(...)`")
        if os.getpid() != self._owner or asyncio.get_running_loop() is not self._loop:
            raise SandboxError("a sandbox belongs to the process and the event loop that opened it; open another one")

    def _enqueue(self, call: _Call) -> None:
        self._queue.setdefault(call.source, deque()).append(call)
        self._more.set()

    async def _serve(self, place: int) -> None:
        while True:
            while not self._queue:
                self._more.clear()
                await self._more.wait()
            batch = self._next_batch()
            if batch is None:
                continue
            try:
                await self._answer(place, batch)
            except (SandboxError, ConfigError) as error:
                for call, _ in batch.parts:
                    _fail(call, SandboxError(str(error)))
            except BaseException:  # closing, or a bug: in any case this batch gets no answer
                for call, _ in batch.parts:
                    _fail(call, SandboxError("the sandbox was closed before it answered"))
                raise

    async def _answer(self, place: int, batch: _Batch) -> None:
        while True:
            batch.attempts += 1
            worker = await self._worker(place)
            try:
                if batch.parts[0][0].responses is None:
                    _settle_lint(batch.parts[0][0], await worker.admit(batch.source))
                else:
                    self._settle(batch, await worker.run(batch.source, batch.texts))
                return
            except WorkerLost as error:
                worker.kill()
                self._workers[place] = None
                if batch.attempts >= _ATTEMPTS:
                    raise SandboxError(f"two workers in a row were lost with the same batch: {error}") from error

    async def _worker(self, place: int) -> WorkerProcess:
        """The worker of this place, started or renewed where it is time."""
        worker = self._workers[place]
        if worker is not None and worker.answered < self._renew_after:
            return worker
        self._workers[place] = fresh = await self._start()
        if worker is not None:
            worker.kill()
        return fresh

    def _next_batch(self) -> _Batch | None:
        """As many waiting responses of one checker as a batch takes; the checkers take turns."""
        source = next(iter(self._queue))
        calls = self._queue.pop(source)
        batch = _Batch(source=_utf8(source))
        size = 0
        while calls and len(batch.texts) < MAX_BATCH and size < MAX_BATCH_BYTES:
            call = calls[0]
            if call.done.done():  # its caller is gone, or it has failed
                calls.popleft()
                continue
            if batch.parts and (call.alone or batch.parts[0][0].alone):
                break
            if call.responses is None:
                batch.parts.append((calls.popleft(), []))
                break
            size += self._take(call, batch, MAX_BATCH_BYTES - size)
            if not call.waiting:
                calls.popleft()
        if calls:
            self._queue[source] = calls
        return batch if batch.parts else None

    def _take(self, call: _Call, batch: _Batch, bytes_left: int) -> int:
        """Moves responses from the call into the batch; the bytes they have. At least one is moved."""
        assert call.responses is not None
        taken: list[int] = []
        size = 0
        while call.waiting and len(batch.texts) < MAX_BATCH and (size < bytes_left or not taken):
            index = call.waiting.popleft()
            text = _utf8(call.responses[index])
            batch.texts.append(text)
            taken.append(index)
            size += len(text)
        batch.parts.append((call, taken))
        return size

    def _settle(self, batch: _Batch, codes: bytes) -> None:
        """Gives every call its outcomes, or puts back what another call's response spoilt."""
        start = 0
        for call, indexes in batch.parts:
            outcomes = [_OUTCOMES[code] for code in codes[start : start + len(indexes)]]
            start += len(indexes)
            if len(batch.parts) > 1 and not _SPREADS.isdisjoint(outcomes):
                self._put_back(call, indexes)
                continue
            for index, outcome in zip(indexes, outcomes, strict=True):
                call.outcomes[index] = outcome
            call.unanswered -= len(indexes)
            if call.outcomes.count(Outcome.TIMEOUT) >= _TIMEOUTS:
                call.unanswered -= len(call.waiting)  # of another batch of the same call: they stay "not run"
                call.waiting.clear()
            if not call.unanswered and not call.done.done():
                call.done.set_result(call.outcomes)

    def _put_back(self, call: _Call, indexes: Sequence[int]) -> None:
        call.waiting.extendleft(reversed(indexes))
        queued = self._queue.get(call.source, ())
        call.alone = True
        if call not in queued:
            self._enqueue(call)


def _settle_lint(call: _Call, text: bytes) -> None:
    if text[:1] == b"\0":
        ending = _OUTCOMES.get(text[1], Outcome.CRASH)
        reasons = f"line 0: reading it ended in: {ending}"
    else:
        reasons = "".join(c if c.isprintable() or c == "\n" else "?" for c in text.decode("utf-8", "replace"))
    if not call.done.done():
        call.done.set_result(reasons)


def _fail(call: _Call, error: SandboxError) -> None:
    if not call.done.done():
        call.done.set_exception(error)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _cannot_be_strict(layers: Sequence[Layer]) -> str:
    why = next((layer.detail for layer in layers if layer.name == "seccomp"), "it could not be tried")
    return (
        f"sandbox.require = 'strict' cannot be had on this host: the seccomp filter is not in force ({why}). Generated "
        "checkers are not run. Use Linux on x86-64 or aarch64 in a container whose profile allows seccomp(2), or "
        "accept resource limits alone with sandbox.require = 'degraded'"
    )


def _default_workers() -> Iterator[int]:
    yield from (len(os.sched_getaffinity(0)),) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1,)


@asynccontextmanager
async def open_sandbox(
    *,
    require: Requirement = "strict",
    workers: int | None = None,
    cpu_s: float = 1.0,
    wall_s: float = 10.0,
    memory_mb: int = 512,
    renew_after: int = 20_000,
    in_flight: int = 1024,
    without: Sequence[str] = (),
) -> AsyncIterator[JailedSandbox]:
    """A sandbox with its workers started.

    `require`: the least tier to accept; the best the host has is used. `workers`: one a core by default. `cpu_s` and
    `wall_s`: for one response, the second as a backstop. `memory_mb`: what a child may use beyond what it starts with.
    `renew_after`: batches until a worker is replaced. `in_flight`: calls served at once; more wait their turn.
    `without`: layers to leave off ("landlock", "seccomp", "user"), to find out what they are good for.

    Raises ConfigError where the host cannot give what is required, with what is missing.
    """
    settings = WorkerSettings(
        python=interpreter(), memory_mb=memory_mb, cpu_s=cpu_s, wall_s=wall_s, without=tuple(without)
    )
    sandbox = JailedSandbox(
        settings,
        workers=workers or next(_default_workers()),
        strict=require == "strict",
        renew_after=renew_after,
        in_flight=in_flight,
    )
    try:
        await sandbox.open()
        yield sandbox
    finally:
        await sandbox.close()
