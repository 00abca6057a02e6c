"""What a web search provider is: how it is asked, and how its answer is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request. `path` is appended to the provider's address."""

    method: str = "GET"
    path: str = ""
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result as the provider gives it, markup and all."""

    text: str
    title: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`url`: its address, empty where it is the user's own server. `key_env`: the environment variable that usually
    holds its key, empty where it needs none. `ask(query, count, key)` makes the request; `read(answer)` yields the
    hits, best first, and raises KeyError, TypeError or ValueError for an answer it does not know."""

    name: str
    url: str
    key_env: str
    ask: Callable[[str, int, str], Ask]
    read: Callable[[Any], Iterable[Hit]]


def text_of(item: Mapping[str, Any], key: str) -> str:
    """A text that may be missing or null. Raises TypeError for anything else."""
    value = item.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{key} should be a text")
    return value


def list_of(item: Any, key: str) -> list[Mapping[str, Any]]:
    """A list of objects that may be missing or null. Raises TypeError for anything else."""
    if not isinstance(item, Mapping):
        raise TypeError("the answer should be an object")
    value = item.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise TypeError(f"{key} should be a list of objects")
    return value
