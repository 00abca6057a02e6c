"""Candidates that say the same in almost the same words: a pair of them teaches little but its noise.

The measure is the Jaccard similarity of the two texts' sets of three consecutive words, case and spacing aside: 1 for
the same words in the same order, 0 for nothing in common. Where words are long because the script has no spaces, eight
consecutive characters stand for three words. It is linear in the length of the texts, and sees what was reworded as
different. It is at most the ratio of the two lengths. Of a text longer than `HEAD_CHARS` the beginning is compared.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any, Self

HEAD_CHARS = 40_000
_WORDS, _CHARACTERS = 3, 8
_LONG_WORD = 20
"""A mean length of words beyond which a text is taken to be written without spaces."""


@dataclass(frozen=True, slots=True)
class Print:
    """What is compared of a text: its pieces, and how long it is in characters."""

    pieces: Set[Any]
    length: int

    @classmethod
    def of(cls, text: str) -> Self:
        head = text[:HEAD_CHARS].casefold()
        words: Sequence[str] = head.split()
        size = _WORDS
        if len(head) > _LONG_WORD * max(1, len(words)):
            words, size = "".join(words), _CHARACTERS
        if len(words) <= size:
            return cls(frozenset([tuple(words)]), len(text))
        return cls(frozenset(zip(*(words[start:] for start in range(size)), strict=False)), len(text))

    def similarity(self, other: Self) -> float:
        """In [0, 1]; the ratio of the lengths where that is smaller, so that repeating itself makes a difference."""
        common = len(self.pieces & other.pieces)
        share = common / (len(self.pieces) + len(other.pieces) - common)
        shorter, longer = sorted((self.length, other.length))
        return min(share, shorter / longer) if longer else share


def without_near_duplicates(ranked: Sequence[int], texts: Sequence[str], least: float) -> list[int]:
    """The indices in their order, without those whose text is at least `least` similar to an earlier one's."""
    prints: dict[int, Print] = {}

    def similar(index: int, other: int) -> bool:
        shorter, longer = sorted((len(texts[index]), len(texts[other])))
        if shorter < least * longer:  # most are told apart by this alone
            return False
        for each in (index, other):
            if each not in prints:
                prints[each] = Print.of(texts[each])
        return prints[index].similarity(prints[other]) >= least

    kept: list[int] = []
    for index in ranked:
        if not any(similar(index, other) for other in kept):
            kept.append(index)
    return kept
