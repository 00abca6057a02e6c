"""The layers of one worker: what it gives up, what its children are shut in with, and what each turned out to do."""

import sys

from reward_agent.sandbox.jail import child, landlock, limits, privileges, probe, seccomp

# What `without` takes, to find out what a layer is good for. A sandbox without seccomp is never "strict".
OPTIONAL = ("landlock", "seccomp", "user")


class Jail:
    """The layers of this worker, and what they turned out to do."""

    def __init__(self, without: frozenset[str], memory_mb: int) -> None:
        self.layers: list[tuple[str, bool, str]] = []
        self._filter: seccomp.Filter | None = None
        self._without = without
        self._memory_kb = memory_mb * 1024

    def shut(self, worker: int, cpu_s: int) -> None:
        child.shut(self._filter, worker=worker, memory_kb=self._memory_kb, cpu_s=cpu_s)

    def give_up(self) -> None:
        """Gives up for good what the worker itself does not need."""
        linux = sys.platform == "linux"
        if linux:
            self._note("out of memory", privileges.volunteer_for_the_oom_killer)
        limits.limit_worker()
        self._memory_kb += limits.shared_memory_kb()
        self._note("user", privileges.leave_root if "user" not in self._without else None)
        if linux:
            self._note("capabilities", privileges.drop_capabilities)
            self._note("no new privileges", privileges.forbid_new_privileges)
            self._note("hidden memory", privileges.hide_memory)
            self._note("landlock", landlock.close_everything if "landlock" not in self._without else None)

    def try_on_children(self) -> None:
        """Prepares what a child shuts itself in with, and tries it on a few."""
        self._prepare_filter()
        found = probe.try_jail(self._filter, memory_kb=self._memory_kb)
        self.layers.append(("no descriptors", found.descriptors, "" if found.descriptors else found.why_not))
        held_by = "" if found.processes else "the kernel does not count root's processes; seccomp refuses fork"
        self.layers.append(("no processes", found.processes, held_by))
        if self._filter is not None:
            held = found.seccomp and probe.no_new_privileges()
            self.layers.append(("seccomp", held, "an allow-list of system calls" if held else found.why_not))
            if not held:
                self._filter = None

    def why_no_filter(self) -> str | None:
        """Why there can be no filter, or None."""
        if "seccomp" in self._without:
            return "switched off"
        return seccomp.available() if sys.platform == "linux" else f"{sys.platform} has no seccomp"

    def _prepare_filter(self) -> None:
        reason = self.why_no_filter()
        if reason is None:
            self._filter = seccomp.Filter()
        else:
            self.layers.append(("seccomp", False, reason))

    def _note(self, name: str, step: object) -> None:
        if not callable(step):
            self.layers.append((name, False, "switched off"))
            return
        try:
            said = step()
        except OSError as error:
            self.layers.append((name, False, str(error.strerror or error)))
        else:
            self.layers.append((name, True, said if isinstance(said, str) else ""))
