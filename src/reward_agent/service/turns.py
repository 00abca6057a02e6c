"""Turns on the event loop: of all the requests that have some milliseconds of work to do, one does it each time round.

    await next_turn()

Without it, thirty-two requests that are ready at the same moment are parsed one after the other before the loop looks
at its sockets again, and every other client waits for all of them.
"""

import asyncio
from collections import deque
from weakref import WeakKeyDictionary


class _Line:
    """Who waits on one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._going = False

    async def turn(self) -> None:
        turn: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append(turn)
        if not self._going:
            self._going = True
            self._loop.call_soon(self._next)
        await turn

    def _next(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # it was not cancelled
                turn.set_result(None)
                self._loop.call_soon(self._next)
                return
        self._going = False


_LINES: "WeakKeyDictionary[asyncio.AbstractEventLoop, _Line]" = WeakKeyDictionary()


async def next_turn() -> None:
    """Returns when it is the caller's turn: one of all callers each time round the loop, in order."""
    loop = asyncio.get_running_loop()
    line = _LINES.get(loop)
    if line is None:
        line = _LINES[loop] = _Line(loop)
    await line.turn()
