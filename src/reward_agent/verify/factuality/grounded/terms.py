"""The words that say what a text is about: which are names, which are numbers, how rare each is.

Numbers are always in digits; names are what is written like one; how rare a word is stands in `rarity.json`, made by
`training/rarity.py`.
"""

import calendar
import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

from reward_agent.verify.factuality.grounded.text import STOP_WORDS, folded, stem, telling_words

MAX_PASSAGE_CHARS = 4_000
"""How much of a passage is read."""
_CAPITAL = re.compile(r"(?<![.!?:] )(?<!\A)\b[A-Z][^\W\d_]*|\b[A-Z][^\W\d_]+(?= [A-Z][^\W\d_]+)")
_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_NUMBER_WORDS = {word: str(number) for number, word in enumerate(_COUNTED.split())}
DENIAL = re.compile(r"\b(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing)\b|n['’]t\b", re.IGNORECASE)
_MONTHS = frozenset(month.lower() for month in calendar.month_name if month)


@lru_cache(maxsize=4096)
def names_of(text: str) -> frozenset[str]:
    """The words of a text that are written like names, stemmed; months are not among them."""
    found = (folded(match[0]) for match in _CAPITAL.finditer(text))
    return frozenset(stem(word) for word in found if word not in STOP_WORDS and word not in _MONTHS and len(word) > 1)


@lru_cache(maxsize=4096)
def terms_of(text: str) -> tuple[str, ...]:
    """The telling words, numbers always in digits."""
    return tuple(_NUMBER_WORDS.get(term, term) for term in telling_words(text))


@cache
def common_rarity() -> Mapping[str, float]:
    text = resources.files(__package__).joinpath("rarity.json").read_text(encoding="utf-8")
    table: dict[str, float] = json.loads(text)["rarity"]
    return table
