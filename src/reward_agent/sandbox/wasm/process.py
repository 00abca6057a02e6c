"""The caller's end of a worker of the wasm tier: starts it, asks it, and starts it again when it had to end itself.

Two pipes and nothing that only one system has, so that it can work on macOS and Windows, where nobody has tried it.
"""

import asyncio
import contextlib
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from reward_agent.sandbox.jail import frames
from reward_agent.sandbox.report import Layer, Tier
from reward_agent.sandbox.worker import PACKAGE, Connection, SandboxError, WorkerLost, WorkerSettings, admitted

_TIMEOUTS_A_BATCH = 2
_ATTEMPTS = 2  # at a response whose process dies: somebody else may have killed it

# As in the jail's worker: the packages' own __init__ files are not run. Of site-packages only this worker's own code
# takes anything, and that is wasmtime.
_BOOT = """
import sys, types
for name, place in zip(("reward_agent", "reward_agent.sandbox"), sys.argv[1:3]):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [place]
sys.path.append(sys.argv[3])
from reward_agent.sandbox.wasm.worker import main
main(int(sys.argv[4]), sys.argv[5], int(sys.argv[6]), sys.argv[7])
"""


@dataclass(slots=True, kw_only=True)
class WasmWorker:
    """A worker that runs every batch in a fresh WebAssembly instance of Python."""

    settings: WorkerSettings
    component: Path
    process: asyncio.subprocess.Process
    connection: Connection
    layers: tuple[Layer, ...] = ()
    python: str = ""

    @classmethod
    async def start(cls, settings: WorkerSettings, component: Path) -> Self:
        """Raises SandboxError with what the interpreter said, where it does not start."""
        process, connection = await _spawn(settings, component)
        worker = cls(settings=settings, component=component, process=process, connection=connection)
        try:
            layers, worker.python = await connection.greeting()
        except (TimeoutError, WorkerLost):
            words = await _last_words(process)
            await worker.end()
            raise SandboxError(f"a sandbox worker did not start with {settings.python}: {words}") from None
        except BaseException:
            await worker.end()
            raise
        worker.layers = (Layer(name="webassembly", held=True, detail="CPython in wasmtime"), *layers)
        return worker

    @property
    def pid(self) -> int:
        """See `Worker`; another one after a guest that had to be ended with its process."""
        return self.process.pid

    @property
    def answered(self) -> int:
        """See `Worker`."""
        return self.connection.answered

    @property
    def tier(self) -> Tier:
        """`wasm+strict` where the kernel's filter was found to be in force around the engine."""
        return "wasm+strict" if any(layer.name == "seccomp" and layer.held for layer in self.layers) else "wasm"

    async def run(self, source: bytes, responses: Sequence[bytes]) -> bytes:
        """See `Worker`. A response that ends the whole process is found by running them one at a time: a crash."""
        try:
            return await self._run(source, responses)
        except WorkerLost:
            await self._start_again()
        codes = b""
        for response in responses:
            late = codes.count(frames.TIMEOUT) >= _TIMEOUTS_A_BATCH
            codes += bytes([frames.NOT_RUN]) if late else await self._run_alone(source, response)
        return codes

    async def _run_alone(self, source: bytes, response: bytes) -> bytes:
        for _ in range(_ATTEMPTS):
            try:
                return await self._run(source, [response])
            except WorkerLost:
                await self._start_again()
        return bytes([frames.CRASH])

    async def _run(self, source: bytes, responses: Sequence[bytes]) -> bytes:
        codes = b""
        while len(codes) < len(responses):
            if codes.count(frames.TIMEOUT) >= _TIMEOUTS_A_BATCH:
                return codes.ljust(len(responses), bytes([frames.NOT_RUN]))
            kind, found = await self.connection.ask(frames.RUN, source, responses[len(codes) :])
            codes += found
            if kind == frames.LAST:
                await self._start_again()
            elif kind != frames.CODES or len(codes) != len(responses):
                break
        if len(codes) != len(responses):
            raise WorkerLost(f"a worker gave {len(codes)} answers to {len(responses)} responses")
        return codes

    async def admit(self, source: bytes) -> bytes:
        """See `Worker`."""
        return await admitted(self.connection, source)

    async def end(self) -> None:
        """See `Worker`."""
        _kill(self.process)
        self.connection.writer.close()
        await self.process.wait()

    async def _start_again(self) -> None:
        await self.end()
        fresh = await type(self).start(self.settings, self.component)
        fresh.connection.answered = self.answered
        self.process, self.connection = fresh.process, fresh.connection


async def _spawn(settings: WorkerSettings, component: Path) -> tuple[asyncio.subprocess.Process, Connection]:
    found = importlib.util.find_spec("wasmtime")
    if found is None or found.origin is None:
        raise SandboxError("wasmtime is not installed: pip install 'reward-agent[wasm]'")
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}  # Windows' Python needs it
    try:
        process = await asyncio.create_subprocess_exec(
            *(settings.python, "-I", "-S", "-B", "-W", "ignore", "-X", "utf8", "-c", _BOOT),
            *(str(PACKAGE.parent), str(PACKAGE), str(Path(found.origin).parent.parent)),
            *(str(os.getpid()), str(component), str(settings.memory_mb), ",".join(settings.without)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=kept if sys.platform == "win32" else {},
            cwd=None if sys.platform == "win32" else "/",
            start_new_session=sys.platform != "win32",
        )
    except OSError as error:
        raise SandboxError(f"a sandbox worker did not start with {settings.python}: {error}") from None
    assert process.stdin is not None
    assert process.stdout is not None
    connection = Connection(reader=process.stdout, writer=process.stdin, cpu_s=settings.cpu_s, wall_s=settings.wall_s)
    return process, connection


async def _last_words(process: asyncio.subprocess.Process) -> str:
    """Ends a worker that never greeted and gives the end of what it printed."""
    _kill(process)
    assert process.stderr is not None
    lines = (await process.stderr.read(8192)).decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else f"it ended with status {await process.wait()} and said nothing"


def _kill(process: asyncio.subprocess.Process) -> None:
    """Process.kill would first look whether the process has ended, and so take its status from whoever waits for it."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
