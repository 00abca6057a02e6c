"""The second wall around WebAssembly: on Linux the worker's threads are also under the jail's seccomp and Landlock.

A guest cannot make a system call; this is for the day on which it gets out of the engine. The filter allows a little
more than a child of the jail has: what the two threads and the engine need once everything is loaded.

Does NOT promise: a limit on address space, which the engine reserves by the gigabyte; the store limits memory. On other
systems than Linux there is no second wall.
"""

import os
import sys

LayerFound = tuple[str, bool, str]

# Beside what a child may do: waiting for a lock, and the engine's signal handling.
_MORE = ("futex", "rt_sigprocmask", "sigaltstack", "rt_sigaction", "clock_nanosleep", "getppid")


class Walls:
    """Before the threads: privileges. In each thread: the filter."""

    def __init__(self, without: frozenset[str]) -> None:
        self._jail = None
        self._why_not: list[str] = []
        if sys.platform != "linux":
            self._why_not.append(f"{sys.platform} has no seccomp")
            return
        from reward_agent.sandbox.jail.layers import Jail

        self._jail = Jail(without, 0)
        self._jail.give_up()
        reason = self._jail.why_no_filter()
        if reason is not None:
            self._why_not.append(reason)

    def limit(self) -> None:
        """No new descriptor, process or thread from here on, for the whole process."""
        if self._jail is not None:
            from reward_agent.sandbox.jail import limits

            limits.limit_guest_worker()

    def shut_thread(self) -> None:
        """Puts the calling thread under the filter, and tries it."""
        if self._why_not:
            return
        from reward_agent.sandbox.jail.kernel import MACHINE
        from reward_agent.sandbox.jail.seccomp import Filter, program

        try:
            Filter(program(MACHINE, _MORE)).install()
        except OSError as error:
            self._why_not.append(str(error.strerror or error))
            return
        try:
            os.stat("/")  # noqa: PTH116  # one system call, as plainly as can be
        except PermissionError:
            return
        self._why_not.append("a forbidden call went through")

    def layers(self) -> list[LayerFound]:
        """What was found, once both threads are shut."""
        found: list[LayerFound] = list(self._jail.layers) if self._jail is not None else []
        if self._why_not:
            return [*found, ("seccomp", False, self._why_not[0])]
        return [*found, ("seccomp", True, "around the engine")]
