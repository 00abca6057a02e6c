"""Remembers what the last few texts were read as: several checks of one response ask for the same split, and several
samples come with the same instruction."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_TEXTS = 64
_LONGEST = 20_000


def remembered(read: Callable[Concatenate[str, P], R]) -> Callable[Concatenate[str, P], R]:
    """Caches a pure function of a text for the last 64 texts; long ones are read anew, to bound the memory."""
    cached = lru_cache(maxsize=_TEXTS)(read)

    @wraps(read)
    def call(text: str, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if len(text) > _LONGEST:
            return read(text, *args, **kwargs)
        return cached(text, *args, **kwargs)  # type: ignore[arg-type]  # lru_cache hashes what it is given

    return call
