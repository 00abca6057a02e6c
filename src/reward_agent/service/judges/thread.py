"""Judging on an event loop of its own in a thread: no second process, but one interpreter lock for both.

While pure Python judges, the loop that answers HTTP gets its turn every switch interval, and no call into C that holds
the lock may be interrupted. `benchmarks/service_load.py` measures what that costs; processes are the default.
"""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from reward_agent.service.judges.work import Desk, Done, Job, JudgingError, Offer, told_bug

SWITCH_INTERVAL_S = 0.001
"""How long the judging thread may keep the interpreter from the other; Python's own default is 5 ms."""


class ThreadJudges:
    """See `open_thread`."""

    restarts = 0
    alive = 1

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop, *, in_flight: int, say: Callable[[str], None]):
        self._desk = desk
        self._loop = loop
        self._say = say
        self.capacity = in_flight

    @property
    def offer(self) -> Offer:
        return self._desk.offer

    async def judge(self, job: Job) -> Done:
        """See `Judges`."""
        try:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._desk.done(job), self._loop))
        except Exception as error:
            self._say(f"error: a bug in judging: {told_bug(error)}")
            raise JudgingError("bug", "the service met a bug in judging; its log says where") from error


@asynccontextmanager
async def open_thread(
    desk: Callable[[], AbstractAsyncContextManager[Desk]],
    *,
    in_flight: int,
    say: Callable[[str], None] = lambda line: None,
) -> AsyncIterator[ThreadJudges]:
    """One desk, opened and closed in its thread. Raises what opening it raises."""
    here = asyncio.get_running_loop()
    ready: asyncio.Future[ThreadJudges] = here.create_future()
    stop: list[Callable[[], object]] = []

    async def live() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        stop.append(lambda: loop.call_soon_threadsafe(over.set))
        async with desk() as opened:
            judges = ThreadJudges(opened, loop, in_flight=in_flight, say=say)
            here.call_soon_threadsafe(ready.set_result, judges)
            await over.wait()

    def run() -> None:
        try:
            asyncio.run(live())
        except BaseException as error:  # noqa: BLE001  # whoever opens it gets it
            here.call_soon_threadsafe(_fail, ready, error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    thread = threading.Thread(target=run, name="judging", daemon=True)
    thread.start()
    try:
        yield await ready
    finally:
        for ask_to_stop in stop:
            if thread.is_alive():
                ask_to_stop()
        await here.run_in_executor(None, thread.join)
        sys.setswitchinterval(before)


def _fail(ready: "asyncio.Future[ThreadJudges]", error: BaseException) -> None:
    if not ready.done():
        ready.set_exception(error)
