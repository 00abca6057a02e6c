"""Any number of workers behind one `judge`.

A sample goes to the worker that holds the fewest. How many one may hold follows its pace, from `least` to `most`:
enough that it never waits for its next one and few messages carry many, no more than it does in a moment, so that none
is late in the end; and memory is bounded, whatever the stream.

A lost worker (killed, out of memory, its machine gone) loses nothing: another is hired, and the samples it held are
judged again. A sample that was lost with two workers is judged with nothing beside it, and if that worker is lost as
well, it is recorded as failed: it would take down every worker in turn.
"""

import asyncio
import importlib.metadata
import itertools
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from reward_agent.engines.worker import JUDGMENT, LINGER_S, SAMPLE, Opened, Taken
from reward_agent.errors import ConfigError, RunError
from reward_agent.types import Failure, Judgment, Plan, Sample, Usage

LOST_IN_COMPANY = 2
LOST_IN_OPENING = 3
CLOSING_S = 30.0
MOST_HELD = 128


class LostWorkerError(Exception):
    """The worker is gone, and what it held with it; the message says how."""


class Remote(Protocol):
    """A `Worker` somewhere else. Each method raises LostWorkerError once it is gone."""

    async def open(self) -> Opened: ...

    async def give(self, samples: Sequence[bytes]) -> None: ...

    async def take(self) -> Taken: ...

    async def close(self) -> None: ...


@dataclass(slots=True, kw_only=True, eq=False)
class _Ask:
    sample: Sample
    done: "asyncio.Future[Judgment]"
    losses: int = 0

    @property
    def alone(self) -> bool:
        return self.losses >= LOST_IN_COMPANY


@dataclass(slots=True, kw_only=True, eq=False)
class _Seat:
    """A worker as the pool sees it: what it `holds`, at most `hand`, and what of that is still to be `sent`."""

    hand: int
    holds: dict[str, _Ask] = field(default_factory=dict)
    sent: list[_Ask] = field(default_factory=list)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def taken_whole(self) -> bool:
        """Whether it holds a sample that wants nothing beside it."""
        return any(ask.alone for ask in itertools.islice(self.holds.values(), 1))


class Pool:
    """An `Engine` over workers that `hire` makes. Use `open_pool`. One object belongs to one event loop."""

    def __init__(
        self, hire: Callable[[], Remote], *, workers: int, least: int, most: int, say: Callable[[str], None]
    ) -> None:
        self._hire = hire
        self._least = least
        self._most = max(least, most)
        self._say = say
        self._workers = workers
        self._seats: list[_Seat] = []
        self._asks: set[_Ask] = set()
        self._waiting: deque[_Ask] = deque()
        self._said: set[str] = set()
        self._failed_openings = 0
        self._fatal: BaseException | None = None
        self.ready = asyncio.Event()

    @property
    def in_flight(self) -> int:
        return self._workers * self._most

    async def judge(self, sample: Sample) -> Judgment:
        """The judgment of whichever worker comes to it. Raises ConfigError and RunError where workers cannot work."""
        if self._fatal is not None:
            raise self._fatal
        ask = _Ask(sample=sample, done=asyncio.get_running_loop().create_future())
        self._asks.add(ask)
        self._waiting.append(ask)
        self._deal()
        try:
            return await ask.done
        finally:
            self._asks.discard(ask)

    async def employ(self) -> None:
        """Keeps one place filled, for ever; an error that ends the run is raised to all who wait."""
        try:
            while True:
                await self._employed(self._hire())
        except Exception as error:  # noqa: BLE001  # raised by `judge`, to whoever asks
            self._stop(error)

    async def _employed(self, remote: Remote) -> None:
        seat: _Seat | None = None
        try:
            await self._opened(remote)
            self._seats.append(seat := _Seat(hand=self._least))
            self._deal()
            await self._worked(remote, seat)
        except LostWorkerError as error:
            self._lost(seat, error)
        finally:
            if seat is not None and seat in self._seats:
                self._seats.remove(seat)
            with suppress(LostWorkerError, TimeoutError):
                async with asyncio.timeout(CLOSING_S):
                    await remote.close()

    async def _opened(self, remote: Remote) -> None:
        opened = await remote.open()
        if opened.error is not None:
            raise opened.error
        here = importlib.metadata.version("reward-agent")
        if opened.version != here:
            raise ConfigError(
                f"a worker runs reward-agent {opened.version}, and this is {here}: install the same version everywhere"
            )
        self._tell(opened.said)
        self._failed_openings = 0
        self.ready.set()

    async def _worked(self, remote: Remote, seat: _Seat) -> None:
        """Gives the worker what it is dealt and takes what it has done, until it is lost."""
        clock = asyncio.get_running_loop().time
        taking: asyncio.Task[Taken] | None = None
        since = clock()
        try:
            while True:
                seat.wake.clear()
                if seat.sent:
                    asks, seat.sent = seat.sent, []
                    await remote.give([SAMPLE.dump_json(ask.sample) for ask in asks])
                if seat.holds and taking is None:
                    taking, since = asyncio.create_task(remote.take()), clock()
                await _first(seat.wake, taking)
                if taking is not None and taking.done():
                    self._take(taking.result(), seat, took_s=clock() - since)
                    taking = None
        finally:
            if taking is not None:
                taking.cancel()

    def _take(self, taken: Taken, seat: _Seat, *, took_s: float) -> None:
        self._tell(taken.said)
        if took_s < LINGER_S:  # half a hand was done before the time was up
            seat.hand = min(self._most, 2 * seat.hand)
        elif took_s > 4 * LINGER_S:
            seat.hand = max(self._least, seat.hand // 2)
        for line in taken.judgments:
            judgment = JUDGMENT.validate_json(line)
            ask = seat.holds.pop(judgment.sample_id)
            if not ask.done.done():
                ask.done.set_result(judgment)
        if taken.error is not None:
            raise taken.error
        self._deal()

    def _deal(self) -> None:
        """Hands what waits to whoever has room, the emptiest first."""
        while self._waiting and (seat := self._room_for(self._waiting[0])) is not None:
            ask = self._waiting.popleft()
            seat.holds[ask.sample.id] = ask
            seat.sent.append(ask)
            seat.wake.set()

    def _room_for(self, ask: _Ask) -> _Seat | None:
        free = [
            seat for seat in self._seats if len(seat.holds) < (1 if ask.alone else seat.hand) and not seat.taken_whole
        ]
        return min(free, key=lambda seat: len(seat.holds), default=None)

    def _lost(self, seat: _Seat | None, error: LostWorkerError) -> None:
        if seat is None:
            self._say(f"warning: a worker was lost while it opened the agent ({error})")
            self._failed_openings += 1
            if self._failed_openings >= LOST_IN_OPENING:
                raise RunError(f"{LOST_IN_OPENING} workers in a row were lost while they opened the agent: {error}")
            return
        self._seats.remove(seat)
        held = [ask for ask in seat.holds.values() if not ask.done.done()]
        self._say(f"warning: a worker was lost ({error}); {len(held)} samples that it held are judged again")
        self._again(held, str(error))

    def _again(self, asks: Iterable[_Ask], error: str) -> None:
        for ask in asks:
            if ask.alone:
                ask.done.set_result(_failed(ask.sample, error))
                continue
            ask.losses += 1
            self._waiting.appendleft(ask)
        self._deal()

    def _tell(self, lines: Iterable[str]) -> None:
        """What workers say, each line once."""
        for line in lines:
            if line not in self._said:
                self._said.add(line)
                self._say(line)

    def _stop(self, error: BaseException) -> None:
        self._fatal = self._fatal or error
        self.ready.set()
        for ask in self._asks:
            if not ask.done.done():
                ask.done.set_exception(error)
                ask.done.exception()  # seen, also where nobody waits any more
        self._waiting.clear()


@asynccontextmanager
async def open_pool(
    hire: Callable[[], Remote],
    *,
    workers: int,
    least: int,
    most: int = MOST_HELD,
    say: Callable[[str], None] = lambda line: None,
) -> AsyncIterator[Pool]:
    """A pool whose first worker is open; each holds `least` samples, or up to `most` where it is quick. The workers are
    closed in the end. Raises ConfigError and RunError where none can be opened."""
    pool = Pool(hire, workers=workers, least=least, most=most, say=say)
    places = [asyncio.create_task(pool.employ()) for _ in range(workers)]
    try:
        await pool.ready.wait()
        if pool._fatal is not None:
            raise pool._fatal
        yield pool
    finally:
        for place in places:
            place.cancel()
        await asyncio.gather(*places, return_exceptions=True)


async def _first(wake: asyncio.Event, taking: "asyncio.Task[Taken] | None") -> None:
    waking = asyncio.create_task(wake.wait())
    try:
        await asyncio.wait({waking, taking} if taking is not None else {waking}, return_when="FIRST_COMPLETED")
    finally:
        waking.cancel()


def _failed(sample: Sample, error: str) -> Judgment:
    what = f"{LOST_IN_COMPANY + 1} workers were lost while they judged this sample, the last with nothing beside it: "
    return Judgment(
        sample_id=sample.id,
        plan=Plan(checks=(), reason="no worker lived to tell"),
        signals=(),
        failures=(Failure(source="engine", kind="worker lost", error=what + error),),
        decision=None,
        usage=Usage(),
    )
