"""Workers that are Ray actors, on this machine or on a cluster (extra `ray`).

    async with open_ray(settings, open_agent, address=None) as agent: ...      # a Ray of this run's own
    async with open_ray(settings, open_agent, address="auto") as agent: ...    # the cluster this machine belongs to

One actor a CPU, or one for each set of GPUs that the preference models ask for, as far as the cluster goes. Every
machine needs the same version of this package, what the settings name (an index, a model folder, PYTHONPATH) under the
same path, and the environment variables with the keys: they are not sent, since Ray shows what it is sent.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from reward_agent.config import Settings
from reward_agent.config.prefer import LocalPrefer
from reward_agent.engines.pool import LostWorkerError, Pool, open_pool
from reward_agent.engines.worker import Opened, Opener, Taken, Worker
from reward_agent.errors import ConfigError

PATIENCE_S = 20.0
REACHED_S = 10.0
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one worker asks of the cluster."""

    cpus: int = 1
    gpus: int = 0

    def workers(self, *, cpus: float, gpus: float) -> int:
        """How many of them there is room for, at least one."""
        room = min(cpus // self.cpus, gpus // self.gpus) if self.gpus else cpus // self.cpus
        return max(1, int(room))


def demand_of(settings: Settings, *, gpus: float) -> Demand:
    """What the preference models of the settings ask for on a cluster that has `gpus`: a GPU for each device named; one
    for a model that names none, where there are any, since such a model takes a GPU if it sees one."""
    asked = 0
    for model in settings.prefer:
        if isinstance(model, LocalPrefer):
            named = {device for device in model.devices if device.startswith("cuda")}
            asked = max(asked, len(named), int(not model.devices and gpus > 0))
    return Demand(gpus=asked)


@asynccontextmanager
async def open_ray(
    settings: Settings,
    opener: Callable[..., Any],
    *,
    address: str | None = None,
    workers: int | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> AsyncIterator[Pool]:
    """The agent that `opener(settings, eager=True, say=...)` opens, in every worker of a cluster; in place of one here.

    `address`: as `ray.init` takes it; without one a Ray is started on this machine for this run. `workers`: how many;
    as many as there is room for by default. Raises ConfigError where Ray is missing or cannot be reached, the cluster
    lacks what a worker asks for, or the settings cannot be used there.
    """
    _check_shared(settings, address)
    with _started(address, workers) as ray:
        resources = ray.cluster_resources()
        cpus, gpus = resources.get("CPU", 0.0), resources.get("GPU", 0.0)
        demand = demand_of(settings, gpus=gpus)
        if demand.gpus > gpus or demand.cpus > cpus:
            raise ConfigError(
                f"a worker asks for {demand.cpus} CPU and {demand.gpus} GPU, and the whole Ray cluster has {cpus:g} "
                f"and {gpus:g}: add machines, or name other prefer.devices"
            )
        count = workers or demand.workers(cpus=cpus, gpus=gpus)
        say(f"ray: {count} workers of {demand.cpus} CPU and {demand.gpus} GPU each")
        hire = partial(
            _Actor.hired, ray, partial(opener, settings, eager=True), demand, concurrency=settings.run.concurrency
        )
        least = 2 * settings.run.concurrency  # as many wait as are judged
        patience = asyncio.create_task(_impatient(say))
        try:
            async with open_pool(hire, workers=count, least=least, say=say) as pool:
                patience.cancel()
                yield pool
        finally:
            patience.cancel()


class _Actor:
    """A `Remote` that is a Ray actor."""

    def __init__(self, ray: Any, handle: Any) -> None:
        self._ray = ray
        self._handle = handle

    @classmethod
    def hired(cls, ray: Any, opener: Opener, demand: Demand, *, concurrency: int) -> "_Actor":
        # no restarts: the pool hires another, and knows what the lost one held
        actor = ray.remote(num_cpus=demand.cpus, num_gpus=demand.gpus, max_restarts=0)(RayWorker)
        return cls(ray, actor.remote(opener, concurrency=concurrency, folder=str(Path.cwd())))

    async def open(self) -> Opened:
        opened: Opened = await self._told(self._handle.open.remote())
        return opened

    async def give(self, samples: Sequence[bytes]) -> None:
        await self._told(self._handle.give.remote(list(samples)))

    async def take(self) -> Taken:
        taken: Taken = await self._told(self._handle.take.remote())
        return taken

    async def close(self) -> None:
        try:
            await self._told(self._handle.close.remote())
        finally:
            self._ray.kill(self._handle)

    async def _told(self, reply: Any) -> Any:
        try:
            return await reply
        except self._ray.exceptions.RayActorError as error:
            raise LostWorkerError(str(error).strip().splitlines()[0][:200]) from error


class RayWorker(Worker):
    """A `Worker` in its actor."""

    def __init__(self, opener: Opener, *, concurrency: int, folder: str) -> None:
        super().__init__(opener, concurrency=concurrency)
        with contextlib.suppress(OSError):  # another machine may not have it; paths in settings are then absolute
            os.chdir(folder)


@contextlib.contextmanager
def _started(address: str | None, workers: int | None) -> Iterator[Any]:
    """Ray, connected; what this call has started or connected is ended with it."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise ConfigError("--engine ray needs Ray: pip install 'reward-agent[ray]'") from error
    if ray.is_initialized():
        yield ray
        return
    options: dict[str, Any] = {"address": address or "local", "log_to_driver": False, "logging_level": "ERROR"}
    if address is None:
        options |= {"include_dashboard": False, "num_cpus": max(workers or 1, os.cpu_count() or 1)}
    try:
        if address is not None:
            _check_reachable(address)
        ray.init(**options)
    except (ConnectionError, ValueError, RuntimeError, OSError) as error:
        if address is None:
            raise ConfigError(f"Ray cannot be started on this machine ({error}); use --engine local") from error
        raise ConfigError(
            f"there is no Ray cluster at {address!r} ({error}); --ray-address is HOST:6379 of its head node, or auto "
            "on a machine of the cluster"
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _check_reachable(address: str) -> None:
    """Raises OSError or ValueError where nobody listens, which Ray itself takes minutes to find out."""
    if "://" in address:
        raise ValueError("the Ray client's protocol will not do: this process has to be part of the cluster")
    host, colon, port = address.rpartition(":")
    if colon:
        socket.create_connection((host.strip("[]"), int(port)), timeout=REACHED_S).close()


def _check_shared(settings: Settings, address: str | None) -> None:
    if address is not None and settings.record.file is not None and settings.record.mode == "record":
        raise ConfigError(
            "--record writes one file on this machine, which the workers of a cluster cannot: record with --engine "
            "local, or without --ray-address"
        )


async def _impatient(say: Callable[[str], None]) -> None:
    """Says why nothing happens."""
    await asyncio.sleep(PATIENCE_S)
    say("ray: no worker is open yet: it loads its models, or the cluster has no room at the moment (`ray status`)")
