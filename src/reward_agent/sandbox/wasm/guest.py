"""The program inside the component: compiles one checker, then answers one response a call.

Built by `build.py` together with `jail/answer.py`, `gate.py`, `frames.py` and `preload.py`; it is never imported by
the package itself. What it was when the component was built is what every fresh instance starts with.
"""

import json
import sys
import time
from types import ModuleType

from reward_agent.sandbox.jail import answer, gate, preload

_READY = 0  # no code of a response

_path = list(sys.path)
preload.load()
sys.path[:] = _path  # componentize-py still has modules to find; when it runs there is no file system at all


def _no_sleep(seconds: float) -> None:
    """A sleep is over at once, as in the jail; inside a call to the host it could not be interrupted."""
    float(seconds)


time.sleep = _no_sleep


class WitWorld:
    """What the host can call. Names are held in defaults: a checker that replaces them elsewhere changes nothing."""

    code: object = None

    def about(self) -> str:
        """Which Python this is."""
        return sys.version.split()[0]

    def load(self, source: str, *, read=json.loads, compiled=answer.compiled) -> int:  # type: ignore[no-untyped-def]
        """0, or the frame code that every response of this checker has."""
        WitWorld.code = compiled(read(source))
        return WitWorld.code if isinstance(WitWorld.code, int) else _READY

    def check(  # type: ignore[no-untyped-def]
        self, response: str, *, read=json.loads, one=answer.answer, modules=sys.modules, new=ModuleType
    ) -> int:
        """The frame code of one response."""
        module = modules[answer.MODULE] = new(answer.MODULE)
        return int(one(WitWorld.code, module, read(response)))

    def lint(self, source: str) -> str:
        """The reasons, one a line; in ASCII, since a reason may quote anything."""
        return gate.text(json.loads(source)).encode("ascii", "backslashreplace").decode("ascii")
