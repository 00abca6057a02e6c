"""The child: shuts itself into the jail, then runs one checker on its responses, one byte an answer.

Fresh globals for every response, so that a checker cannot remember the last one in a variable.

Does NOT promise: that a checker leaves its own process alone. It can poison modules and builtins, and so its own later
answers of the same batch; it can write bytes of its choosing to the pipe, which only forges its own verdicts.
"""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from reward_agent.sandbox.jail import answer, frames, gate, kernel, limits
from reward_agent.sandbox.jail.seccomp import Filter

# Exit statuses of a child whose worker was gone before it could notice, and of one whose own code failed.
ORPHANED, BROKEN = 75, 70

_BYTES = {code: bytes([code]) for code in frames.CHILD_CODES}


def shut(seccomp: Filter | None, *, worker: int, memory_kb: int, cpu_s: int) -> None:
    """The jail, in the order in which each step still works. Raises OSError or ValueError."""
    if sys.platform == "linux":
        # The signal comes when the worker dies; a fork forgets it, so it is asked for here, and then checked.
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != worker:
        os._exit(ORPHANED)
    limits.limit_child(memory_kb=memory_kb, cpu_s=cpu_s)
    if seccomp is not None:
        seccomp.install()


def check_all(body: memoryview, spans: Sequence[tuple[int, int]], pipe: int) -> NoReturn:
    """Runs the checker (the first span) on every response (the others) and ends the process."""
    # Held in locals: a checker that replaces them in their modules changes nothing here.
    write, leave, answers, one, modules, new = os.write, os._exit, _BYTES, answer.answer, sys.modules, ModuleType
    name, text = answer.MODULE, _text
    try:
        code = answer.compiled(_text(body, spans[0]))
        gc.enable()
        for span in spans[1:]:
            if isinstance(code, int):
                write(pipe, answers[code])
                continue
            module = modules[name] = new(name)
            write(pipe, answers[one(code, module, text(body, span))])
        leave(0)
    finally:
        leave(BROKEN)  # no exception may climb into the worker's code, of which this process is a copy


def lint(body: memoryview, span: tuple[int, int], pipe: int) -> NoReturn:
    """Writes the lint's reasons, one a line, and ends the process. Nothing of the source is run."""
    try:
        text = gate.text(_text(body, span))
        os.write(pipe, text.encode("utf-8", "backslashreplace")[: frames.MAX_REASONS])
        os._exit(0)
    finally:
        os._exit(BROKEN)


def _text(body: memoryview, span: tuple[int, int]) -> str:
    return str(body[span[0] : span[1]], "utf-8", "surrogatepass")
