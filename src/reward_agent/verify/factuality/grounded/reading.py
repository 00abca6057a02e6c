"""What the encoder is given to read of a passage: the few sentences that bear most on the claim, in their order.

Fewer words are read in less time, and most of a passage has nothing to do with the claim. In training it is given a few
more (`training.entailment_pairs`).
"""

import math
from collections.abc import Sequence
from functools import lru_cache

from reward_agent.verify.factuality.grounded.text import TITLE_WORDS, limited, sentences, telling_words, titled

READ_WORDS = 40
MAX_READ_CHARS = 6_000
OF_QUESTION = 0.5
"""How much a word of the question counts beside one of the claim."""
AGAIN = 0.25
"""How much a word still counts that a sentence already taken contains."""


@lru_cache(maxsize=4096)
def to_read(title: str, text: str, claim: str, question: str = "", *, most: int = READ_WORDS) -> str:
    """At most `most` words of the passage, whole sentences where they fit; the title stands in front."""
    head = " ".join(title.split()[:TITLE_WORDS])
    pieces = limited(sentences(text[:MAX_READ_CHARS]), most)
    if sum(len(piece.split()) for piece in pieces) > most:
        pieces = _closest(pieces, claim, question, most)
    body = " ".join(pieces)
    return titled(head, body)


def _closest(pieces: Sequence[str], claim: str, question: str, most: int) -> list[str]:
    """Those that together contain most of the claim's words, those that few pieces contain before those of all."""
    terms = [frozenset(telling_words(piece)) for piece in pieces]
    weights = dict.fromkeys(telling_words(question), OF_QUESTION) | dict.fromkeys(telling_words(claim), 1.0)
    for term in weights:
        weights[term] /= math.sqrt(max(1, sum(term in piece for piece in terms)))
    room, chosen, seen = most, set[int](), set[str]()
    while fitting := [at for at, piece in enumerate(pieces) if at not in chosen and len(piece.split()) <= room]:
        worth = [sum(weights[term] for term in sorted(terms[at] & weights.keys())) for at in fitting]
        best = fitting[worth.index(max(worth))]
        chosen.add(best)
        room -= len(pieces[best].split())
        for term in (terms[best] & weights.keys()) - seen:
            weights[term] *= AGAIN
        seen |= terms[best]
    return [pieces[at] for at in sorted(chosen)]
