"""A second opinion on files, TCP, abstract sockets and signals, where the kernel has Landlock (Linux 5.13 and later).

A rule set that handles everything the kernel knows and allows nothing: no path can be opened, executed, made or
removed, no TCP port bound or connected to, no signal sent out, no abstract socket reached. It holds for the worker
and all its children.

Does NOT promise: anything on its own. What a kernel's version does not know it does not stop (stat, chdir, chmod,
UDP), and it does nothing about processes, memory or time. seccomp is the layer that counts.
"""

import ctypes
import os

from reward_agent.sandbox.jail.kernel import syscall

_CREATE_RULESET, _RESTRICT_SELF = 444, 446  # the same numbers on every machine
_VERSION_FLAG = 1
_FILES = {1: 13, 2: 14, 3: 15, 5: 16}  # version: how many of the lowest bits of the file rights it knows
_TCP_BIND_AND_CONNECT = 0b11  # from version 4
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11  # from version 6


class _Rules(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


def version() -> int:
    """The kernel's Landlock version. Raises OSError where it has none, or where it is switched off or filtered."""
    return syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)


def close_everything() -> str:
    """Puts this process and its future children under the rule set; needs no_new_privs. Says what is covered.

    Raises OSError.
    """
    found = version()
    bits = _FILES[max(known for known in _FILES if known <= found)]
    rules = _Rules((1 << bits) - 1, _TCP_BIND_AND_CONNECT, _ABSTRACT_SOCKETS_AND_SIGNALS)
    size = 24 if found >= 6 else 16 if found >= 4 else 8  # an older kernel refuses fields it does not know
    ruleset = syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0)
    try:
        syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    covered = ["files"] + ["TCP"] * (found >= 4) + ["abstract sockets", "signals"] * (found >= 6)
    return f"version {found}: {', '.join(covered)}"
