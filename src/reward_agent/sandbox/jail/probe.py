"""What the layers do on this host, found out by trying: a layer counts as held when a process inside was refused.

A few short-lived children run our own code only, and make calls that must fail or must kill them.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import NamedTuple

from reward_agent.sandbox.jail import child, kernel
from reward_agent.sandbox.jail.seccomp import Filter

# Exit statuses: it ran, with bits for what was refused; or it could not.
_RAN, _BROKEN = 64, 99
_DESCRIPTORS, _PROCESSES, _FILES = 1, 2, 4


class Found(NamedTuple):
    """What was refused to a process in the jail."""

    descriptors: bool
    processes: bool
    seccomp: bool
    why_not: str = ""


def try_jail(seccomp: Filter | None, *, memory_kb: int) -> Found:
    """Tries the jail on a few children: the limits alone, then the filter on calls it refuses and on one it kills."""
    worker = os.getpid()

    def limited() -> int:
        child.shut(None, worker=worker, memory_kb=memory_kb, cpu_s=5)
        return _RAN | _DESCRIPTORS * _fails(lambda: os.close(os.dup(0))) | _PROCESSES * _fails(_fork)

    def refused() -> int:
        child.shut(seccomp, worker=worker, memory_kb=memory_kb, cpu_s=5)
        os.write(1, b"")  # what must go on working
        return _RAN | _FILES * _fails(lambda: os.stat("/"))  # noqa: PTH116  # one system call, as plainly as can be

    def killed() -> int:
        child.shut(seccomp, worker=worker, memory_kb=memory_kb, cpu_s=5)
        os.setsid()  # allowed to anyone, and not on the list
        return _RAN

    limits, why_no_limits = _ending(limited)
    ran = _RAN <= limits < _BROKEN
    found = Found(
        descriptors=ran and bool(limits & _DESCRIPTORS),
        processes=ran and bool(limits & _PROCESSES),
        seccomp=False,
        why_not=why_no_limits,
    )
    if seccomp is None:
        return found
    files, why_not = _ending(refused)
    ending, _ = _ending(killed)
    if files == _RAN | _FILES and ending == -signal.SIGSYS:
        return found._replace(seccomp=True)
    return found._replace(why_not=why_not or f"forbidden calls ended with {files} and {ending}")


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
            os.write(write, str(getattr(error, "strerror", None) or error).encode()[:200])
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
