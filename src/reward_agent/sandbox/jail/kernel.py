"""`prctl` and `syscall` through ctypes: Python has no other door to seccomp, Landlock and capabilities."""

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39

MACHINE = os.uname().machine


def prctl(option: int, argument: int = 0) -> int:
    """Raises OSError with the kernel's reason."""
    result: int = LIBC.prctl(option, ctypes.c_ulong(argument), 0, 0, 0)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}): {os.strerror(ctypes.get_errno())}")
    return result


def syscall(number: int, *arguments: object) -> int:
    """A system call by number; whole numbers go as 64-bit words. Raises OSError with the kernel's reason."""
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    result: int = LIBC.syscall(ctypes.c_long(number), *words)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"syscall {number}: {os.strerror(ctypes.get_errno())}")
    return result
