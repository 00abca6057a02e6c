"""One batch inside WebAssembly: a fresh instance, which is a fresh Python, for one checker and its responses.

The instance's memory is bounded by the store, its time by the engine's epoch: whoever watches (`worker.Watch`) raises
it, and the guest's next loop or call ends in a trap. The instance gets no folder, no environment, no network and no
standard streams; the clock and random bytes are all it has of the host.

Does NOT promise: that a guest inside a call to the host (a sleep) can be stopped. The worker's process is then ended.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from wasmtime import Config, Engine, Store, WasiConfig, WasmtimeError
from wasmtime.component import Component, Linker

from reward_agent.sandbox.jail import frames

if TYPE_CHECKING:
    from wasmtime.component import Func

STACK_BYTES = 2 * 2**20  # of the guest; the engine takes no more
THREAD_STACK_BYTES = 8 * STACK_BYTES
_TABLE_ELEMENTS = 200_000
_TIMEOUTS_A_BATCH = 2


class Watcher(Protocol):
    """Ends a guest that takes too long."""

    def begin(self, store: Store) -> None:
        """The clocks start; the store's deadline is the next epoch."""

    def end(self) -> bool:
        """The clocks stop. Whether the guest was told to stop."""


def new_engine() -> Engine:
    """The engine that builds and runs the component; both must have the same settings."""
    config = Config()
    config.epoch_interruption = True
    config.max_wasm_stack = STACK_BYTES
    return Engine(config)


class Guests:
    """Makes instances of the component."""

    def __init__(self, file: Path, memory_bytes: int) -> None:
        self.engine = new_engine()
        self._component = Component.deserialize_file(self.engine, str(file))
        self._memory_bytes = memory_bytes
        self._linker = Linker(self.engine)
        self._linker.add_wasip2()

    def about(self) -> str:
        """The guest's Python. Also brings into being what later instances share."""
        guest = self.fresh()
        guest.store.set_epoch_deadline(1)
        return str(guest.call("about"))

    def fresh(self) -> "Guest":
        store = Store(self.engine)
        store.set_wasi(WasiConfig())
        store.set_limits(memory_size=self._memory_bytes, table_elements=_TABLE_ELEMENTS)
        store.set_epoch_deadline(1)
        return Guest(store, self._linker, self._component)


class Guest:
    """One instance. After a trap it is of no more use."""

    def __init__(self, store: Store, linker: Linker, component: Component) -> None:
        self.store = store
        self._instance = linker.instantiate(store, component)
        self._functions: dict[str, Func] = {}

    def call(self, name: str, text: str | None = None) -> object:
        """Raises WasmtimeError where the guest traps."""
        function = self._functions.get(name) or self._instance.get_func(self.store, name)
        assert function is not None
        self._functions[name] = function
        return function(self.store) if text is None else function(self.store, text)


class Batch:
    """One checker and its responses, in as many instances as it takes."""

    def __init__(self, guests: Guests, watcher: Watcher, source: str, codes: bytearray) -> None:
        self._guests = guests
        self._watcher = watcher
        self._source = sent(source)
        self._guest: Guest | None = None  # has loaded the checker and not trapped since
        self.codes = codes  # so far; also read by whoever ends a guest that does not stop

    def run(self, responses: Sequence[str]) -> None:
        """Appends one code a response. A response that ends its guest is followed by a fresh one; after two that ran
        out of time the rest is not run."""
        for response in responses:
            late = self.codes.count(frames.TIMEOUT) >= _TIMEOUTS_A_BATCH
            check = partial(self._check, sent(response))
            self.codes.append(frames.NOT_RUN if late else self._watched(check))

    def lint(self) -> bytes:
        """The lint's text; a first byte of 0 and a code where the guest did not live to say it."""
        said = bytearray()

        def ask(guest: Guest) -> int:
            said.extend(str(guest.call("lint", self._source)).encode()[: frames.MAX_REASONS])
            return frames.TRUE

        code = self._watched(ask)
        return bytes(said) if code == frames.TRUE else bytes([0, code])

    def _check(self, response: str, guest: Guest) -> int:
        if guest is not self._guest:
            loaded = guest.call("load", self._source)
            if loaded != 0:
                return _code(loaded)
            self._guest = guest
        return _code(guest.call("check", response))

    def _watched(self, use: Callable[[Guest], int]) -> int:
        guest = self._guest or self._guests.fresh()
        self._watcher.begin(guest.store)
        try:
            code = use(guest)
        except WasmtimeError:  # a trap, or an exit
            self._guest = None
            return frames.TIMEOUT if self._watcher.end() else frames.CRASH
        self._watcher.end()
        return code


def sent(text: str) -> str:
    """A text as the guest takes it: marked, and as ASCII JSON where it has lone surrogates, which a component's strings
    cannot hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "J" + json.dumps(text)
    return "T" + text


def _code(value: object) -> int:
    return value if isinstance(value, int) and value in frames.CHILD_CODES else frames.VIOLATION
