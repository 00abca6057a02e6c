"""The caller's end of one worker process: starts it, asks it, ends it.

A worker of the jail is started by exec and never by a fork of the caller's memory: its cost does not depend on how
large the caller is. It gets an empty environment and one descriptor, a socket that is its standard input.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from reward_agent.errors import SignalError
from reward_agent.sandbox.jail import frames
from reward_agent.sandbox.report import Layer, Tier

PACKAGE = Path(__file__).resolve().parent
START_S = 30.0  # until the greeting; about 0.1 s on an idle machine
SILENCE_S = 60.0  # a worker says every second that it is alive

# The packages' own __init__ files are not run: they may need what is not there without site-packages.
_BOOT = """
import sys, types
for name, place in zip(("reward_agent", "reward_agent.sandbox"), sys.argv[1:3]):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [place]
from reward_agent.sandbox.jail.zygote import main
main(int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
"""


class SandboxError(SignalError):
    """The sandbox itself failed, so that nothing is known about the checker."""

    kind = "sandbox"


class WorkerLost(SandboxError):
    """A worker died or fell silent; another one can be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """How workers are started and what they allow. `cpu_s` and `wall_s` are for one response."""

    python: str
    memory_mb: int = 512
    cpu_s: float = 1.0
    wall_s: float = 10.0
    without: tuple[str, ...] = ()


class Worker(Protocol):
    """What the pool knows of a worker, of whatever tier. Ask one thing at a time."""

    @property
    def pid(self) -> int:
        """Its process."""

    @property
    def tier(self) -> Tier:
        """What it was found to give."""

    @property
    def answered(self) -> int:
        """Requests so far."""

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The parts of it, as it found them when it started."""

    @property
    def python(self) -> str:
        """The version that runs the checkers."""

    async def run(self, source: bytes, responses: Sequence[bytes]) -> bytes:
        """One code a response. Raises WorkerLost."""

    async def admit(self, source: bytes) -> bytes:
        """The lint's text. Raises WorkerLost."""

    async def end(self) -> None:
        """Ends the process at once."""


@dataclass(slots=True, kw_only=True)
class Connection:
    """Frames to a worker and back."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    cpu_s: float
    wall_s: float
    answered: int = 0

    async def greeting(self) -> tuple[tuple[Layer, ...], str]:
        """The worker's layers and its Python, once it is ready. Raises SandboxError."""
        async with asyncio.timeout(START_S):
            kind, body = await self._reply(0)
        greeting = json.loads(body)  # from our own code, which has seen no checker yet
        if kind != frames.GREETING or greeting["version"] != frames.VERSION:
            raise SandboxError("a sandbox worker speaks another version; is the package being replaced as it runs?")
        layers = tuple(Layer(name=name, held=held, detail=detail) for name, held, detail in greeting["layers"])
        return layers, str(greeting["python"])

    async def ask(self, kind: int, source: bytes, responses: Sequence[bytes]) -> tuple[int, bytes]:
        """The kind and the body of the answer. Raises WorkerLost."""
        self.answered += 1
        number = self.answered
        body = frames.request_body(source, list(responses))
        cpu_ms, wall_ms = int(self.cpu_s * 1000), int(self.wall_s * 1000)
        try:
            self.writer.write(frames.REQUEST.pack(number, kind, len(responses), cpu_ms, wall_ms, len(body)))
            self.writer.write(body)
            async with asyncio.timeout(SILENCE_S):
                await self.writer.drain()
            while True:
                async with asyncio.timeout(SILENCE_S):
                    answer, text = await self._reply(number)
                if answer != frames.ALIVE:
                    return answer, text
        except TimeoutError:
            raise WorkerLost(f"a worker was silent for {SILENCE_S:.0f} s") from None
        except ConnectionError as error:
            raise WorkerLost(f"a worker is gone: {error}") from None

    async def _reply(self, expected: int) -> tuple[int, bytes]:
        try:
            number, kind, size = frames.REPLY.unpack(await self.reader.readexactly(frames.REPLY.size))
            if size > max(frames.MAX_RESPONSES, frames.MAX_REASONS) * 2 or number not in {expected, 0}:
                raise WorkerLost(f"a worker sent {size} bytes for request {number}, expected an answer to {expected}")
            return kind, await self.reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise WorkerLost("a worker is gone") from None


async def admitted(connection: Connection, source: bytes) -> bytes:
    """The lint's text, of any tier's worker. Raises WorkerLost."""
    kind, text = await connection.ask(frames.ADMIT, source, ())
    if kind == frames.LAST:
        return bytes([0, frames.TIMEOUT])
    if kind != frames.REASONS:
        raise WorkerLost(f"a worker gave a reply of kind {kind} to a lint")
    return text


@dataclass(slots=True, kw_only=True)
class JailedWorker:
    """A worker of the jail: a lean Python that forks a child for every batch."""

    process: subprocess.Popen[bytes]
    connection: Connection
    layers: tuple[Layer, ...] = ()
    python: str = ""

    @classmethod
    async def start(cls, settings: WorkerSettings) -> Self:
        """Raises SandboxError with what the interpreter said, where it does not start."""
        process, ours = _spawn(settings)
        reader, writer = await asyncio.open_connection(sock=ours)
        connection = Connection(reader=reader, writer=writer, cpu_s=settings.cpu_s, wall_s=settings.wall_s)
        worker = cls(process=process, connection=connection)
        try:
            worker.layers, worker.python = await connection.greeting()
        except (TimeoutError, WorkerLost):
            words = _last_words(process)
            await worker.end()
            raise SandboxError(f"a sandbox worker did not start with {settings.python}: {words}") from None
        except BaseException:
            await worker.end()
            raise
        if process.stderr is not None:
            process.stderr.close()  # the worker has closed its end
        return worker

    @property
    def pid(self) -> int:
        """See `Worker`."""
        return self.process.pid

    @property
    def answered(self) -> int:
        """See `Worker`."""
        return self.connection.answered

    @property
    def tier(self) -> Tier:
        """`strict` where the kernel's filter was found to be in force."""
        return "strict" if any(layer.name == "seccomp" and layer.held for layer in self.layers) else "degraded"

    async def run(self, source: bytes, responses: Sequence[bytes]) -> bytes:
        """See `Worker`."""
        kind, codes = await self.connection.ask(frames.RUN, source, responses)
        if kind != frames.CODES or len(codes) != len(responses):
            raise WorkerLost(f"a worker gave {len(codes)} answers to {len(responses)} responses")
        return codes

    async def admit(self, source: bytes) -> bytes:
        """See `Worker`."""
        return await admitted(self.connection, source)

    async def end(self) -> None:
        """Ends the worker at once; its child dies with it."""
        self.connection.writer.transport.abort()
        self.process.kill()
        self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()


def _spawn(settings: WorkerSettings) -> tuple["subprocess.Popen[bytes]", socket.socket]:
    ours, theirs = socket.socketpair()
    try:
        process = subprocess.Popen(  # noqa: S603  # this very interpreter
            [
                *(settings.python, "-I", "-S", "-B", "-W", "ignore", "-X", "utf8", "-c", _BOOT),
                *(str(PACKAGE.parent), str(PACKAGE), str(os.getpid())),
                *(",".join(settings.without), str(settings.memory_mb)),
            ],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={},
            cwd="/",
            close_fds=True,
            start_new_session=True,  # a Ctrl-C in the caller's terminal is the caller's to answer
        )
    except OSError as error:
        ours.close()
        raise SandboxError(f"a sandbox worker did not start with {settings.python}: {error}") from None
    finally:
        theirs.close()
    ours.setblocking(False)
    return process, ours


def _last_words(process: "subprocess.Popen[bytes]") -> str:
    """Ends a worker that never greeted and gives the end of what it printed."""
    process.kill()
    process.wait()
    if process.stderr is None:
        return "no reason given"
    with process.stderr as stream:
        lines = stream.read(8192).decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else f"it ended with status {process.returncode} and said nothing"


def interpreter() -> str:
    """The Python that workers run: this one."""
    return sys.executable or getattr(sys, "_base_executable", "") or "python3"
