"""The catalog's register: every kind of constraint that vetted code can check.

    @checker("words.count")
    def words_count(response: str, *, quantity: Quantity) -> Measurement:
        \"\"\"The number of whitespace-separated words.\"\"\"

The vetted checkers are our own code and run in process. They see hostile text: each must be linear, or close to
it, in the length of the response, and never raise.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reward_agent.verify.instructions.constraint import Constraint, Measurement, Reading

Check = Callable[..., Measurement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of constraint: its name, its checker, and what the checker needs to know beside the response."""

    name: str
    check: Check
    description: str
    takes: frozenset[str]
    required: frozenset[str]


CATALOG: dict[str, Kind] = {}
_CONTEXT = frozenset({"reading", "prompt"})


def checker(name: str) -> Callable[[Check], Check]:
    """Registers a checker under a `family.kind` name; its docstring's first line is the kind's description."""

    def register(check: Check) -> Check:
        if name in CATALOG:
            raise ValueError(f"two checkers are registered as {name!r}")
        parameters = list(inspect.signature(check).parameters.values())[1:]
        CATALOG[name] = Kind(
            name=name,
            check=check,
            description=(inspect.getdoc(check) or "").partition("\n")[0],
            takes=frozenset(p.name for p in parameters),
            required=frozenset(p.name for p in parameters if p.default is p.empty) - _CONTEXT,
        )
        return check

    return register


def measure(constraint: Constraint, response: str, *, prompt: str, reading: Reading) -> Measurement:
    """Runs the constraint's checker. `prompt` and `reading` reach the checkers that ask for them.

    Raises KeyError for an unknown kind and TypeError for wrong parameters: both are bugs of a parser.
    """
    kind = CATALOG[constraint.kind]
    context: dict[str, Any] = {
        key: value for key, value in (("prompt", prompt), ("reading", reading)) if key in kind.takes
    }
    return kind.check(response, **{**context, **constraint.params})
