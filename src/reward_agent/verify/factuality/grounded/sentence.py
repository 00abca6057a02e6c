"""How a sentence stands beside the passage that bears most on it, in numbers.

    together            of its names and numbers (of all its words, where it has none): how much of the rest of the
                        sentence stands in the sentence of the passage that holds it, for the one that fares worst
    in order            how much of it stands in the closest sentence of the passage in the same order
    runs of four        how many of its runs of four words stand in the passage word for word
    lone difference     it is in the closest sentence but for one thing or two: how closely. Whoever says the same in
                        words of their own changes more, whoever gets a detail wrong changes that
    lone number         the same where a number is what differs
    numbers, names not there    how many the passage does not have
    denies alone, passage denies alone, turned round    "not" on one side, or the opposite word
    speaks of people here    "I", "you": what no document says

Each is fitted as evidence for or against (`AGAINST`): more of a claim in a passage never counts against it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from reward_agent.types import Passage
from reward_agent.verify.factuality.grounded.opposites import turned_round
from reward_agent.verify.factuality.grounded.terms import DENIAL, MAX_PASSAGE_CHARS, common_rarity, names_of, terms_of
from reward_agent.verify.factuality.grounded.text import akin, runs_held, sentences, titled, words

ORDER_WORDS = (60, 80)
"""How much of the claim and of the sentence is compared word by word in order."""
KEY_WEIGHT = 2.0
"""What a name or a number weighs beside another word."""
FEW = 2
SHORT_NAME = 3
RUN = 4
SENTENCE_NAMES = (
    "together",
    "in order",
    "runs of four",
    "lone difference",
    "lone number",
    "numbers not there",
    "names not there",
    "has numbers",
    "has names",
    "denies alone",
    "passage denies alone",
    "turned round",
    "speaks of people here",
)
AGAINST = frozenset(SENTENCE_NAMES[3:])
"""What can only speak against a claim; that it ventures a number or a name at all is among them."""
_HERE = frozenset(
    ("i", "i'm", "i've", "i'd", "i'll", "i’m", "i’ve", "i’d", "i’ll", "my", "me", "we", "our", "us", "you", "your")
)


@lru_cache(maxsize=1024)
def sentence_numbers(text: str, passage: Passage) -> tuple[float, ...]:
    """Aligned with `SENTENCE_NAMES`."""
    shown = titled(passage.title, passage.text[:MAX_PASSAGE_CHARS])
    title = frozenset(terms_of(passage.title))
    pieces = sentences(shown) or ("",)
    held = [frozenset(terms_of(piece)) for piece in pieces]
    there = frozenset[str]().union(*held)
    said = tuple(dict.fromkeys(terms_of(text)))
    names, numbers = names_of(text) & frozenset(said), [term for term in said if term[0].isdigit()]
    rarity = common_rarity()
    weights = {t: rarity.get(t, 1.0) * (KEY_WEIGHT if t in names or t[0].isdigit() else 1.0) for t in said}
    # A first name may be cut short, and a name written with more behind it.
    for name in sorted(names - there):
        if longer := {t for t in there if len(name) >= SHORT_NAME and t.startswith(name)}:
            held = [terms | {name} if longer & terms else terms for terms in held]
            there |= {name}
    fits = [_share(weights, said, terms) for terms in held]
    closest = max(range(len(pieces)), key=fits.__getitem__)
    missing = [t for t in said if t not in there and not any(akin(t, other) for other in there)]
    lone = fits[closest] ** 2 if 1 <= len(missing) <= FEW else 0.0
    claim_words, closest_words = words(text), words(pieces[closest])
    denies, denied = bool(DENIAL.search(text)), bool(DENIAL.search(pieces[closest]))
    return (
        _together(weights, said, [*names, *numbers], [terms | title for terms in held], fits[closest]),
        _in_order(claim_words[: ORDER_WORDS[0]], closest_words[: ORDER_WORDS[1]]),
        runs_held(claim_words, words(shown), RUN),
        lone,
        lone if any(t[0].isdigit() for t in missing) else 0.0,
        min(2.0, sum(t not in there for t in numbers)),
        min(3.0, sum(t in missing for t in names)),
        float(bool(numbers)),
        float(bool(names)),
        float(denies and not denied),
        float(denied and not denies),
        float(turned_round(claim_words, frozenset(closest_words))),
        float(not _HERE.isdisjoint(claim_words)),
    )


def _share(weights: Mapping[str, float], terms: Sequence[str], where: frozenset[str]) -> float:
    whole = sum(weights[term] for term in terms)
    return sum(weights[term] for term in terms if term in where) / whole if whole else 1.0


def _together(
    weights: Mapping[str, float],
    said: Sequence[str],
    keys: Sequence[str],
    held: Sequence[frozenset[str]],
    closest: float,
) -> float:
    """`held`: the terms of each sentence and of what it is about; `closest`: for a claim without a key."""

    def of(key: str) -> float:
        rest = [term for term in said if term != key]
        return max((_share(weights, rest, there) for there in held if key in there), default=0.0)

    return min((of(key) for key in keys), default=closest)


def _in_order(claim: Sequence[str], sentence: Sequence[str]) -> float:
    """The share of the claim that is a common subsequence with the sentence."""
    before = [0] * (len(sentence) + 1)
    for word in claim:
        row = [0]
        for at, other in enumerate(sentence):
            row.append(before[at] + 1 if word == other else max(before[at + 1], row[-1]))
        before = row
    return before[-1] / max(1, len(claim))
