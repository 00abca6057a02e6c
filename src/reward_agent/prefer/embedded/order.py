"""Whether the words of a text stand in an order that nobody writes: "the of", "a is", sentences that start anywhere.

Such a text is garbage, however long and well laid out it is, and a model of plain counts would not see it. Found by a
few signs of English, each of which hardly ever stands in a real text (3 of 16,600 answers have them), so what
is not English, code, and a text of a few words is never called so.
"""

import re
from itertools import pairwise

from reward_agent.prefer.embedded.vocabulary import MAX_RESPONSE_CHARS, SENTENCE_START

WRONG_SHARE = 0.15
SHARE_OF_STARTS = 0.4

_ARTICLES = frozenset(("the", "The", "a", "an", "An"))
"""Not "A", which may be a name: "object A is heavier"."""
_NEVER = (
    "the a an of to and is are was were in on with that or at by from it this they you he she we has have can will "
    "your my their which"
)
_NEVER_AFTER_ARTICLE = frozenset(_NEVER.split())
_CAPITAL_INSIDE = re.compile(r" (?<=[a-z,;] )[A-Z][a-z]")


def out_of_order(text: str) -> bool:
    """Two articles before words that never follow one; or one, where sentences start in lower case and capitals stand
    inside them."""
    text = text[:MAX_RESPONSE_CHARS]
    after = [second.lower() for first, second in pairwise(text.split()) if first in _ARTICLES]
    wrong = sum(map(_NEVER_AFTER_ARTICLE.__contains__, after))
    if wrong >= 2:
        return wrong > WRONG_SHARE * len(after)
    if not wrong or not _CAPITAL_INSIDE.search(text):
        return False
    starts = SENTENCE_START.findall(text)
    lower = sum(map(str.islower, starts))
    return lower >= 2 and lower > SHARE_OF_STARTS * len(starts)
