"""Factuality without a language model: the answer's claims held against passages by rules and small models.

text.py        sentences, words, and the part of a passage that bears on a claim
terms.py       names, numbers and how rare a word is; opposites.py: words that say the opposite
claims.py      answers -> claims
features.py    a claim beside a passage, in numbers; kinship.py: what the answer's own page tells
sentence.py    a sentence beside the passage's sentences, in numbers
weigh.py       the numbers -> the chance that the passage supports the claim (weights.json)
reading.py     the sentences of a passage that the encoder is given to read
entailment.py  the encoder: does this evidence support this claim?
joined.py      the words' chance and the encoder's word -> one chance
coverage.py    how much of what the evidence says about the question an answer says
way.py         all of it, as one of the ways of the factuality verifier
"""

from reward_agent.verify.factuality.grounded.way import GroundedClaims

__all__ = ["GroundedClaims"]
