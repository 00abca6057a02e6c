"""Runs the service until it is told to stop, and then stops in order.

The first SIGTERM or Ctrl-C: readiness goes false at once, for `drain_s` requests are still taken, then no more; work
under way has `stop_s` to end, and what has not ended is answered 503. A second one ends it now.
"""

import asyncio
import gc
import ipaddress
import os
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from reward_agent.config import Settings
from reward_agent.config.prefer import ModelPrefer
from reward_agent.errors import ConfigError
from reward_agent.service.app import create_service
from reward_agent.service.judges import open_judges
from reward_agent.service.reception import Phase, Reception

Say = Callable[[str], None]
LEAST_TOKEN = 16


async def serve(settings: Settings, *, host: str, port: int, workers: int, say: Say) -> None:
    """Serves until a signal. Raises ConfigError where it cannot: no token for a host that others reach, a port that is
    taken, an agent that cannot be opened."""
    tokens = tokens_from(os.environ.get(settings.serve.token_env, ""), settings.serve.token_env, host)
    with _bound(host, port) as listening:
        async with open_judges(settings, workers=workers, say=say) as judges:
            service = create_service(judges, settings.serve, tokens=tokens)
            _say_where(listening, settings, judges.capacity, workers, say)
            config = uvicorn.Config(
                service.door,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=int(settings.serve.stop_s) + 5,
            )
            server = DrainingServer(config, service.reception, say)
            gc.collect()
            gc.freeze()  # what is loaded by now stays: looking through it again would hold the loop for 50 ms
            await server.serve(sockets=[listening])
            say("stopped")


class DrainingServer(uvicorn.Server):
    """A server that takes its time to stop."""

    def __init__(self, config: uvicorn.Config, reception: Reception, say: Say) -> None:
        super().__init__(config)
        self._reception = reception
        self._say = say
        self._loop = asyncio.get_running_loop()
        self._told = 0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by the signal's handler."""
        self._told += 1
        if self._told == 1:
            self._loop.call_soon_threadsafe(self.drain)
        else:
            self._loop.call_soon_threadsafe(self._reception.stop)
            self.should_exit = self.force_exit = True

    def drain(self) -> None:
        """Begins to stop."""
        settings = self._reception.settings
        self._reception.phase = Phase.DRAINING
        self._say(f"stopping: {self._reception.pending} samples in progress")
        self._loop.call_later(settings.drain_s, self._close)

    def _close(self) -> None:
        self._reception.close()
        self.should_exit = True
        self._loop.call_later(self._reception.settings.stop_s, self._reception.stop)


def tokens_from(text: str, variable: str, host: str) -> tuple[str, ...]:
    """The tokens in the variable's text. Raises ConfigError where there is none and others can reach the host, or one
    is too short to keep anybody out."""
    tokens = tuple(text.replace(",", " ").split())
    if not tokens and not _is_loopback(host):
        raise ConfigError(
            f"--host {host} can be reached by others, so clients need a token: `export {variable}=$(openssl rand -hex "
            "24)` here, and `Authorization: Bearer ...` there; or take --host 127.0.0.1"
        )
    if any(len(token) < LEAST_TOKEN for token in tokens):
        raise ConfigError(f"a token in {variable} has fewer than {LEAST_TOKEN} characters: `openssl rand -hex 24`")
    return tokens


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises ConfigError."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port} ({error.strerror or error}); choose another --port"
        ) from None


def _say_where(listening: socket.socket, settings: Settings, capacity: int, workers: int, say: Say) -> None:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    for model in settings.prefer:
        if isinstance(model, ModelPrefer) and model.mode == "pair":
            say(
                f"note: the preference model {model.name!r} compares answers, so it fails on single ones; trainers "
                'that send one answer at a time need `mode = "point"`'
            )
    say(f"serving on http://{shown}:{port} (/docs, /dashboard); {workers} workers, {capacity} samples at once")
