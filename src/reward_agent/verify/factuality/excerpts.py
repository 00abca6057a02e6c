"""The part of a passage that bears on a claim, where the whole would fill the prompt.

Whole sentences in a row, those that hold the most of the claim's words. What this does not promise: that nothing before
or after them matters; a mark says where something was left out.
"""

import re
from collections.abc import Iterator

from reward_agent.presentation import storable

READ_CHARS = 20_000
"""How much of a passage is looked at: a source should give passages, and some give pages."""
LEFT_OUT = "[...]"
_SENTENCE = re.compile(r"[^\n.!?。！？]*(?:[.!?。！？]+(?!\s)[^\n.!?。！？]*)*[.!?。！？]*\s*")
_WORD = re.compile(r"\w+")
_SHORTEST = 3

Span = tuple[int, int]


def telling(text: str) -> frozenset[str]:
    """The words and numbers of a text that tell what it is about: not the shortest words."""
    found = (word.casefold() for word in _WORD.findall(text))
    return frozenset(word for word in found if len(word) >= _SHORTEST or word.isdecimal())


def excerpt(text: str, words: frozenset[str], limit: int) -> str:
    """The text if it has at most `limit` characters, else the sentences in a row that hold the most of `words` and fit;
    the first such, where several do."""
    text = storable(text[:READ_CHARS]).strip()
    if len(text) <= limit:
        return text
    spans = list(_pieces(text, limit))
    held = [telling(text[start:end]) & words for start, end in spans]
    best: tuple[int, Span] = (-1, (0, 0))
    for first, (start, _) in enumerate(spans):
        found: set[str] = set()
        last = first
        while last < len(spans) and spans[last][1] - start <= limit:
            found |= held[last]
            last += 1
        if len(found) > best[0]:
            best = (len(found), (start, spans[last - 1][1]))
    start, end = best[1]
    before, after = LEFT_OUT + " " if start else "", " " + LEFT_OUT if end < len(text) else ""
    return f"{before}{text[start:end].strip()}{after}"


def _pieces(text: str, limit: int) -> Iterator[Span]:
    """Where the sentences begin and end; one that is longer than the limit is cut."""
    for match in _SENTENCE.finditer(text):
        for start in range(match.start(), match.end(), limit):
            yield start, min(start + limit, match.end())
