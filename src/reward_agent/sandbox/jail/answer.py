"""How a checker becomes code and one response an answer; shared by the child of the jail and the WebAssembly guest.

`True` and `False` count by identity: no method of the returned object is called.
"""

from types import ModuleType

from reward_agent.sandbox.jail import frames, gate

MODULE = "checker"
FUNCTION = gate.FUNCTION


def compiled(source: str) -> object:
    """The checker's code object, or the frame code of what went wrong."""
    try:
        return compile(source, f"<{MODULE}>", "exec", dont_inherit=True, optimize=0)
    except MemoryError:
        return frames.MEMORY
    except (SyntaxError, ValueError, RecursionError, OverflowError):
        return frames.EXCEPTION


def answer(code: object, module: ModuleType, response: str) -> int:
    """One response, in the fresh `module`. The checker may raise anything at all, and none of it may climb further."""
    namespace = module.__dict__
    try:
        exec(code, namespace)  # type: ignore[arg-type]  # noqa: S102  # running the checker is what this is for
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
