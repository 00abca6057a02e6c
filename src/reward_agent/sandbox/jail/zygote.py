"""The worker: a lean process that loads the modules once, then forks a child for every batch and watches it.

It never runs a checker and never looks into a text. It serves one request at a time from the socket that is its
standard input, and ends with its caller: when the socket closes, or when the caller's process is gone (a copy of the
socket in another child of the caller would keep it open).

A child has so much CPU time for each response, by its own CPU clock, so that a loaded machine makes no one late; the
wall clock is only a backstop (`batch.py`).

Does NOT promise: to survive a bug of the kernel or of the interpreter's fork; the caller then starts another worker.
"""

import gc
import json
import os
import select
import signal
import sys
from typing import NoReturn

from reward_agent.sandbox.jail import child, frames, preload
from reward_agent.sandbox.jail.batch import HEARTBEAT_S, Batch
from reward_agent.sandbox.jail.layers import Jail


class Worker:
    """The serving half: reads requests, runs children, replies."""

    def __init__(self, caller: int, jail: Jail, parent: int) -> None:
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
        ready = self._watch.poll(max(1, int(min(seconds, HEARTBEAT_S) * 1000) + 1))
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


def main(parent: int, without: str, memory_mb: int) -> NoReturn:
    """Runs the worker on the socket that is standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller, which then closes the socket
    preload.load()
    preload.shut_door()
    os.environ.clear()  # Python itself puts a locale there
    caller = os.dup(0)
    os.set_blocking(caller, True)
    nowhere = os.open(os.devnull, os.O_RDWR)  # while files can still be opened
    jail = Jail(frozenset(without.split(",")) - {""}, memory_mb)
    jail.give_up()
    jail.try_on_children()
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
