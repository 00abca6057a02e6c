"""Collects what is asked at the same time, and hands batches to worker threads: the event loop never waits for a model.

    async with BatchEngine(scorers=[...], budget=4096) as engine:
        outputs = await engine.outputs(rows)

Every scorer (one a device) has a thread and takes the next batch when it is free; what arrives meanwhile waits and is
sorted into later batches. A device that runs out of memory halves the budget for all that follows and goes on.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from reward_agent.errors import SignalError
from reward_agent.prefer.local.batches import Row, Unit, halved, next_batch, units_of

COLLECT_S = 0.004
"""How long a batch that is not full yet waits for more."""

Outputs = Sequence[float]


class OutOfMemory(Exception):
    """The device could not hold the batch."""


class OutOfMemoryError(SignalError):
    """The device could not hold even one conversation alone."""

    kind = "out of memory"


class Scorer(Protocol):
    """A model on a device. One that stands several times in an engine is called from several threads."""

    def outputs(self, batch: Sequence[Unit]) -> Sequence[Outputs]:
        """The head's numbers for every row, unit by unit. Raises OutOfMemory."""
        ...


@dataclass(slots=True, kw_only=True)
class BatchEngine:
    """A queue before one or more scorers. `budget`: tokens in a batch, padding counted. `share`: whether the
    candidates of one prompt may have their common beginning computed once."""

    scorers: Sequence[Scorer]
    budget: int
    share: bool = True
    collect_s: float = COLLECT_S
    batches: int = field(default=0, init=False)
    _waiting: list[Unit] = field(default_factory=list, init=False)
    _asked: dict[int, "asyncio.Future[Outputs]"] = field(default_factory=dict, init=False)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list, init=False)
    _threads: list[ThreadPoolExecutor] = field(default_factory=list, init=False)

    async def __aenter__(self) -> Self:
        for scorer in self.scorers:
            thread = ThreadPoolExecutor(1, thread_name_prefix="preference")
            self._threads.append(thread)
            self._tasks.append(asyncio.create_task(self._serve(scorer, thread)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for future in self._asked.values():
            future.cancel()
        for thread in self._threads:
            await asyncio.to_thread(thread.shutdown)

    async def outputs(self, rows: Sequence[Row]) -> Sequence[Outputs]:
        """The numbers for the rows of one prompt, in order. Raises OutOfMemoryError; a bug in a scorer propagates."""
        futures: list[asyncio.Future[Outputs]] = [asyncio.get_running_loop().create_future() for _ in rows]
        self._asked.update({id(row): future for row, future in zip(rows, futures, strict=True)})
        self._waiting += units_of(rows, budget=self.budget, share=self.share)
        self._arrived.set()
        try:
            return await asyncio.gather(*futures)
        finally:
            for row in rows:
                self._asked.pop(id(row), None)  # one that nobody waits for any more is dropped from its batch

    async def _serve(self, scorer: Scorer, thread: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._arrived.wait()
            if sum(len(row.ids) for unit in self._waiting for row in unit.rows) < self.budget:
                await asyncio.sleep(self.collect_s)
            if not (batch := self._taken()):
                continue
            self.batches += 1
            try:
                outputs = await loop.run_in_executor(thread, scorer.outputs, batch)
            except OutOfMemory as error:
                self._smaller(batch, error)
            except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to those who asked
                self._fail(batch, error)
            else:
                rows = (row for unit in batch for row in unit.rows)
                for row, numbers in zip(rows, outputs, strict=True):
                    self._answer(row, numbers)

    def _taken(self) -> list[Unit]:
        """The next batch, out of the queue; empty where another scorer took it, or nobody waits any more."""
        self._waiting = [unit for unit in self._waiting if any(id(row) in self._asked for row in unit.rows)]
        batch = next_batch(self._waiting, self.budget) if self._waiting else []
        chosen = {id(unit) for unit in batch}
        self._waiting = [unit for unit in self._waiting if id(unit) not in chosen]
        if not self._waiting:
            self._arrived.clear()
        return batch

    def _smaller(self, batch: Sequence[Unit], error: OutOfMemory) -> None:
        units = halved(batch)
        if not units:
            length = len(batch[0].rows[0].ids)
            refused = OutOfMemoryError(f"a conversation of {length} tokens alone does not fit on the device: {error}")
            self._fail(batch, refused)
            return
        tokens = sum(len(row.ids) for unit in batch for row in unit.rows)
        self.budget = max(1, min(self.budget, tokens) // 2)
        self._waiting[:0] = units
        self._arrived.set()

    def _answer(self, row: Row, numbers: Outputs) -> None:
        future = self._asked.get(id(row))
        if future is not None and not future.done():
            future.set_result(numbers)

    def _fail(self, batch: Sequence[Unit], error: Exception) -> None:
        for unit in batch:
            for row in unit.rows:
                future = self._asked.get(id(row))
                if future is not None and not future.done():
                    future.set_exception(error)
