"""A real Redis server of the test's own, on a free port of loopback, with its files in a temporary folder."""

import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(slots=True, kw_only=True)
class RedisServer:
    """A server that can be stopped and started again on the same port."""

    folder: Path
    port: int
    options: Sequence[str] = ()
    scheme: str = "redis"
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        port = ["--port", "0", "--tls-port"] if self.scheme == "rediss" else ["--port"]
        command = ["redis-server", *port, str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"]
        command += ["--dir", str(self.folder), *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if b"Ready to accept connections" in line:
                return
        pytest.fail(f"the Redis server did not start: {self.process.wait()}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


@contextmanager
def running(folder: Path, *options: str, scheme: str = "redis") -> Iterator[RedisServer]:
    """Skips the test where the server's program or its client is missing."""
    pytest.importorskip("redis", reason="needs pip install 'reward-agent[redis]'")
    if shutil.which("redis-server") is None:
        pytest.skip("needs the program redis-server: apt-get install redis-server")
    server = RedisServer(folder=folder, port=free_port(), options=options, scheme=scheme)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
