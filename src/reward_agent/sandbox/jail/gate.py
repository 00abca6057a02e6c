"""The admission lint: what a checker should not contain, in words for the model that wrote it.

It reads the syntax tree, in the jail, since parsing hostile source is itself a risk. Its most useful rule is the one
against `eval` and its like: they would turn a response, written by the policy under training, into code.

Does NOT promise: anything about safety. Whoever wants to get around a lint does; the jail is what holds.
"""

import ast
from collections.abc import Iterator

from reward_agent.sandbox.jail.preload import PUBLIC

FUNCTION = "check_following"
MAX_REASONS = 20

_MODULES = frozenset(PUBLIC) - {"builtins", "errno", "os", "pathlib", "sys"}
_MODULES_AND_PARENTS = _MODULES | {"os.path", "xml", "email"}
_INTO_CODE = frozenset({"eval", "exec", "compile", "__import__"})
_OUTSIDE = frozenset({"open", "input", "breakpoint", "exit", "quit", "help", "memoryview"})
_INTO_INTERPRETER = frozenset({"globals", "locals", "vars", "delattr", "setattr", "__builtins__", "__loader__"})
_HARMLESS_DUNDERS = frozenset(
    {"__name__", "__doc__", "__module__", "__class__", "__len__", "__init__", "__future__", "__post_init__"}
)


def reasons(source: str) -> list[str]:
    """Why this checker should not be admitted, each with its line; empty when it may be."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [f"line {error.lineno or 0}: not valid Python: {error.msg}"]
    except ValueError as error:
        return [f"line 0: not valid Python: {error}"]
    except (RecursionError, MemoryError):
        return ["line 0: nested too deeply"]
    found = list(_signature(tree))
    for node in ast.walk(tree):
        found.extend(f"line {getattr(node, 'lineno', 0)}: {what}" for what in _complaints(node))
        if len(found) >= MAX_REASONS:
            break
    return found[:MAX_REASONS]


def text(source: str) -> str:
    """The reasons, one a line."""
    return "\n".join(" ".join(reason.split()) for reason in reasons(source))


def _signature(tree: ast.Module) -> Iterator[str]:
    # The last definition is the one that counts when the module is run.
    named = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and n.name == FUNCTION]
    if not named and any(_binds(node) for node in tree.body):
        return  # a lambda, a partial, an instance: only running it tells
    if not named:
        yield f"line 0: there is no top-level function {FUNCTION}(response)"
        return
    function = named[-1]
    positional = len(function.args.posonlyargs) + len(function.args.args)
    needed = positional - len(function.args.defaults)
    keywords = sum(default is None for default in function.args.kw_defaults)
    if isinstance(function, ast.AsyncFunctionDef):
        yield f"line {function.lineno}: {FUNCTION} must be a plain function, not async"
    elif needed > 1 or keywords or (positional < 1 and function.args.vararg is None):
        yield f"line {function.lineno}: {FUNCTION} must be callable with one argument, the response"


def _binds(node: ast.stmt) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return any(isinstance(target, ast.Name) and target.id == FUNCTION for target in targets)


def _complaints(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            for alias in names:
                yield from _import(alias.name)
        case ast.ImportFrom(module=module, level=level):
            yield from _import("." if level or module is None else module)
        case ast.Name(id=name):
            yield from _name(name)
        case ast.Attribute(attr=attribute) if _is_dunder(attribute) and attribute not in _HARMLESS_DUNDERS:
            yield f"the attribute {attribute} reaches into the interpreter"
        case ast.Constant(value=str() as text) if len(text) < 100 and _is_dunder(text) and text != "__main__":
            yield f"the text {text!r} names an interpreter attribute"


def _import(module: str) -> Iterator[str]:
    if module not in _MODULES_AND_PARENTS:
        yield f"the module {module[:80]!r} is not available to checkers"


def _name(name: str) -> Iterator[str]:
    if name in _INTO_CODE:
        yield f"{name} turns text into code"
    elif name in _OUTSIDE:
        yield f"{name} reaches outside the checker"
    elif name in _INTO_INTERPRETER:
        yield f"{name} reaches into the interpreter"


def _is_dunder(name: str) -> bool:
    return len(name) > 4 and name.startswith("__") and name.endswith("__")
