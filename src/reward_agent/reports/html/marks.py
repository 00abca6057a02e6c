"""Which words of a text a finding speaks of, so that the page can mark them.

A finding names them in its own words: what a checker saw stands in double quotes in `reason`, cut with an ellipsis and
with its blanks as one; what a verifier took from an instruction stands in `sources`; a claim is the sentence itself.
They are looked for in the text, whatever its blanks. What is not found is not marked.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_QUOTED = re.compile(r'"([^"]{2,})"')
_LONGEST = 400
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
    for words, finding in wanted:
        for start, end in _places(text, words):
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


def _places(text: str, words: str) -> Sequence[tuple[int, int]]:
    parts = words[:_LONGEST].split()
    if not parts or len("".join(parts)) < 2:
        return ()
    edge_before = r"(?<!\w)" if parts[0][0].isalnum() else ""
    edge_after = r"(?!\w)" if parts[-1][-1].isalnum() and len(words) < 40 else ""
    pattern = edge_before + r"\s+".join(map(re.escape, parts)) + edge_after
    found = []
    for match in re.finditer(pattern, text):
        found.append(match.span())
        if len(found) == _MARKS_OF_ONE:
            break
    return found
