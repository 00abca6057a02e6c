"""One checker and its responses, in as many children as it takes: watching them, ending them, saying how they ended.

A child writes one byte a response; range and number are checked here, and everything else is said from how it ended.

Does NOT promise: to the last millisecond. A worker that looks late gives a child more time and never less.
"""

import os
import signal
import sys
import time
from typing import Protocol

from reward_agent.sandbox.jail import child, frames

HEARTBEAT_S = 1.0
_TIMEOUTS_A_BATCH = 2


class Host(Protocol):
    """What a batch needs of the worker that it runs in."""

    def fork(self, cpu_s: int) -> tuple[int, int]:
        """A child in the jail: (0, its end of the pipe) in the child, (its pid, our end) here."""

    def wait(self, pipe: int, seconds: float) -> bool:
        """Until the pipe has something, or the time is over; leaves with the caller. Whether the pipe is ready."""

    def alive(self) -> None:
        """Tells the caller that a long batch is being watched."""


class Batch:
    """One checker and its responses, in as many children as it takes."""

    def __init__(
        self, worker: Host, body: memoryview, spans: list[tuple[int, int]], cpu_s: float, wall_s: float
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
            if now - beat >= HEARTBEAT_S:
                self._worker.alive()
                beat = now
        return got, False


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
