"""The program inside the component: compiles one checker, then answers one response a call.

Built by `build.py` together with `jail/answer.py`, `gate.py`, `frames.py` and `preload.py`; it is never imported by
the package itself. What it was when the component was built is what every fresh instance starts with.
"""

import io
import json
import sys
import time
from types import ModuleType
from typing import TYPE_CHECKING, SupportsIndex

from reward_agent.sandbox.jail import answer, gate, preload

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_READY = 0  # no code of a response

_path = list(sys.path)
preload.load()
sys.path[:] = _path  # componentize-py still has modules to find; when it runs there is no file system at all


def _no_sleep(seconds: float | SupportsIndex, /) -> None:
    """A sleep is over at once, as in the jail; inside a call to the host it could not be interrupted."""
    float(seconds)


class _Nowhere(io.RawIOBase):
    """Takes what is printed. A call to the host for each line would cost time, and the host has no use for it."""

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        return len(memoryview(data).cast("B"))


time.sleep = _no_sleep
sys.stdout = sys.__stdout__ = io.TextIOWrapper(io.BufferedWriter(_Nowhere()), encoding="utf-8")  # type: ignore[misc]
sys.stderr = sys.__stderr__ = io.TextIOWrapper(  # type: ignore[misc]
    io.BufferedWriter(_Nowhere()), encoding="utf-8", errors="backslashreplace"
)
sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")  # type: ignore[misc]


def _read(text: str, *, read=json.loads) -> str:  # type: ignore[no-untyped-def]
    """A text as `engine.sent` sends it."""
    return read(text[1:]) if text[0] == "J" else text[1:]


class WitWorld:
    """What the host can call. Names are held in defaults: a checker that replaces them elsewhere changes nothing."""

    code: object = None

    def about(self) -> str:
        """Which Python this is."""
        return sys.version.split()[0]

    def load(self, source: str, *, read=_read, compiled=answer.compiled) -> int:  # type: ignore[no-untyped-def]
        """0, or the frame code that every response of this checker has."""
        WitWorld.code = compiled(read(source))
        return WitWorld.code if isinstance(WitWorld.code, int) else _READY

    def check(  # type: ignore[no-untyped-def]
        self, response: str, *, read=_read, one=answer.answer, modules=sys.modules, new=ModuleType
    ) -> int:
        """The frame code of one response."""
        module = modules[answer.MODULE] = new(answer.MODULE)
        return int(one(WitWorld.code, module, read(response)))

    def lint(self, source: str) -> str:
        """The reasons, one a line; in ASCII, since a reason may quote anything."""
        return gate.text(_read(source)).encode("ascii", "backslashreplace").decode("ascii")
