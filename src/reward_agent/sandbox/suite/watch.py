"""Looks at a sandbox from outside: what did a hostile checker touch, reach or leave behind?

A folder of canary files that anybody may change, listeners on every kind of socket, the list of processes. Nothing
here asks the sandbox itself. Linux only (it reads /proc).
"""

import contextlib
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

_MARK = "REWARD_AGENT_CANARY"


class Watch:
    """Canaries and listeners; `disturbances` says what has happened to them since it was last asked."""

    def __init__(self, folder: Path) -> None:
        self.secret = secrets.token_hex(16)
        self._folder = folder
        self._abstract = f"reward-agent-{secrets.token_hex(8)}"
        self._listeners: dict[str, socket.socket] = {}
        folder.chmod(0o777)  # so that a canary lives because of the jail and not of its file mode
        canary = folder / "secret"
        canary.write_text(self.secret)
        canary.chmod(0o666)
        self._listen()
        self._before = self._state()

    def places(self, worker: int) -> dict[str, str]:
        """What a hostile checker is told, so that it need not guess."""
        return {
            "CANARY": str(self._folder),
            "SECRET": self.secret,
            "TCP": str(self._listeners["TCP"].getsockname()[1]),
            "UDP": str(self._listeners["UDP"].getsockname()[1]),
            "ABSTRACT": self._abstract,
            "CALLER": str(os.getpid()),
            "WORKER": str(worker),
        }

    def disturbances(self, worker: int) -> list[str]:
        """What is not as it was."""
        found = [f"{name} was reached" for name, listener in self._listeners.items() if _was_reached(listener)]
        state = self._state()
        names = {name for name, _ in state.items() ^ self._before.items()}
        found += [f"{name} was changed" for name in sorted(names)]
        self._before = state
        return found + [f"process {pid} was left behind" for pid in leftovers(worker)]

    def close(self) -> None:
        for listener in self._listeners.values():
            listener.close()

    def _listen(self) -> None:
        wanted: dict[str, tuple[int, int, str | tuple[str, int]]] = {
            "TCP": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "UDP": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "the socket file": (socket.AF_UNIX, socket.SOCK_STREAM, str(self._folder / "socket")),
            "the abstract socket": (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self._abstract}"),
            "the abstract datagram socket": (socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{self._abstract}d"),
        }
        for name, (family, kind, address) in wanted.items():
            listener = self._listeners[name] = socket.socket(family, kind)
            listener.bind(address)
            if kind == socket.SOCK_STREAM:
                listener.listen(8)
            listener.setblocking(False)
        (self._folder / "socket").chmod(0o777)
        with contextlib.suppress(OSError):  # a host without IPv6, or with the port in use there
            six = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
            self._listeners["TCP over IPv6"] = six
            six.bind(("::1", self._listeners["TCP"].getsockname()[1]))
            six.listen(8)
            six.setblocking(False)

    def _state(self) -> dict[str, tuple[object, ...]]:
        """Every file of the folder with what can be changed about it."""
        state: dict[str, tuple[object, ...]] = {}
        for path in [self._folder, *sorted(self._folder.iterdir())]:
            s = path.lstat()
            content = path.read_bytes() if path.name == "secret" else b""
            state[path.name] = (s.st_mode, s.st_uid, s.st_gid, s.st_size, s.st_mtime_ns, s.st_nlink, content)
        return state


@contextlib.contextmanager
def watching() -> Iterator[Watch]:
    """A watch over a fresh folder, and a secret in this process's environment."""
    folder = Path(tempfile.mkdtemp(prefix="reward-agent-canary-"))
    watch = Watch(folder)
    os.environ[_MARK] = watch.secret
    try:
        yield watch
    finally:
        os.environ.pop(_MARK, None)
        watch.close()
        shutil.rmtree(folder, ignore_errors=True)


def leftovers(worker: int) -> list[int]:
    """Processes that descend from a worker, or belong to its session."""
    parents: dict[int, int] = {}
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it is gone
        pid = int(entry.name)
        parents[pid] = int(fields[1])
        if int(fields[3]) == worker and pid != worker:
            found.add(pid)
    for pid in parents:
        ancestor = parents[pid]
        while ancestor > 1 and ancestor != worker:
            ancestor = parents.get(ancestor, 0)
        if ancestor == worker:
            found.add(pid)
    return sorted(found)


def _was_reached(listener: socket.socket) -> bool:
    try:
        if listener.type == socket.SOCK_STREAM:
            listener.accept()[0].close()
        else:
            listener.recv(1)
    except BlockingIOError:
        return False
    return True
