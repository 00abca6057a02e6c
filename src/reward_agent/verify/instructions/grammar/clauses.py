"""The clauses of a sentence, and whether one looks like a requirement."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CUT = re.compile(
    r"[,;]\s+(?:and\s+|but\s+)?(?=[^\s,;]+\s+[^\s,;]+)"
    r"|\s+(?:and|but)\s+(?=(?:also|please|include|use|ensure|make|provide|format|limit|do|don't|avoid|write|keep|"
    r"add|end|start|"
    r"begin|must|should|structure|present|answer|each|every|with|be|contain|mention|highlight|separate|divide)\b)",
)
_ASKS = re.compile(
    r"\b(?:must|should|shall|needs? to|has to|have to|exactly|at least|at most|no more than|fewer than|less than|"
    r"more than|"
    r"make sure|making sure|ensur\w+|do not|don't|avoid|refrain|without|never|limit\w*|restrict\w*|format\w*|"
    r"structur\w+|please|only|each|every|include|including|incorporat\w+|mention|highlight|start\w* with|begin\w* with|"
    r"end\w* with|in the style|tone|written (?:in|as)|as if|touch of|hint of)\b",
)
_SHORTEST_WORDS = 3


def clauses(sentence: str) -> Iterator[tuple[int, int]]:
    """The offsets of the clauses of a sentence in lower case, cut at commas, semicolons and joined commands."""
    start = 0
    for match in _CUT.finditer(sentence):
        yield start, match.start()
        start = match.end()
    yield start, len(sentence)


def looks_like_a_requirement(clause: str) -> bool:
    """Whether a clause, in lower case, asks something of the response, by its words."""
    return _ASKS.search(clause) is not None and len(clause.split()) >= _SHORTEST_WORDS
