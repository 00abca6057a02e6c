"""Which words of a text a finding speaks of, so that the page can mark them.

A finding names them in its own words: what a checker saw stands in double quotes in `reason`, cut with an ellipsis and
with its blanks as one; what a verifier took from an instruction stands in `sources`; a claim is the sentence itself.
They are looked for in the text, whatever its blanks. What is not found is not marked.
"""

import bisect
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_QUOTED = re.compile(r'"([^"]{2,})"')
_WORD = re.compile(r"\S+")
_LONGEST = 400
_CUT = 40
"""Pieces from this length on may have been cut by whoever quoted them."""
_MARKS_OF_ONE = 5
_MARKS = 200

Piece = tuple[str, int | None]
"""A run of text, and the place of the finding that marks it, or None."""


class Wanted(NamedTuple):
    """Words to mark, and the place of the finding that names them."""

    words: str
    finding: int


def quoted(reason: str) -> list[str]:
    """The pieces in double quotes, without the ellipsis of one that was cut."""
    return [piece.rstrip("…").rstrip() for piece in _QUOTED.findall(reason[: 10 * _LONGEST])]


def pieces(text: str, wanted: Iterable[Wanted]) -> list[Piece]:
    """The text in runs, marked and not; joined they are the text. Marks do not overlap: the first one wanted stands."""
    taken: list[tuple[int, int, int]] = []
    wanted = list(wanted)
    search = _Search(text)
    for words, finding in wanted:
        for start, end in search.places(words):
            if len(taken) < _MARKS and all(end <= a or start >= b for a, b, _ in taken):
                taken.append((start, end, finding))
    found: list[Piece] = []
    at = 0
    for start, end, finding in sorted(taken):
        if start > at:
            found.append((text[at:start], None))
        found.append((text[start:end], finding))
        at = end
    if at < len(text) or not found:
        found.append((text[at:], None))
    return found


class _Search:
    """Looks for words in a text as it stands, and where they are not there, with its runs of blanks as one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._flat: _Flat | None = None

    def places(self, words: str) -> Iterator[tuple[int, int]]:
        """Where the words stand, whole, the first few times."""
        sought = " ".join(words[:_LONGEST].split())
        if len(sought) < 2:
            return
        found = list(_found(self._text, sought))
        if found or " " not in sought:
            yield from found
            return
        if self._flat is None:
            self._flat = _Flat(self._text)
        flat = self._flat
        yield from ((flat.place(start), flat.place(end - 1) + 1) for start, end in _found(flat.text, sought))


def _found(text: str, sought: str) -> Iterator[tuple[int, int]]:
    found, start = 0, text.find(sought)
    while start >= 0 and found < _MARKS_OF_ONE:
        end = start + len(sought)
        if _whole(text, start, end, cut=len(sought) >= _CUT):
            found += 1
            yield start, end
        start = text.find(sought, end)


def _whole(text: str, start: int, end: int, *, cut: bool) -> bool:
    """Not within a word; a long piece may have been cut within one at its end."""
    before, after = text[start - 1 : start + 1], text[end - 1 : end + 1]
    return not (start and before.isalnum()) and (cut or end == len(text) or not after.isalnum())


class _Flat:
    """A text with its runs of blanks as one, and where in the text each of its words begins."""

    def __init__(self, text: str) -> None:
        words, self._here, self._there, at = [], [], [], 0
        for match in _WORD.finditer(text):
            words.append(match[0])
            self._here.append(at)
            self._there.append(match.start())
            at += len(match[0]) + 1
        self.text = " ".join(words)

    def place(self, at: int) -> int:
        word = bisect.bisect_right(self._here, at) - 1
        return self._there[word] + at - self._here[word]
