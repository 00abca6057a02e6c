"""Resource limits of a child, which it cannot raise again.

No new file descriptor of any kind (0, not "few": closing one does not make room), no process or thread, no byte into
a regular file, no core dump, a bound on memory and, should the worker be gone, on CPU time.

Does NOT promise: that paths cannot be removed, renamed or linked (those need no descriptor), nor that a process
cannot be signalled; that is seccomp's work. The kernel does not count processes against root. macOS rejects or
ignores the memory limit.
"""

import resource


def shared_memory_kb() -> int:
    """The address space this process has already, in KiB, to which a child's own memory comes."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # no pathlib here
            pages = int(file.read().split()[0])
    except OSError:
        return 256 * 1024  # no /proc: a generous guess, so that the limit is late and never early
    return pages * resource.getpagesize() // 1024


def limit_worker() -> None:
    """What holds for the worker as well: no core dump, no byte into a regular file, no locked memory."""
    for name in ("CORE", "FSIZE", "MEMLOCK", "MSGQUEUE", "RTPRIO"):
        _set(name, 0)


def limit_child(*, memory_kb: int, cpu_s: int) -> None:
    """The rest, in the child; `cpu_s` is for its whole life. Raises OSError or ValueError where one is refused."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_kb * 1024, memory_kb * 1024))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def limit_guest_worker() -> None:
    """What holds for a worker of the wasm tier once its threads run: no descriptor, process or thread more."""
    _set("NPROC", 0)
    _set("NOFILE", 0)


def _set(name: str, value: int) -> None:
    limit = getattr(resource, f"RLIMIT_{name}", None)  # not every system has every limit
    if limit is not None:
        resource.setrlimit(limit, (value, value))
