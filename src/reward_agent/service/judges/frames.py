"""What goes through the pipes between the server and its workers: pickles of several frames, their length before them.

Both ends are this package, started by the same command; nothing that a client sent is ever unpickled, only texts within
our own dataclasses. Samples and judgments go as plain tuples, which cost a tenth of pickled dataclasses.
"""

import asyncio
import pickle
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reward_agent.service.judges.plain import done_from, job_from, plain_done, plain_job
from reward_agent.service.judges.work import Done, Job, Offer

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Start:
    """The first frame: the settings as JSON."""

    settings: str


@dataclass(frozen=True, slots=True)
class Ask:
    number: int
    job: Job

    def __reduce__(self) -> tuple[Any, ...]:
        return _asked, (self.number, plain_job(self.job))


@dataclass(frozen=True, slots=True)
class Cancel:
    number: int


@dataclass(frozen=True, slots=True)
class Ping:
    pass


@dataclass(frozen=True, slots=True)
class Ready:
    offer: Offer


@dataclass(frozen=True, slots=True)
class Refused:
    """The worker cannot start; the message is for a person."""

    message: str


@dataclass(frozen=True, slots=True)
class Say:
    line: str


@dataclass(frozen=True, slots=True)
class Answer:
    number: int
    done: Done

    def __reduce__(self) -> tuple[Any, ...]:
        return _answered, (self.number, plain_done(self.done))


@dataclass(frozen=True, slots=True)
class Broke:
    """A bug, told without words of the sample."""

    number: int
    bug: str


@dataclass(frozen=True, slots=True)
class Pong:
    pass


Frame = Start | Ask | Cancel | Ping | Ready | Refused | Say | Answer | Broke | Pong


AT_MOST = 16
"""Frames at once, so that whoever reads them is done with them in a few milliseconds."""


@dataclass(slots=True, kw_only=True)
class Outbox:
    """Frames put in during one round of the event loop leave together."""

    write: Callable[[bytes], object]
    _frames: list[Frame] = field(default_factory=list)

    def put(self, frame: Frame) -> None:
        """Written soon."""
        self._frames.append(frame)
        if len(self._frames) == 1:
            asyncio.get_running_loop().call_soon(self.flush)
        elif len(self._frames) >= AT_MOST:
            self.flush()

    def flush(self) -> None:
        """Written now."""
        if self._frames:
            self.write(packed(*self._frames))
            self._frames.clear()


def packed(*frames: Frame) -> bytes:
    """The frames as bytes."""
    body = pickle.dumps(frames, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


async def next_frames(reader: asyncio.StreamReader) -> Sequence[Frame]:
    """The next frames, one or more; none at the end of the pipe."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        body = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return ()
    frames: Sequence[Frame] = pickle.loads(body)  # noqa: S301  # written by our own other end
    return frames


def _asked(number: int, job: tuple[Any, ...]) -> Ask:
    return Ask(number, job_from(job))


def _answered(number: int, done: tuple[Any, ...]) -> Answer:
    return Answer(number, done_from(done))
