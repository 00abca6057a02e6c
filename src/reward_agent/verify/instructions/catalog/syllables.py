"""How many syllables an English word has, by its spelling."""

from __future__ import annotations

import re
from functools import lru_cache

_GROUPS = re.compile(r"[aeiouy]+")
_SILENT_E = re.compile(r"(?:[^aeiouyl]|[aeiouy]l|rl)e$|[^aeiouytd]ed$|(?:[^aeiouycgszxlh]|[^cs]h|[aeiouy]l)es$")
_SPLIT_VOWELS = re.compile(r"i[aou]|[^q]ua|eo|ying|[aeou]ing|uou|ienc|iet|io$|[^aeiou]sm$|eum$|eal")
_ONE_SOUND = re.compile(r"[ctsg]i(?:ous|on|al|an)|geo|eou|eopl|eon$|qu|gu[ae]|eal(?:[^it]|$)|ea(?:u|ch)|iew")


@lru_cache(maxsize=16384)
def count_syllables(word: str) -> int:
    """The number of syllables of an English word, at least 1: vowel groups, less silent ones, plus split ones."""
    letters = "".join(char for char in word.lower()[:60] if char.isalpha())
    count = len(_GROUPS.findall(letters))
    count -= bool(_SILENT_E.search(letters))
    count += len(_SPLIT_VOWELS.findall(letters)) - len(_ONE_SOUND.findall(letters))
    count += letters.endswith(("sm", "thm")) and not _SPLIT_VOWELS.search(letters[-3:])
    return max(count, 1)
