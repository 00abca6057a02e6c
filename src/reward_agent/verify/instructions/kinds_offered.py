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
from itertools import zip_longest

from reward_agent.verify.instructions.catalog import CATALOG
from reward_agent.verify.instructions.english import STOP_WORDS
from reward_agent.verify.instructions.parameters import signature

_WORD = re.compile(r"[a-z]{2,}")
_CLAUSE_END = re.compile(r"[.!?;:\n]+|,\s+and\s")
_CLAUSES_AT_MOST = 40
_READ_AT_MOST = 20_000
_DESCRIPTION = 80


def kinds_offered(unread: str, *, characters: int = 900, most: int = 12) -> tuple[str, ...]:
    """Lines `kind(parameters): what it measures`, at most so many and so long together. Every clause of the text has
    its turn: first the likeliest kind of each, then the second of each."""
    clauses = [clause for clause in _CLAUSE_END.split(unread[:_READ_AT_MOST]) if clause.strip()][:_CLAUSES_AT_MOST]
    rankings = [_ranking(_stems(clause)) for clause in clauses]
    offered: dict[str, None] = {}
    size = 0
    for kind in (kind for turn in zip_longest(*rankings) for kind in turn if kind is not None):
        line = _line(kind)
        if line not in offered:
            size += len(line)
            if len(offered) >= most or size > characters:
                break
            offered[line] = None
    return tuple(offered)


def _ranking(words: frozenset[str]) -> list[str]:
    """The kinds that share a word with these, the likeliest first."""
    rarity = _rarity()
    scores = {
        kind: sum(rarity[word] for word in sorted(shared)) / math.sqrt(len(of_kind))
        for kind, of_kind in _words_of_kinds().items()
        if (shared := words & of_kind)
    }
    return sorted(scores, key=lambda kind: (-scores[kind], kind))


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
