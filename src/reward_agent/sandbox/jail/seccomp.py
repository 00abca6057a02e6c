"""The system calls a child may make: an allow-list in the kernel, installed once and for good.

Stops: files by path, sockets of every family, signals, ptrace, exec, fork and threads, namespaces, limits, mounts,
io_uring, bpf, executable memory. A call that no checker needs ends the child at once (SIGSYS, outcome "violation");
one that the standard library may try innocently fails with an error instead. Sleeping returns at once.

Does NOT promise: anything about the calls that remain. A bug of the kernel in mmap, futex, write or exit is reachable,
as are side channels (time, caches). It cannot see through pointers and does not limit memory or time.
"""

import ctypes
import errno
import os
from collections.abc import Sequence

from reward_agent.sandbox.jail.kernel import LIBC, MACHINE

# seccomp_data: nr at 0, arch at 4, then six 64-bit arguments from 16 (both machines are little-endian).
_NR, _ARCH, _ARGUMENTS = 0, 4, 16
_LOAD, _JEQ, _JGE, _JSET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, ERRNO, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_X32_BIT = 0x40000000
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2

# name: (x86-64, aarch64); None where the machine has no such call. From asm/unistd_64.h and asm-generic/unistd.h.
NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "brk": (12, 214),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "rt_sigreturn": (15, 139),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "sched_yield": (24, 124),
    "restart_syscall": (219, 128),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "futex": (202, 98),
    "clock_gettime": (228, 113),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "open": (2, None),
    "openat": (257, 56),
    "openat2": (437, 437),
    "stat": (4, None),
    "lstat": (6, None),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getcwd": (79, 17),
    "getdents": (78, None),
    "getdents64": (217, 61),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "lseek": (8, 62),
    "ioctl": (16, 29),
    "fcntl": (72, 25),
    "clone3": (435, 435),
    "clone": (56, 220),
    "fork": (57, None),
    "vfork": (58, None),
    "tgkill": (234, 131),
    "tkill": (200, 130),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "sigaltstack": (131, 132),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "sched_getaffinity": (204, 123),
    "membarrier": (324, 283),
    "clock_getres": (229, 114),
    "getrusage": (98, 165),
    "times": (100, 153),
    "getcpu": (309, 168),
}

ALLOWED = (
    "write",
    "munmap",
    "brk",
    "mremap",
    "exit_group",
    "read",
    "close",
    "exit",
    "rt_sigreturn",
    "gettimeofday",
    "time",
    "getrandom",
    "getpid",
    "gettid",
    "sched_yield",
    "restart_syscall",
)

# Calls that fail with an error, since the standard library may try them. 0 is success: a sleep that is over at once,
# so that a checker that naps gives its verdict, and one that sleeps for ever runs into its CPU limit.
REFUSED: dict[str, int] = {
    "nanosleep": 0,
    "clock_nanosleep": 0,
    **dict.fromkeys(("open", "openat", "openat2", "stat", "lstat", "fstat", "newfstatat", "statx"), errno.EACCES),
    **dict.fromkeys(("access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd"), errno.EACCES),
    **dict.fromkeys(("getdents", "getdents64", "statfs", "fstatfs"), errno.EACCES),
    "lseek": errno.ESPIPE,
    "ioctl": errno.ENOTTY,
    "fcntl": errno.EPERM,
    "clone3": errno.ENOSYS,  # so that the C library falls back to clone, whose flags a filter could read
    **dict.fromkeys(("clone", "fork", "vfork"), errno.EPERM),
    # abort() raises a signal first; refused, it ends in an illegal instruction, which is a crash and no violation.
    **dict.fromkeys(("tgkill", "tkill", "rt_sigaction", "rt_sigprocmask", "sigaltstack"), errno.EPERM),
    **dict.fromkeys(("getppid", "getuid", "geteuid", "getgid", "getegid"), errno.EPERM),
    **dict.fromkeys(("uname", "sysinfo", "sched_getaffinity", "membarrier"), errno.EPERM),
    **dict.fromkeys(("clock_getres", "getrusage", "times", "getcpu"), errno.EPERM),
}

_PROT_EXEC = 4
_FUTEX_WAKE, _FUTEX_PRIVATE = 1, 128
# MADV_DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE: what memory allocators use. Others could poison or merge pages.
_ADVICE = (4, 8, 14, 15)
_LAST_PLAIN_CLOCK = 15  # above it lie the CPU clocks of other processes and clocks behind file descriptors

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


def available() -> str | None:
    """Why there is no filter for this machine, or None."""
    if MACHINE not in AUDIT_ARCH:
        return f"there is no system call table for {MACHINE!r}, only for {' and '.join(AUDIT_ARCH)}"
    if ctypes.sizeof(ctypes.c_void_p) != 8:
        return "this Python is a 32-bit program; the filter is for 64-bit ones"
    return None


def program(machine: str, more: Sequence[str] = ()) -> list[Instruction]:
    """The filter for a machine: foreign architectures and the x32 interface die first, then the lists. `more`: calls
    that are allowed besides, with any arguments."""
    column = 0 if machine == "x86_64" else 1
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_JEQ, 1, 0, AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, KILL_PROCESS),
        (_LOAD, 0, 0, _NR),
    ]
    if machine == "x86_64":
        code += [(_JGE, 0, 1, _X32_BIT), (_RETURN, 0, 0, KILL_PROCESS)]
    for name in (*ALLOWED, *more):
        code += _when(NUMBERS[name][column], [(_RETURN, 0, 0, ALLOW)])
    for name, check in _CHECKED.items():
        code += _when(NUMBERS[name][column], check)
    for name, error in REFUSED.items():
        code += _when(NUMBERS[name][column], [(_RETURN, 0, 0, ERRNO | error)])
    return [*code, (_RETURN, 0, 0, KILL_PROCESS)]


def _when(number: int | None, then: list[Instruction]) -> list[Instruction]:
    """`then` for that call; it must end in a return, because it overwrites the loaded number."""
    return [] if number is None else [(_JEQ, 0, len(then), number), *then]


def _no_bits(argument: int, bits: int) -> list[Instruction]:
    load = (_LOAD, 0, 0, _ARGUMENTS + 8 * argument)
    return [load, (_JSET, 0, 1, bits), (_RETURN, 0, 0, ERRNO | errno.EPERM), (_RETURN, 0, 0, ALLOW)]


def _one_of(argument: int, values: tuple[int, ...], otherwise: int) -> list[Instruction]:
    jumps = [(_JEQ, len(values) - i, 0, value) for i, value in enumerate(values)]
    load = (_LOAD, 0, 0, _ARGUMENTS + 8 * argument)
    return [load, *jumps, (_RETURN, 0, 0, otherwise), (_RETURN, 0, 0, ALLOW)]


def _at_most(argument: int, value: int) -> list[Instruction]:
    load = (_LOAD, 0, 0, _ARGUMENTS + 8 * argument)
    return [load, (_JGE, 0, 1, value + 1), (_RETURN, 0, 0, ERRNO | errno.EINVAL), (_RETURN, 0, 0, ALLOW)]


# The kernel reads only the lower half of these arguments, so the upper half needs no check.
_CHECKED: dict[str, list[Instruction]] = {
    "mmap": _no_bits(2, _PROT_EXEC),
    "mprotect": _no_bits(2, _PROT_EXEC),
    "madvise": _one_of(2, _ADVICE, ERRNO | errno.EINVAL),
    # A process of one thread that waits on a futex waits for ever: it has locked itself out.
    "futex": _one_of(1, (_FUTEX_WAKE, _FUTEX_WAKE | _FUTEX_PRIVATE), KILL_PROCESS),
    "clock_gettime": _at_most(0, _LAST_PLAIN_CLOCK),
}


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


class Filter:
    """The assembled filter, made once in the worker so that a child only has to install it."""

    def __init__(self, code: list[Instruction] | None = None) -> None:
        code = code or program(MACHINE)
        self._code = (_Instruction * len(code))(*(_Instruction(*step) for step in code))
        self._program = _Program(len(code), ctypes.cast(self._code, ctypes.POINTER(_Instruction)))
        self._arguments = (
            ctypes.c_int(_PR_SET_SECCOMP),
            ctypes.c_ulong(_MODE_FILTER),
            ctypes.byref(self._program),
            ctypes.c_ulong(0),
            ctypes.c_ulong(0),
        )

    def install(self) -> None:
        """Puts this process under the filter; needs no_new_privs. Raises OSError."""
        if LIBC.prctl(*self._arguments) != 0:
            raise OSError(ctypes.get_errno(), f"prctl(PR_SET_SECCOMP): {os.strerror(ctypes.get_errno())}")
