"""The worker process of the wasm tier: reads requests from standard input, answers on standard output.

One thread runs the guests; the main thread watches the clocks, says every second that the worker is alive, and ends
the process when a guest is inside a call to the host and does not stop, or when the caller is gone. On Linux both
threads also put themselves under seccomp and Landlock, once everything is loaded.

Does NOT promise: a CPU clock on its own thread; the clock is the whole process's, which does little else.
"""

import json
import os
import threading
import time
from pathlib import Path
from typing import NoReturn

from wasmtime import Store

from reward_agent.sandbox.jail import frames
from reward_agent.sandbox.wasm.engine import THREAD_STACK_BYTES, Batch, Guests
from reward_agent.sandbox.wasm.walls import Walls

_TICK_S = 0.01
_HEARTBEAT_S = 1.0
_GRACE_S = 0.5  # from telling a guest to stop until the process is ended


class Watch:
    """The clocks of the response that is being answered."""

    def __init__(self, guests: Guests) -> None:
        self._guests = guests
        self._lock = threading.Lock()
        self._running = False
        self._cpu = self._wall = self._stopped_at = 0.0
        self.cpu_s = self.wall_s = 1.0

    def begin(self, store: Store) -> None:
        """See `engine.Watcher`."""
        with self._lock:
            store.set_epoch_deadline(1)
            self._running, self._stopped_at = True, 0.0
            self._cpu, self._wall = time.process_time(), time.monotonic()

    def end(self) -> bool:
        """See `engine.Watcher`."""
        with self._lock:
            self._running = False
            return self._stopped_at > 0

    def look(self) -> bool:
        """Tells a guest that is late to stop. Whether it was told and does not."""
        with self._lock:
            if not self._running:
                return False
            now = time.monotonic()
            if self._stopped_at:
                return now - self._stopped_at > _GRACE_S
            if time.process_time() - self._cpu > self.cpu_s or now - self._wall > self.wall_s:
                self._stopped_at = now
                self._guests.engine.increment_epoch()
            return False


class Worker:
    """Serves one request at a time."""

    def __init__(self, guests: Guests, parent: int, source: int, sink: int) -> None:
        self._guests = guests
        self._watch = Watch(guests)
        self._parent = parent
        self._source, self._sink = source, sink
        self._writing = threading.Lock()
        self._number = 0
        self._codes = bytearray()
        self._busy = threading.Event()

    def serve(self) -> NoReturn:
        """Until the caller is gone. For the thread with the large stack."""
        try:
            while True:
                self._request()
        finally:
            os._exit(1)  # a bug here must not leave a worker that never answers

    def watch(self) -> NoReturn:
        """Beside it, in the main thread."""
        beat = time.monotonic()
        while True:
            self._busy.wait(_HEARTBEAT_S)
            time.sleep(_TICK_S)
            if os.name == "posix" and os.getppid() != self._parent:
                os._exit(0)
            with self._writing:
                codes = bytes(self._codes)
                if self._watch.look():  # after the codes were read: it is the response after them that does not stop
                    self._write(frames.LAST, codes + bytes([frames.TIMEOUT]))
                    os._exit(0)
                now = time.monotonic()
                if self._busy.is_set() and now - beat >= _HEARTBEAT_S:
                    beat = now
                    self._write(frames.ALIVE, b"")

    def greet(self, greeting: dict[str, object]) -> None:
        with self._writing:
            self._write(frames.GREETING, json.dumps(greeting).encode())

    def _request(self) -> None:
        header = self._read(frames.REQUEST.size)
        number, kind, responses, cpu_ms, wall_ms, size = frames.REQUEST.unpack(header)
        if size > frames.MAX_BODY or responses > frames.MAX_RESPONSES:
            os._exit(3)  # our own caller does not send such a thing
        body = memoryview(self._read(size))
        texts = [str(body[a:b], "utf-8", "surrogatepass") for a, b in frames.spans(body, responses)]
        self._watch.cpu_s, self._watch.wall_s = cpu_ms / 1000, wall_ms / 1000
        with self._writing:
            self._number, self._codes = number, bytearray()
        batch = Batch(self._guests, self._watch, texts[0], self._codes)
        self._busy.set()
        if kind == frames.ADMIT:
            reply, found = frames.REASONS, batch.lint()
        else:
            batch.run(texts[1:])
            reply, found = frames.CODES, bytes(self._codes)
        with self._writing:
            self._busy.clear()
            self._write(reply, found)

    def _read(self, size: int) -> bytes:
        got = bytearray()
        while len(got) < size:
            piece = os.read(self._source, min(size - len(got), 2**20))
            if not piece:
                os._exit(0)
            got += piece
        return bytes(got)

    def _write(self, kind: int, body: bytes) -> None:
        reply = memoryview(frames.REPLY.pack(self._number, kind, len(body)) + body)
        try:
            while reply:
                reply = reply[os.write(self._sink, reply) :]
        except OSError:
            os._exit(0)  # the caller is gone


def main(parent: int, file: str, memory_mb: int, without: str) -> NoReturn:
    """Runs the worker on standard input and output."""
    source, sink = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nowhere, descriptor)
    guests = Guests(Path(file), memory_mb * 2**20)
    python = guests.about()
    guests.fresh()  # a second one, so that nothing is left to be made on first use
    walls = Walls(frozenset(without.split(",")) - {""})
    worker = Worker(guests, parent, source, sink)
    shut = threading.Event()

    def serve() -> None:
        walls.shut_thread()
        shut.set()
        worker.serve()

    threading.stack_size(THREAD_STACK_BYTES)
    threading.Thread(target=serve, daemon=True).start()
    shut.wait()
    os.dup2(nowhere, 2)
    os.close(nowhere)
    walls.limit()
    walls.shut_thread()
    worker.greet({"version": frames.VERSION, "python": python, "layers": walls.layers()})
    worker.watch()
