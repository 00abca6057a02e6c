"""Several things at once: results in order, and the first error as itself."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


async def together(*work: Coroutine[Any, Any, T], in_flight: int | None = None) -> Sequence[T]:
    """Runs all of them, at most `in_flight` at a time, and returns their results in order.

    What one raises stops the others and is raised as itself, not as a group.
    """
    if len(work) < 2:
        return [await one for one in work]
    room = asyncio.Semaphore(in_flight) if in_flight is not None else None
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one if room is None else _within(room, one)) for one in work]
    except ExceptionGroup as errors:
        raise _first(errors) from None
    finally:
        for one in work:
            one.close()  # what was stopped before it began would else warn that nobody awaited it
    return [task.result() for task in tasks]


async def _within(room: asyncio.Semaphore, one: Coroutine[Any, Any, T]) -> T:
    async with room:
        return await one


async def both(first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """Two different things at once, as `together` does it."""
    results: Sequence[Any] = await together(first, second)
    return results[0], results[1]


def _first(error: Exception) -> Exception:
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
