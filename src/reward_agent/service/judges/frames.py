"""What goes through the pipes between the server and its workers: pickles with their length before them.

Both ends are this package, started by the same command; nothing that a client sent is ever unpickled, only texts within
our own dataclasses.
"""

import asyncio
import pickle
import struct
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Broke:
    """A bug, told without words of the sample."""

    number: int
    bug: str


@dataclass(frozen=True, slots=True)
class Pong:
    pass


Frame = Start | Ask | Cancel | Ping | Ready | Refused | Say | Answer | Broke | Pong


def packed(frame: Frame) -> bytes:
    """The frame as bytes."""
    body = pickle.dumps(frame, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


async def next_frame(reader: asyncio.StreamReader) -> Frame | None:
    """The next frame; None at the end of the pipe."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        body = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    frame: Frame = pickle.loads(body)  # noqa: S301  # written by our own other end
    return frame
