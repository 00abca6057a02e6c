"""How the simulated model reads texts: sentences, words that matter, and whether two sentences agree.

Rules of thumb on purpose, the same for every text: nothing a text says about itself, about scores or about the reader
changes what they make of it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_EMPTY_WORDS = """
a an and are as at be been but by did do does for from had has have he her his how in is it its of on or she so that the
their them then there they this to was we were what when where which who whom why will with you your yes no not
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_NEGATION = re.compile(r"\b(?:not|no|never|n't|false|untrue|wrong)\b|n't\b", re.IGNORECASE)
ALIKE = 0.5
"""Sentences that share this much of their words speak of the same thing."""


@lru_cache(maxsize=1024)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text with at least three words that matter, without marks and spaces around them."""
    found = (part.strip(" \t-*#>\"'“”.!?") for part in _END.split(text))
    return tuple(sentence for sentence in found if len(words(sentence)) >= 3)


@lru_cache(maxsize=8192)
def words(text: str) -> frozenset[str]:
    """The words and numbers that matter, folded, with a plural's s cut off."""
    found = (word.casefold() for word in _WORD.findall(text))
    return frozenset(word.removesuffix("s") if len(word) > 3 else word for word in found if word not in _EMPTY)


def subject(text: str) -> str:
    """The words of a sentence without its numbers, in order: what to search for."""
    return " ".join(word for word in _WORD.findall(text) if not word[0].isdigit() and word.casefold() not in _EMPTY)


@lru_cache(maxsize=8192)
def numbers(text: str) -> frozenset[str]:
    """The numbers of a text, without separators of thousands."""
    return frozenset(word.replace(",", "") for word in _WORD.findall(text) if word[0].isdigit())


def negated(text: str) -> bool:
    """Whether it denies something."""
    return _NEGATION.search(text) is not None


def overlap(one: str, other: str) -> float:
    """How much of the smaller sentence's words the other shares."""
    first, second = words(one), words(other)
    return len(first & second) / max(1, min(len(first), len(second)))


def agree(one: str, other: str) -> bool | None:
    """Whether two sentences say the same of the same thing (None: they speak of different things)."""
    if overlap(one, other) < ALIKE:
        return None
    ours, theirs = words(one), words(other)
    if numbers(one) and numbers(other):
        same = numbers(one) <= numbers(other) or numbers(other) <= numbers(one)
    else:
        same = len(ours - theirs) <= 1 or len(theirs - ours) <= 1 or overlap(one, other) >= 0.8
    return same == (negated(one) == negated(other))


def closest(sentence: str, others: Iterable[str]) -> str | None:
    """The one of the others that shares most with the sentence, if any speaks of the same thing."""
    best = max(sorted(others), key=lambda other: overlap(sentence, other), default=None)
    return best if best is not None and overlap(sentence, best) >= ALIKE else None
