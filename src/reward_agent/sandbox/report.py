"""Which tier runs the checks on this host, and what each layer was found to do.

A tier is a promise about the whole; a layer is one part of it, tried when the worker started and not assumed.
"""

from dataclasses import dataclass
from typing import Literal

Tier = Literal["strict", "wasm+strict", "wasm", "degraded", "remote"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One part of the jail: `held` says whether it is in force, `detail` how, or why not."""

    name: str
    held: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxReport:
    """`strict`: the kernel refuses whatever a checker does not need (seccomp in force). `wasm`: a checker runs in
    WebAssembly, in a process of its own; `wasm+strict`: with the kernel's filter around that. `degraded`: resource
    limits and a separate process only. `remote`: a server's own sandbox, of which nothing is known here."""

    tier: Tier
    platform: str
    python: str
    workers: int
    layers: tuple[Layer, ...] = ()

    @property
    def missing(self) -> tuple[Layer, ...]:
        """The layers that are not in force."""
        return tuple(layer for layer in self.layers if not layer.held)


# What each layer stops, and what it leaves to the others; shown by `reward-agent sandbox-check`.
STOPS = {
    "webassembly": "everything but computing, the clock and random bytes: a guest cannot make a system call",
    "separate process": "secrets in the environment, open files and memory of the caller; a checker's crash",
    "out of memory": "the kernel choosing the caller when memory runs out",
    "user": "root's powers; with them, getting around limits and file permissions",
    "capabilities": "single powers of root that a container left behind",
    "no new privileges": "set-user-id programs",
    "hidden memory": "other processes of the same user reading the worker",
    "landlock": "a second opinion on files, TCP, abstract sockets, signals",
    "no descriptors": "opening anything: files, sockets, pipes, memory files",
    "no processes": "fork and thread bombs",
    "seccomp": "every system call a checker does not need: paths, sockets, signals, ptrace, exec, fork, limits",
}
