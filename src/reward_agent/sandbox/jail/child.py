"""The child: shuts itself into the jail, then runs one checker on its responses, one byte an answer.

Fresh globals for every response, so that a checker cannot remember the last one in a variable. `True` and `False`
count by identity: no method of the returned object is called.

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

from reward_agent.sandbox.jail import frames, gate, kernel, limits
from reward_agent.sandbox.jail.seccomp import Filter

MODULE = "checker"
FUNCTION = gate.FUNCTION
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
    write, leave, answers, one, modules, new = os.write, os._exit, _BYTES, _answer, sys.modules, ModuleType
    try:
        code = _compiled(body, spans[0])
        gc.enable()
        for start, end in spans[1:]:
            if isinstance(code, int):
                write(pipe, answers[code])
                continue
            module = modules[MODULE] = new(MODULE)
            write(pipe, answers[one(code, module.__dict__, str(body[start:end], "utf-8", "surrogatepass"))])
        leave(0)
    finally:
        leave(BROKEN)  # no exception may climb into the worker's code, of which this process is a copy


def lint(body: memoryview, span: tuple[int, int], pipe: int) -> NoReturn:
    """Writes the lint's reasons, one a line, and ends the process. Nothing of the source is run."""
    try:
        source = str(body[span[0] : span[1]], "utf-8", "surrogatepass")
        text = "\n".join(" ".join(reason.split()) for reason in gate.reasons(source))
        os.write(pipe, text.encode("utf-8", "backslashreplace")[: frames.MAX_REASONS])
        os._exit(0)
    finally:
        os._exit(BROKEN)


def _compiled(body: memoryview, span: tuple[int, int]) -> object:
    """The checker's code object, or the code of what went wrong."""
    try:
        source = str(body[span[0] : span[1]], "utf-8", "surrogatepass")
        return compile(source, f"<{MODULE}>", "exec", dont_inherit=True, optimize=0)
    except MemoryError:
        return frames.MEMORY
    except (SyntaxError, ValueError, RecursionError, OverflowError):
        return frames.EXCEPTION


def _answer(code: object, namespace: dict[str, object], response: str) -> int:
    """One response. The checker's code may raise anything at all, and none of it may reach the loop above."""
    try:
        exec(code, namespace)  # type: ignore[arg-type]  # noqa: S102  # running the checker is what the jail is for
        function = namespace.get(FUNCTION)
        if not callable(function):
            return frames.NO_FUNCTION
        result = function(response)
    except MemoryError:
        return frames.MEMORY
    except BaseException:  # noqa: BLE001  # SystemExit and KeyboardInterrupt are answers of a checker too
        return frames.EXCEPTION
    if result is True:
        return frames.TRUE
    return frames.FALSE if result is False else frames.NOT_A_BOOL
