"""What the layers do on this host, found out by trying: a layer counts as held when a process inside was refused.

Two short-lived children run our own code only: one makes calls that must fail, the other one that must kill it.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import NamedTuple

from reward_agent.sandbox.jail import child, kernel
from reward_agent.sandbox.jail.seccomp import Filter

_NOTHING_HELD, _BROKEN = 64, 99
_DESCRIPTORS, _PROCESSES, _FILES = 1, 2, 4  # bits of the first child's exit status


class Found(NamedTuple):
    """What was refused to a process in the jail."""

    descriptors: bool
    processes: bool
    seccomp: bool
    why_not: str = ""


def try_jail(seccomp: Filter | None, *, memory_kb: int) -> Found:
    """Tries the jail on two children."""
    worker = os.getpid()

    def refused() -> int:
        child.shut(None, worker=worker, memory_kb=memory_kb, cpu_s=5)
        held = _DESCRIPTORS * _fails(lambda: os.close(os.dup(0))) + _PROCESSES * _fails(_fork)
        if seccomp is None:
            return _NOTHING_HELD | held
        seccomp.install()
        os.write(1, b"")  # what must go on working
        return _NOTHING_HELD | held | _FILES * _fails(lambda: os.stat("/"))  # noqa: PTH116  # one system call, as plainly as can be

    def killed() -> int:
        child.shut(seccomp, worker=worker, memory_kb=memory_kb, cpu_s=5)
        os.setsid()  # allowed to anyone, and not on the list
        return 0

    first, reason = _ending(refused)
    if first < 0 or not first & _NOTHING_HELD or first == _BROKEN:
        return Found(descriptors=False, processes=False, seccomp=False, why_not=reason or f"status {first}")
    second, reason = _ending(killed) if seccomp is not None else (0, "")
    return Found(
        descriptors=bool(first & _DESCRIPTORS),
        processes=bool(first & _PROCESSES),
        seccomp=bool(first & _FILES) and second == -signal.SIGSYS,
        why_not="" if second == -signal.SIGSYS else reason or f"a forbidden call ended with status {second}",
    )


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
    os.wait()


def _fails(action: Callable[[], object]) -> bool:
    try:
        action()
    except OSError:
        return True
    return False


def _ending(action: Callable[[], int]) -> tuple[int, str]:
    """The exit status of a child that runs `action` (negative: the signal), and the text of an OSError in it."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(action())
        except (OSError, ValueError) as error:
            os.write(write, str(error).encode()[:200])
            os._exit(_BROKEN)
        finally:
            os._exit(_BROKEN)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        reason = pipe.read(200).decode(errors="replace")
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), reason


def no_new_privileges() -> bool:
    """Whether the kernel says so."""
    return sys.platform == "linux" and kernel.prctl(kernel.PR_GET_NO_NEW_PRIVS) == 1
