"""How much of what the evidence says about a question a response says: 0 to 1.

The sentences of the passages found for the question that hold most of its words; of each, the share of the words beyond
the question's that the response has too. What an answer leaves out shows here, as no claim of it does. More words help
only where they are among these, so padding gains nothing without end.
"""

from collections.abc import Sequence

from reward_agent.types import Passage
from reward_agent.verify.factuality.grounded.terms import MAX_PASSAGE_CHARS, common_rarity, terms_of
from reward_agent.verify.factuality.grounded.text import sentences

MOST = 5
"""How many sentences."""


def told_about(question: str, passages: Sequence[Passage]) -> list[frozenset[str]]:
    """What the `MOST` sentences nearest to the question say beyond it."""
    asked = frozenset(terms_of(question))
    found: list[tuple[float, frozenset[str]]] = []
    for passage in passages:
        title = frozenset(terms_of(passage.title))
        for sentence in sentences(passage.text[:MAX_PASSAGE_CHARS]):
            terms = frozenset(terms_of(sentence))
            if terms - asked:
                found.append((_mass(asked & (terms | title)), terms - asked))
    return [terms for _, terms in sorted(found, key=lambda one: -one[0])[:MOST]]


def covered(told: Sequence[frozenset[str]], response: str) -> float:
    """How much of that a response says: the mean of the sentences' shares. 0 where nothing is told."""
    said = frozenset(terms_of(response))
    return sum(_mass(terms & said) / _mass(terms) for terms in told) / max(1, len(told))


def _mass(terms: frozenset[str]) -> float:
    rarity = common_rarity()
    return sum(rarity.get(term, 1.0) for term in sorted(terms))
