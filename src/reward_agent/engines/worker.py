"""The worker's side of an engine: an agent that is opened once, and what was asked of it.

    worker = Worker(opener, concurrency=8)
    opened = await worker.open()
    await worker.give([sample, ...]);  taken = await worker.take()

Samples and judgments travel as JSON: it is shorter and faster to read than pickled objects. Knows nothing of Ray.
"""

import asyncio
import importlib.metadata
import pickle
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import TypeAdapter

from reward_agent.engines.engine import Judge
from reward_agent.errors import RewardAgentError
from reward_agent.types import Judgment, Sample

LINGER_S = 0.1
"""How long a first result waits for others, so that many go in one message."""

SAMPLE: TypeAdapter[Sample] = TypeAdapter(Sample)
JUDGMENT: TypeAdapter[Judgment] = TypeAdapter(Judgment)


class Opener(Protocol):
    """Opens the worker's agent, for `async with`. It travels to the worker, so it must be a module's function, or a
    `functools.partial` of one."""

    def __call__(self, *, say: Callable[[str], None]) -> AbstractAsyncContextManager[Judge]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What came of opening: the worker's version of this package, what it said, and why it could not, if so."""

    version: str = ""
    said: tuple[str, ...] = ()
    error: RewardAgentError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Judgments that are done, and what was said meanwhile. `error`: what a sample raised, which is a bug or ends the
    run."""

    judgments: tuple[bytes, ...] = ()
    said: tuple[str, ...] = ()
    error: Exception | None = None


@dataclass(slots=True, kw_only=True)
class _State:
    queue: "asyncio.Queue[Sample | None]" = field(default_factory=asyncio.Queue)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    done: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    held: int = 0  # given and not yet taken
    error: Exception | None = None


class Worker:
    """`concurrency`: samples that are judged at once; what else was given waits here."""

    def __init__(self, opener: Opener, *, concurrency: int) -> None:
        self._opener = opener
        self._concurrency = concurrency
        self._serving: asyncio.Task[None] | None = None

    async def open(self) -> Opened:
        """Opens the agent, which stays open until `close`."""
        self._state = _State()
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._serving = asyncio.create_task(self._serve(opened))
        try:
            await opened
        except RewardAgentError as error:
            return Opened(error=error)
        return Opened(version=importlib.metadata.version("reward-agent"), said=self._lines())

    async def give(self, samples: Sequence[bytes]) -> None:
        """Takes on samples."""
        self._state.held += len(samples)
        for sample in samples:
            self._state.queue.put_nowait(SAMPLE.validate_json(sample))

    async def take(self) -> Taken:
        """What is done, at least one judgment: waits for it, and a moment for others."""
        state = self._state
        await self._until(1)
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                await self._until(max(1, state.held // 2))
        judgments, state.done = tuple(state.done), []
        state.held -= len(judgments)
        return Taken(judgments=judgments, said=self._lines(), error=state.error)

    async def close(self) -> None:
        """Closes the agent; what is not done is given up."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.wait([self._serving])

    async def _until(self, count: int) -> None:
        while len(self._state.done) < count and self._state.error is None:
            self._state.changed.clear()
            await self._state.changed.wait()

    def _lines(self) -> tuple[str, ...]:
        said, self._state.said = tuple(self._state.said), []
        return said

    async def _serve(self, opened: "asyncio.Future[None]") -> None:
        """Opens, judges and closes in one task, as what an agent holds open may ask for."""
        try:
            async with self._opener(say=lambda line: self._state.said.append(line)) as agent:
                opened.set_result(None)
                async with asyncio.TaskGroup() as group:
                    for _ in range(self._concurrency):
                        group.create_task(self._judge(agent))
        except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to the one who waits
            if not opened.done():
                opened.set_exception(error)

    async def _judge(self, agent: Judge) -> None:
        while (sample := await self._state.queue.get()) is not None:
            try:
                judgment = await agent.judge(sample)  # first: `take` may put another list in place meanwhile
                self._state.done.append(JUDGMENT.dump_json(judgment))
            except Exception as error:
                self._state.error = _portable(error)
                raise
            finally:
                self._state.changed.set()
            await asyncio.sleep(0)  # work that never waits must still let the others through


def _portable(error: Exception) -> Exception:
    """The error as it can travel, with the place it comes from as a note."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    except Exception:  # noqa: BLE001  # an exception class may fail at this in any way
        return RuntimeError(f"{type(error).__name__}: {error}\n" + "".join(error.__notes__))
    return error
