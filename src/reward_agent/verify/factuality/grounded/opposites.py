"""Words that say the opposite of each other, for claims that turn what a passage says round.

Common ones alone, in the forms in which they are mostly written. A word may have several opposites.
"""

from collections.abc import Iterable, Mapping

_PAIRS = (
    "increase decrease, increased decreased, increases decreases, increasing decreasing, increase reduce, "
    "increased reduced, increases reduces, increasing reducing, raise lower, raised lowered, rise fall, rose fell, "
    "rises falls, rising falling, growth decline, grew declined, grew shrank, up down, higher lower, high low, "
    "highest lowest, more less, more fewer, most least, many few, largest smallest, larger smaller, large small, "
    "big small, biggest smallest, better worse, best worst, good bad, positive negative, gain loss, gains losses, "
    "gained lost, profit loss, profits losses, success failure, successful unsuccessful, succeed fail, "
    "succeeded failed, succeeds fails, win lose, won lost, wins loses, winning losing, victory defeat, before after, "
    "first last, early late, earlier later, earliest latest, old new, older younger, oldest youngest, old young, "
    "north south, northern southern, east west, eastern western, left right, above below, over under, inside outside, "
    "internal external, buy sell, bought sold, buying selling, accept reject, accepted rejected, accepts rejects, "
    "agree disagree, agreed disagreed, agrees disagrees, approve deny, approved denied, approved rejected, "
    "allow forbid, allowed banned, allow prevent, allows prevents, include exclude, includes excludes, "
    "including excluding, open close, open closed, opened closed, start end, started ended, starts ends, begin end, "
    "began ended, beginning end, strong weak, stronger weaker, strengthen weaken, improve worsen, improved worsened, "
    "improves worsens, safe dangerous, easy difficult, easy hard, easier harder, simple complex, "
    "possible impossible, able unable, likely unlikely, legal illegal, public private, domestic foreign, male female, "
    "man woman, men women, he she, his her, husband wife, father mother, son daughter, brother sister, king queen, "
    "always never, all none, some all, every no, major minor, maximum minimum, majority minority, common rare, "
    "commonly rarely, often rarely, often seldom, frequent rare, popular unpopular, famous unknown, long short, "
    "longer shorter, longest shortest, fast slow, faster slower, quickly slowly, hot cold, warm cool, wet dry, "
    "light dark, black white, rich poor, cheap expensive, effective ineffective, support oppose, supports opposes, "
    "supported opposed, cause prevent, causes prevents, caused prevented, love hate, loves hates, happy sad, "
    "happy unhappy, present absent, presence absence, with without, true false, correct incorrect, right wrong, "
    "sufficient insufficient, adequate inadequate, complete incomplete, known unknown, related unrelated, "
    "optimistic pessimistic, confident worried, praised criticized, praise criticize, alive dead, born died, "
    "birth death, import export, imports exports, advantage disadvantage, benefit harm, benefits risks, expand shrink, "
    "expanded shrank, remember forget, join leave, joined left, arrive depart, arrived departed, day night, "
    "morning evening, today tomorrow, summer winter, spring autumn, single multiple, one many, both neither, "
    "innocent guilty, war peace, friend enemy, modern ancient, natural artificial, permanent temporary, "
    "voluntary mandatory, optional mandatory, optional required, urban rural, upper lower, top bottom, front back, "
    "heavy light, deep shallow, wide narrow, full empty, hard soft, clean dirty, encourage discourage, "
    "encouraged discouraged, appear disappear, appeared disappeared, partly fully, partially fully, exclusive common, "
    "unique common, limited unlimited, free paid, exceed miss, exceeded missed, surplus deficit"
)


def _table(pairs: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs.split(", "):
        one, other = pair.split()
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


_OPPOSITES = _table(_PAIRS)
_NONE: frozenset[str] = frozenset()


def opposites_of(word: str) -> frozenset[str]:
    """The words that say the opposite of a word in lower case; mostly none."""
    return _OPPOSITES.get(word, _NONE)


def turned_round(claim: Iterable[str], passage: frozenset[str]) -> bool:
    """Whether a word of the claim is not in the passage and its opposite is."""
    return any(opposites_of(word) & passage for word in claim if word not in passage)
