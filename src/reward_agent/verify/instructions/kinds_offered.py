"""Which kinds of the catalog a model is shown: those whose words occur in what the rules left unread.

All 142 would be 13,000 characters of every prompt. A rare word counts more than one that many kinds share, and a kind
of few words more than one of many. The choice is the same for the same text. Does NOT promise that the right kind is
among them: a requirement whose kind was not offered gets a written checker or a question instead.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache

from reward_agent.verify.instructions.catalog import CATALOG
from reward_agent.verify.instructions.english import STOP_WORDS
from reward_agent.verify.instructions.parameters import signature

_WORD = re.compile(r"[a-z]{2,}")
_READ_AT_MOST = 20_000
_DESCRIPTION = 80


def kinds_offered(unread: str, *, characters: int = 900, most: int = 12) -> tuple[str, ...]:
    """Lines `kind(parameters): what it measures`, the likeliest first, at most so many and so long together."""
    words = _stems(unread[:_READ_AT_MOST])
    rarity = _rarity()
    scores = {
        kind: sum(rarity[word] for word in sorted(words & of_kind)) / math.sqrt(len(of_kind))
        for kind, of_kind in _words_of_kinds().items()
    }
    offered: list[str] = []
    for kind in sorted((kind for kind in scores if scores[kind] > 0), key=lambda kind: (-scores[kind], kind)):
        line = _line(kind)
        if len(offered) >= most or sum(map(len, offered)) + len(line) > characters:
            break
        offered.append(line)
    return tuple(offered)


@cache
def _line(kind: str) -> str:
    description = CATALOG[kind].description.rstrip(".")
    return f"{kind}({signature(kind)}): {description[:_DESCRIPTION]}"


@cache
def _words_of_kinds() -> dict[str, frozenset[str]]:
    return {
        name: _stems(f"{name} {kind.description} {' '.join(sorted(kind.takes))}".replace("_", " "))
        for name, kind in CATALOG.items()
    }


@cache
def _rarity() -> dict[str, float]:
    """How much it says that a text holds a word: the logarithm of the kinds in all to the kinds with that word."""
    counts = Counter(word for words in _words_of_kinds().values() for word in words)
    return {word: math.log(len(CATALOG) / count) for word, count in counts.items()}


def _stems(text: str) -> frozenset[str]:
    words = (word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS)
    return frozenset(re.sub(r"(?:ing|ed|es|s)$", "", word) if len(word) > 4 else word for word in words)
