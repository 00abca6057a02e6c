"""Shapes of replies that depend on what was asked: exactly these names, each once.

    points = await ask(model, prompt, each_of(("A", "B"), Points), ...)      # {"A": ..., "B": ...}, and nothing else

A server that holds a model to a JSON schema cannot leave a candidate out; without one, a reply that does is asked again
as any other that does not fit.
"""

import re
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import BeforeValidator, ConfigDict
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

V = TypeVar("V")


def each_of(names: tuple[str, ...], value: type[V]) -> type[dict[str, V]]:
    """A reply with a `value` for each of the names, for `prompting.ask`."""
    return cast(type[dict[str, V]], _keyed(names, cast(Any, value)))


_typed_dict: Any = TypedDict
"""Its names are known only at run time here, which a type checker does not allow."""


@lru_cache(maxsize=1024)
def _keyed(names: tuple[str, ...], value: Any) -> Any:
    shape = _typed_dict("Each", dict.fromkeys(names, value))
    shape.__pydantic_config__ = ConfigDict(extra="forbid")
    return shape


def one_of(names: tuple[str, ...]) -> Any:
    """The type of a reply that is one of the names."""
    return Annotated[Literal[names], Spelt]


def _spelling(reply: object) -> object:
    """What a model meant that took a name from its prompt: "candidate A" is "A", "Tie" and "not_enough" are words."""
    if not isinstance(reply, str):
        return reply
    name = _CANDIDATE.sub("", reply.replace("_", " ").strip(" .*'\"[]")).strip()
    return name if len(name) <= _LETTERS else name.casefold()


_LETTERS = 2  # the longest name of a candidate, see presentation.letters
_CANDIDATE = re.compile(r"^(?:candidate|answer|response)\s+", re.IGNORECASE)
Spelt = BeforeValidator(_spelling)
"""In an `Annotated` name of a reply: forgives how it is spelt. The schema that a server is given stays strict."""
