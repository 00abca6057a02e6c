"""The one loop every job runs: skip what the journal holds, run the rest with bounded concurrency, append each
result as it finishes.

The order of rows in the journal is the order in which they finished; nothing may be read from it. Every row carries
its key. Stopped at any instant, the same call goes on where it was.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from reward_agent.jobs.journal import Journal

Item = TypeVar("Item")
Row = TypeVar("Row")


@dataclass(slots=True, kw_only=True)
class Tally:
    """How far a run is: rows `done` of `total`, `resumed` of them found in the journal, `failures` recorded in the
    rows of this run, and model `calls`, `tokens` and `cost` (dollars, where prices are set) spent."""

    total: int
    done: int = 0
    resumed: int = 0
    failures: int = 0
    calls: int = 0
    tokens: int = 0
    cost: float = 0.0


Watch = Callable[[Tally], None]


async def run_all(
    items: Iterable[Item],
    work: Callable[[Item], Awaitable[Row]],
    journal: Journal[Row],
    *,
    key: Callable[[Item], str],
    concurrency: int,
    tick: Callable[[Row], None],
) -> None:
    """Works on every item whose key the journal lacks. The first error stops the run and is raised as itself; rows
    finished before it are kept."""
    todo = (item for item in items if key(item) not in journal.done)

    async def worker() -> None:
        for item in todo:  # one generator, shared: each item reaches one worker
            row = await work(item)
            journal.append(row)
            tick(row)
            await asyncio.sleep(0)  # work that never waits must still let the others, and Ctrl-C, through

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(worker())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
