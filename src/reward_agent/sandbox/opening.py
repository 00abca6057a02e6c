"""Opens a sandbox: the best tier the host has, and never less than what is required.

    async with open_sandbox(require="strict") as sandbox:
        outcomes = await sandbox.run(source, responses)

`auto` takes the kernel's jail where it can be strict, then WebAssembly where the extra `wasm` is installed, then
resource limits alone if `require` is "degraded". `wasm` takes WebAssembly anywhere; on Linux the jail's filter lies
around it, so that it may count as strict as well.
"""

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from reward_agent.errors import ConfigError
from reward_agent.sandbox.pool import JailedSandbox
from reward_agent.sandbox.report import Tier
from reward_agent.sandbox.wasm import cache
from reward_agent.sandbox.wasm.process import WasmWorker
from reward_agent.sandbox.worker import JailedWorker, Worker, WorkerSettings, interpreter

Requirement = Literal["strict", "wasm", "degraded"]
Choice = Literal["auto", "wasm"]

_MEETS: dict[Requirement, frozenset[Tier]] = {
    "strict": frozenset({"strict", "wasm+strict"}),
    "wasm": frozenset({"strict", "wasm+strict", "wasm"}),
    "degraded": frozenset({"strict", "wasm+strict", "wasm", "degraded"}),
}


@asynccontextmanager
async def open_sandbox(
    *,
    require: Requirement = "strict",
    tier: Choice = "auto",
    workers: int | None = None,
    cpu_s: float = 1.0,
    wall_s: float = 10.0,
    memory_mb: int = 512,
    renew_after: int = 20_000,
    in_flight: int = 1024,
    without: Sequence[str] = (),
    cache_folder: Path | None = None,
) -> AsyncIterator[JailedSandbox]:
    """A sandbox with its workers started.

    `require`: the least tier to accept; the best the host has is used. `tier`: "wasm" takes WebAssembly even where the
    kernel's jail would do. `workers`: one a core by default. `cpu_s` and `wall_s`: for one response, the second as a
    backstop. `memory_mb`: what a child may use beyond what it starts with. `renew_after`: batches until a worker is
    replaced. `in_flight`: calls served at once; more wait their turn. `without`: layers to leave off ("landlock",
    "seccomp", "user"), to find out what they are good for. `cache_folder`: where the WebAssembly component is kept.

    Raises ConfigError where the host cannot give what is required, with what is missing.
    """
    settings = WorkerSettings(
        python=interpreter(), memory_mb=memory_mb, cpu_s=cpu_s, wall_s=wall_s, without=tuple(without)
    )
    start = await _choose(settings, require, tier, cache_folder)
    sandbox = JailedSandbox(start, workers=workers or _cores(), renew_after=renew_after, in_flight=in_flight)
    try:
        await sandbox.open()
        yield sandbox
    finally:
        await sandbox.close()


Starter = Callable[[], Awaitable[Worker]]


async def _choose(settings: WorkerSettings, require: Requirement, tier: Choice, folder: Path | None) -> Starter:
    """How workers are started, so that every one of them, also a later one, gives what is required."""
    if tier == "wasm":
        return _wasm(settings, require, await cache.component(folder))
    if sys.platform == "win32":
        why = "Windows has neither seccomp nor the limits of a jail"
    else:
        first = await JailedWorker.start(settings)
        wasm_instead = require != "strict" and "seccomp" not in settings.without and cache.missing() is None
        if first.tier == "strict" or not wasm_instead:
            return _jailed(settings, require, first)
        await first.end()
        why = _why_no_filter(first)
    if require != "strict" and cache.missing() is None:
        return _wasm(settings, require, await cache.component(folder))
    raise ConfigError(_cannot_be(require, why))


def _jailed(settings: WorkerSettings, require: Requirement, first: Worker) -> Starter:
    ready = [first]

    async def start() -> Worker:
        return await _checked(ready.pop() if ready else await JailedWorker.start(settings), require)

    return start


def _wasm(settings: WorkerSettings, require: Requirement, component: Path) -> Starter:
    async def start() -> Worker:
        return await _checked(await WasmWorker.start(settings, component), require)

    return start


async def _checked(worker: Worker, require: Requirement) -> Worker:
    """The worker, unless it does not give what is required."""
    if worker.tier in _MEETS[require]:
        return worker
    await worker.end()
    raise ConfigError(_cannot_be(require, _why_no_filter(worker)))


def _why_no_filter(worker: Worker) -> str:
    return next((layer.detail for layer in worker.layers if layer.name == "seccomp"), "it could not be tried")


def _cannot_be(require: Requirement, why: str) -> str:
    wasm = cache.missing()
    without_kernel = (
        "sandbox.require = 'wasm' takes WebAssembly instead"
        if wasm is None
        else f"sandbox.require = 'wasm' with the extra takes WebAssembly instead ({wasm})"
    )
    return (
        f"sandbox.require = {require!r} cannot be had on this host: the seccomp filter is not in force ({why}). "
        "Generated checkers are not run. Use Linux on x86-64 or aarch64 in a container whose profile allows "
        f"seccomp(2); {without_kernel}; or accept resource limits alone with sandbox.require = 'degraded'"
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
