"""How a claim stands beside a passage, in numbers: is the passage about it, and how much of it does the passage say?

    about           how much of what the question asks about, or of what the claim names, the passage names too
    said            how much of what the claim adds to its question stands in the passage, or in one of its sentences
    together        how much of the rest of the claim and its question stands in the sentence that says the new part
    gathered, near  the same for all sentences that say the new part, and by how near to it
    akin            how much of it is not said, but a word of the same family is: "actress" for "actor"
    kin             it is not said, but belongs to what the passage names (kinship.py)
    denial          the claim says "not" and the closest sentence does not, or the other way round

Names and numbers count more than other words, rare words more than common ones (`rarity.json`), and words that few of
the passages at hand contain more than those that all contain.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reward_agent.types import Passage
from reward_agent.verify.factuality.grounded.claims import Claim
from reward_agent.verify.factuality.grounded.kinship import kinship
from reward_agent.verify.factuality.grounded.terms import DENIAL, MAX_PASSAGE_CHARS, common_rarity, names_of, terms_of
from reward_agent.verify.factuality.grounded.text import (
    STOP_WORDS,
    akin,
    runs_held,
    sentences,
    stem,
    telling_words,
    titled,
    window,
    words,
)

RARE = 1.5
"""How much more a rare word than a common one says about what a text is about: the power of its rarity."""
HALF = 0.5
ALL = 0.99
RUN = 3
NAME_WEIGHT = 2.0
NUMBER_WEIGHT = 2.0
NAMELESS = 0.7
"""Sharing common words alone is weaker ground for taking two texts to be about the same thing than sharing a name."""
NAMES = (
    "literal",
    "said",
    "said in all",
    "said in one sentence",
    "runs",
    "numbers missing",
    "names missing",
    "denial differs",
    "about",
    "akin",
    "together",
    "says nothing new",
    "gathered",
    "near",
    "kin",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One claim beside one passage. `numbers` is aligned with `NAMES`."""

    claim: Claim
    passage: Passage
    numbers: tuple[float, ...]

    @property
    def window(self) -> str:
        """The sentences of the passage that bear most on the claim."""
        return window(self.passage.title, self.passage.text, self.claim.text, self.claim.question)

    def __getitem__(self, name: str) -> float:
        return self.numbers[NAMES.index(name)]


def compared(claim: Claim, passages: Sequence[Passage], pages: Sequence[Passage] = ()) -> list[Compared]:
    """The claim beside each passage, the one that says most about it first. `pages`: those about a short answer."""
    texts = [titled(p.title, p.text[:MAX_PASSAGE_CHARS]) for p in passages]
    rarity = _rarity(texts)
    found = [
        Compared(claim=claim, passage=passage, numbers=_numbers(claim, passage, text, rarity, pages))
        for passage, text in zip(passages, texts, strict=True)
    ]
    return sorted(found, key=lambda one: -bearing(one))


def as_answer(one: Compared) -> Compared:
    """What a reply adds to its question, as a short answer beside the same passage."""
    asked = frozenset(telling_words(one.claim.question))
    new = " ".join(word for word in one.claim.text.split() if not asked.issuperset(telling_words(word)))
    (found,) = compared(replace(one.claim, text=new or one.claim.text, short=True, reply=False), [one.passage])
    return found


def bearing(one: Compared) -> float:
    """How much a passage bears on the claim: it must be about it before what it says counts."""
    return (0.2 + one["about"]) * (
        1 + one["said"] + one["said in one sentence"] + one["literal"] + one["together"] + HALF * one["akin"]
    )


def _rarity(texts: Sequence[str]) -> dict[str, float]:
    counts: dict[str, int] = {}
    for text in texts:
        for term in set(terms_of(text)):
            counts[term] = counts.get(term, 0) + 1
    return {term: math.log1p(len(texts) / count) for term, count in counts.items()}


def _numbers(
    claim: Claim, passage: Passage, shown: str, rarity: dict[str, float], pages: Sequence[Passage]
) -> tuple[float, ...]:
    there = frozenset(terms_of(shown))
    asked = dict.fromkeys(terms_of(claim.question))
    said = dict.fromkeys(terms_of(claim.text))
    new = [term for term in said if term not in asked]
    names, figures = names_of(claim.text) - asked.keys(), {term for term in new if term[0].isdigit()}
    unseen, common = math.log1p(len(rarity) and 8), common_rarity()

    def weight(term: str) -> float:
        kind = NUMBER_WEIGHT if term[0].isdigit() else NAME_WEIGHT if term in names else 1.0
        return rarity.get(term, unseen) * common.get(term, 1.0) * kind

    weights = {term: weight(term) for term in (*said, *asked)}

    def share(terms: Sequence[str], where: frozenset[str] = there) -> float:
        whole = sum(weights[term] for term in terms)
        return sum(weights[term] for term in terms if term in where) / whole if whole else 0.5

    pieces = {sentence: frozenset(terms_of(sentence)) for sentence in sentences(shown)}
    values = [term for term in new if claim.short or term in figures or term in names] or new
    rest = [term for term in weights if term not in values]
    title = frozenset(terms_of(passage.title))

    def fits(sentence: str) -> tuple[float, float]:
        return share(values, pieces[sentence]), share(rest, pieces[sentence] | title)

    closest = max(pieces, key=fits, default="")
    together = max((x * y for x, y in map(fits, pieces)), default=0.0)
    holding = frozenset[str]().union(*(piece for piece in pieces.values() if values and share(values, piece) > ALL))
    gathered = share(rest, holding | title) if holding else 0.0
    near = max((_near(claim, sentence, weights) for sentence in pieces), default=0.0)

    return (
        float(_contains(words(shown), _bare(claim.text))),
        share(new),
        share(list(said)),
        max((share(new, piece) for piece in pieces.values()), default=0.0),
        runs_held(words(claim.text), words(shown), RUN),
        sum(term not in there for term in figures) / max(1, len(figures)),
        sum(term not in there for term in names) / max(1, len(names)),
        float(bool(DENIAL.search(claim.text)) != bool(DENIAL.search(closest))),
        about(claim, passage),
        share(new, frozenset(t for t in new if t not in there and any(akin(t, o) for o in there))) if new else 0.0,
        together,
        float(not new),
        gathered,
        near,
        kinship(claim, passage, pages) if pages and share(new) < HALF else 0.0,
    )


def _near(claim: Claim, sentence: str, weights: Mapping[str, float]) -> float:
    part, text = _bare(claim.text), words(sentence)
    size = len(part)
    if not claim.short or not size:
        return 0.0
    asked = frozenset(terms_of(claim.question)) - frozenset(terms_of(claim.text))
    whole = sum(weights[term] for term in asked)
    best = 0.0
    for at in range(len(text) - size + 1):
        if text[at : at + size] != part:
            continue
        seen: dict[str, float] = {}
        for place, word in enumerate(text):
            distance = at - place if place < at else place - (at + size - 1)
            if distance > 0 and (term := stem(word)) in asked:
                seen[term] = max(seen.get(term, 0.0), weights[term] / distance)
        best = max(best, sum(seen.values()) / whole if whole else 0.0)
    return best


def about(claim: Claim, passage: Passage) -> float:
    """How much of what the question names, or for a sentence the claim itself, the passage names: 0 to 1."""
    there = frozenset(terms_of(passage.title)) | frozenset(terms_of(passage.text[:MAX_PASSAGE_CHARS]))
    of_question = _coverage(claim.question, there)
    if claim.short:
        return of_question
    of_claim = _coverage(claim.text, there)
    return max(of_question, of_claim) if claim.question else of_claim


def _coverage(text: str, there: frozenset[str]) -> float:
    names, common = names_of(text), common_rarity()
    weights = {
        term: math.pow(common.get(term, 1.0), RARE) * (NAME_WEIGHT if term in names else 1.0) for term in terms_of(text)
    }
    if not weights:
        return 0.0
    found = sum(weight for term, weight in weights.items() if term in there) / sum(weights.values())
    return found if names & there or any(t[0].isdigit() and t in there for t in weights) else NAMELESS * found


def _bare(text: str) -> tuple[str, ...]:
    found = words(text)
    start = 0
    while start < len(found) - 1 and found[start] in STOP_WORDS:
        start += 1
    return found[start:]


def _contains(text: Sequence[str], part: Sequence[str]) -> bool:
    size = len(part)
    return size > 0 and any(text[at : at + size] == part for at in range(len(text) - size + 1) if text[at] == part[0])
