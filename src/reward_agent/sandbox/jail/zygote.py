"""The worker: a lean process that loads the modules once, then forks a child for every batch and watches it.

It never runs a checker and never looks into a text. It serves one request at a time from the socket that is its
standard input, and ends with its caller: when the socket closes, or when the caller's process is gone (a copy of the
socket in another child of the caller would keep it open).

A child has so much CPU time for each response, by its own CPU clock, so that a loaded machine makes no one late; the
wall clock is only a backstop.

Does NOT promise: to survive a bug of the kernel or of the interpreter's fork; the caller then starts another worker.
"""

import gc
import json
import os
import select
import signal
import sys
import time
from typing import NoReturn

from reward_agent.sandbox.jail import child, frames, landlock, limits, preload, privileges, probe, seccomp

# What --without takes, to find out what a layer is good for. A sandbox without seccomp is never "strict".
OPTIONAL = ("landlock", "seccomp", "user")

_HEARTBEAT_S = 1.0
_TIMEOUTS_A_BATCH = 2
_HANG_UP = select.POLLHUP | select.POLLERR | select.POLLNVAL


class Worker:
    """The serving half: reads requests, runs children, replies."""

    def __init__(self, caller: int, jail: "Jail", parent: int) -> None:
        self._caller = caller  # the descriptor of the socket
        self._jail = jail
        self._parent = parent
        self._parent_handle = _process_handle(parent)
        self._watch = select.poll()
        self._watch.register(caller, getattr(select, "POLLRDHUP", 0))
        if self._parent_handle is not None:
            self._watch.register(self._parent_handle, select.POLLIN)
        if os.getppid() != parent:
            os._exit(0)  # the caller was gone before the handle was open

    def serve(self) -> NoReturn:
        """Until the caller is gone."""
        header = memoryview(bytearray(frames.REQUEST.size))
        while True:
            self._read(header)
            number, kind, responses, cpu_ms, wall_ms, size = frames.REQUEST.unpack(header)
            if size > frames.MAX_BODY or responses > frames.MAX_RESPONSES:
                os._exit(3)  # our own caller does not send such a thing
            texts = bytearray(size)
            body = memoryview(texts)
            self._read(body)
            batch = Batch(self, body, frames.spans(body, responses), cpu_ms / 1000, wall_ms / 1000)
            if kind == frames.ADMIT:
                self._reply(number, frames.REASONS, batch.lint())
            else:
                self._reply(number, frames.CODES, batch.run())
            body[:] = bytes(size)  # the next child must not find these texts in its memory

    def greet(self, greeting: dict[str, object]) -> None:
        self._reply(0, frames.GREETING, json.dumps(greeting).encode())

    def fork(self, cpu_s: int) -> tuple[int, int]:
        """A child in the jail: (0, its end of the pipe) in the child, (its pid, our end) here."""
        ours, theirs = os.pipe()
        worker = os.getpid()
        pid = os.fork()
        if pid:
            os.close(theirs)
            os.set_blocking(ours, False)
            return pid, ours
        try:
            for descriptor in (ours, self._caller, self._parent_handle):
                if descriptor is not None:
                    os.close(descriptor)
            self._jail.shut(worker, cpu_s)
        except BaseException:  # noqa: BLE001  # whatever it is, a child half in the jail must not go on
            os._exit(child.ORPHANED)
        return 0, theirs

    def wait(self, pipe: int, seconds: float) -> bool:
        """Until the pipe has something, or the time is over; leaves with the caller. Whether the pipe is ready."""
        self._watch.register(pipe, select.POLLIN)
        ready = self._watch.poll(max(1, int(min(seconds, _HEARTBEAT_S) * 1000) + 1))
        self._watch.unregister(pipe)
        found = False
        for descriptor, _ in ready:
            if descriptor == pipe:
                found = True
            else:
                os._exit(0)  # children of ours die with us
        return found

    def alive(self) -> None:
        """Tells the caller that a long batch is being watched."""
        if os.getppid() != self._parent:
            os._exit(0)
        self._reply(0, frames.ALIVE, b"")

    def _read(self, into: memoryview) -> None:
        while into:
            if not self._wait_for_caller():
                continue
            read = os.readv(self._caller, [into])
            if read == 0:
                os._exit(0)
            into = into[read:]

    def _wait_for_caller(self) -> bool:
        if self._parent_handle is None:
            # No handle on the caller: look every few seconds whether it is still there.
            ready, _, _ = select.select([self._caller], [], [], 5.0)
            if os.getppid() != self._parent:
                os._exit(0)
            return bool(ready)
        ready, _, _ = select.select([self._caller, self._parent_handle], [], [])
        if self._parent_handle in ready:
            os._exit(0)
        return True

    def _reply(self, number: int, kind: int, body: bytes) -> None:
        reply = memoryview(frames.REPLY.pack(number, kind, len(body)) + body)
        try:
            while reply:
                reply = reply[os.write(self._caller, reply) :]
        except OSError:
            os._exit(0)  # the caller is gone


class Batch:
    """One checker and its responses, in as many children as it takes."""

    def __init__(
        self, worker: Worker, body: memoryview, spans: list[tuple[int, int]], cpu_s: float, wall_s: float
    ) -> None:
        self._worker = worker
        self._body = body
        self._spans = spans
        self._cpu_s = cpu_s
        self._wall_s = wall_s

    def run(self) -> bytes:
        """One code a response. A response that ends its child is followed by a fresh child; after two that ran out
        of time the rest is not run."""
        wanted = len(self._spans) - 1
        codes = bytearray()
        while len(codes) < wanted:
            if codes.count(frames.TIMEOUT) >= _TIMEOUTS_A_BATCH:
                return bytes(codes).ljust(wanted, bytes([frames.NOT_RUN]))
            codes += self._run_from(len(codes))
        return bytes(codes)

    def lint(self) -> bytes:
        """The lint's text; a first byte of 0 and a code where the child did not live to write one."""
        pid, pipe = self._worker.fork(int(self._cpu_s) + 2)
        if pid == 0:
            child.lint(self._body, self._spans[0], pipe)
        text, late = self._watch(pid, pipe, frames.MAX_REASONS, per_byte=False)
        ending = _reap(pid, pipe)
        if late or ending != 0 or len(text) > frames.MAX_REASONS:
            return bytes([0, frames.TIMEOUT if late else _code_of(ending)])
        return text

    def _run_from(self, first: int) -> bytes:
        """Codes for one or more of the responses from `first` on."""
        wanted = len(self._spans) - 1 - first
        # Only for a child that outlives its worker and the death signal; the worker's watch is the real limit.
        pid, pipe = self._worker.fork(int(self._cpu_s * wanted) + 5)
        if pid == 0:
            child.check_all(self._body, [self._spans[0], *self._spans[first + 1 :]], pipe)
        codes, late = self._watch(pid, pipe, wanted, per_byte=True)
        ending = _reap(pid, pipe)
        if len(codes) > wanted or not frames.CHILD_CODES.issuperset(codes):
            return bytes([frames.VIOLATION]) * wanted  # not our answers: none of them can be believed
        if len(codes) < wanted:
            return codes + bytes([frames.TIMEOUT if late else _code_of(ending)])
        if ending == 0:
            return codes
        if ending == -signal.SIGKILL and not late:
            return codes[:-1] + bytes([frames.CRASH])  # somebody else killed it as it was leaving
        return bytes([frames.VIOLATION]) * wanted  # it went on after its last answer

    def _watch(self, pid: int, pipe: int, wanted: int, *, per_byte: bool) -> tuple[bytes, bool]:
        """What the child wrote, at most one byte more than wanted, and whether its time was over first.

        The time starts anew with every byte seen: a worker that looks late gives more time and never less.
        """
        clock = _cpu_clock(pid)
        got = b""
        cpu, wall = _cpu_seconds(clock), time.monotonic()
        beat = wall
        while len(got) <= wanted:
            now = time.monotonic()
            left = min(self._cpu_s - (_cpu_seconds(clock) - cpu), self._wall_s - (now - wall))
            ready = self._worker.wait(pipe, max(left, 0.0))
            if ready:
                piece = os.read(pipe, wanted + 1 - len(got))
                if not piece:
                    return got, False
                got += piece
                if per_byte:
                    cpu, wall = _cpu_seconds(clock), time.monotonic()
            elif left <= 0:
                return got, True
            if now - beat >= _HEARTBEAT_S:
                self._worker.alive()
                beat = now
        return got, False


class Jail:
    """The layers of this worker, and what they turned out to do."""

    def __init__(self, without: frozenset[str], memory_mb: int) -> None:
        self.layers: list[tuple[str, bool, str]] = []
        self._filter: seccomp.Filter | None = None
        self._without = without
        self._memory_kb = memory_mb * 1024

    def shut(self, worker: int, cpu_s: int) -> None:
        child.shut(self._filter, worker=worker, memory_kb=self._memory_kb, cpu_s=cpu_s)

    def prepare(self) -> None:
        """Gives up what the worker itself does not need, then tries the rest on children."""
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
        self._prepare_filter(linux)
        found = probe.try_jail(self._filter, memory_kb=self._memory_kb)
        self.layers.append(("no descriptors", found.descriptors, "" if found.descriptors else found.why_not))
        held_by = "" if found.processes else "the kernel does not count root's processes; seccomp refuses fork"
        self.layers.append(("no processes", found.processes, held_by))
        if self._filter is not None:
            held = found.seccomp and probe.no_new_privileges()
            self.layers.append(("seccomp", held, "an allow-list of system calls" if held else found.why_not))
            if not held:
                self._filter = None

    def _prepare_filter(self, linux: bool) -> None:
        reason = "switched off" if "seccomp" in self._without else None
        if reason is None:
            reason = seccomp.available() if linux else f"{sys.platform} has no seccomp"
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


def main(parent: int, without: str, memory_mb: int) -> NoReturn:
    """Runs the worker on the socket that is standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller, which then closes the socket
    preload.load()
    os.environ.clear()  # Python itself puts a locale there
    caller = os.dup(0)
    os.set_blocking(caller, True)
    nowhere = os.open(os.devnull, os.O_RDWR)  # while files can still be opened
    jail = Jail(frozenset(without.split(",")) - {""}, memory_mb)
    jail.prepare()
    _silence(nowhere)
    preload.forget_own_tools()
    worker = Worker(caller, jail, parent)
    gc.collect()
    gc.disable()
    gc.freeze()
    worker.greet({"version": frames.VERSION, "python": sys.version.split()[0], "layers": jail.layers})
    worker.serve()


def _silence(nowhere: int) -> None:
    """Standard input, output and error lead nowhere from here on: a child inherits them."""
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _process_handle(pid: int) -> int | None:
    if hasattr(os, "pidfd_open"):
        try:
            return os.pidfd_open(pid)
        except OSError:
            return None
    return None


def _cpu_clock(pid: int) -> int | None:
    return (~pid << 3) | 2 if sys.platform == "linux" else None


def _cpu_seconds(clock: int | None) -> float:
    if clock is None:
        return time.monotonic()  # no such clock here: the wall clock has to do
    try:
        return time.clock_gettime(clock)
    except OSError:
        return 0.0  # the child is gone; the pipe says so as well


def _reap(pid: int, pipe: int) -> int:
    """Ends the child and says how it had ended: its status, or minus the signal.

    A child that closed its pipe is either leaving, and then the signal comes too late to change its status, or only
    pretends to.
    """
    os.close(pipe)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _code_of(ending: int) -> int:
    if ending == -signal.SIGSYS:
        return frames.VIOLATION
    return frames.TIMEOUT if ending == -signal.SIGXCPU else frames.CRASH
