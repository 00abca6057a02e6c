"""What the worker gives up for good before it serves: root, capabilities, and the way back to either.

It happens after all imports, since an interpreter installed in a private home cannot be read by anybody else.

Does NOT promise: anything where the worker was not root to begin with: it then keeps the caller's user, and files of
that user are protected by seccomp and Landlock alone.
"""

import ctypes
import os

from reward_agent.sandbox.jail import kernel

NOBODY = 65534
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION = 0x20080522


def leave_root() -> str:
    """Becomes nobody, without groups. Raises OSError where the worker is root and may not."""
    if os.getuid() != 0 and os.geteuid() != 0:
        return f"user {os.getuid()}, not root"
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)  # from root this sets the real, effective and saved user: there is no way back
    try:
        os.setuid(0)
    except OSError:
        pass
    else:
        raise OSError(0, "root came back")
    return f"from root to user {NOBODY}"


def drop_capabilities() -> None:
    """Empties the capability sets. Raises OSError."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    kernel.syscall(_CAPSET[kernel.MACHINE], header, (ctypes.c_uint32 * 6)())


def forbid_new_privileges() -> None:
    """No program started from here gains anything (no set-uid). seccomp and Landlock ask for it. Raises OSError."""
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def hide_memory() -> None:
    """No other process of the same user may read or trace this one; no core dump. Raises OSError."""
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


def volunteer_for_the_oom_killer() -> str:
    """When the machine runs out of memory, the kernel ends this process and its children before the caller."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123  # no pathlib here
            file.write("1000")
    except OSError as error:
        return f"not set: {error.strerror}"
    return "the kernel ends workers before the caller"
