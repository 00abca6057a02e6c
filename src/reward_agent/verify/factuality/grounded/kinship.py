"""Whether what a passage tells of and what an answer names belong together, where the passage does not name the answer.

    A Swedish novelist: born in Gothenburg or in Mogilev? His page names neither. Gothenburg's page names Sweden too.

The names that a passage shares with the pages of the corpus that are about the answer, beside how many those name. It
is a hint and no more: it tells likely from unlikely answers among those that the evidence does not state.
"""

import math
from collections.abc import Sequence

from reward_agent.types import Passage
from reward_agent.verify.factuality.grounded.claims import Claim
from reward_agent.verify.factuality.grounded.terms import MAX_PASSAGE_CHARS, common_rarity, names_of, terms_of

PAGES = 2
STEM = 4
"""Names that begin with the same so many letters count as one: "Swedish" and "Sweden"."""


def pages_about(answer: str, found: Sequence[Passage]) -> list[Passage]:
    """Of what was found for an answer, the first `PAGES` passages that have it in their title."""
    terms = frozenset(terms_of(answer))
    return [p for p in found if terms and terms <= frozenset(terms_of(p.title))][:PAGES]


def kinship(claim: Claim, passage: Passage, pages: Sequence[Passage]) -> float:
    """0 to 1; 0 where there is no page."""
    apart = frozenset(terms_of(claim.question)) | frozenset(terms_of(claim.text))
    there = _begun(_names(passage) - apart)
    theirs = _begun(frozenset[str]().union(*map(_names, pages)) - apart)
    whole = sum(theirs.values())
    shared = sum(weight for begun, weight in theirs.items() if begun in there)
    return min(1.0, shared / math.sqrt(whole)) if whole else 0.0


def _names(passage: Passage) -> frozenset[str]:
    return names_of(passage.text[:MAX_PASSAGE_CHARS])


def _begun(names: frozenset[str]) -> dict[str, float]:
    rarity = common_rarity()
    return {name[:STEM]: rarity.get(name, 1.0) for name in sorted(names)}
