"""What every word of a response is like: its length, letters, sound, place and neighbours."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from functools import lru_cache
from typing import Literal

from reward_agent.verify.instructions.catalog.evidence import every, excerpt, listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.catalog.syllables import count_syllables
from reward_agent.verify.instructions.constraint import Measurement, Quantity
from reward_agent.verify.instructions.english import PERSONAL_PRONOUNS, PRONOUNS, STOP_WORDS
from reward_agent.verify.instructions.units import bare_words, words

_VOWELS = frozenset("aeiou")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9f]")


def _letters(word: str) -> str:
    return "".join(char for char in word if char.isalpha())


@checker("words.unique")
def words_unique(response: str, *, quantity: Quantity) -> Measurement:
    """The number of different words, whatever their case."""
    return Measurement.count(len(set(bare_words(response))), quantity, "different words")


@checker("words.length")
def words_length(response: str, *, quantity: Quantity) -> Measurement:
    """The length of each word in letters; all must be in range."""
    return every(
        bare_words(response),
        lambda word: quantity.allows(len(_letters(word))) or not _letters(word),
        "word",
        f"have {quantity} letters",
    )


@checker("words.prime_lengths")
def words_prime_lengths(response: str) -> Measurement:
    """Whether the length of each word is a prime number."""
    return every(bare_words(response), lambda word: _is_prime(len(word)), "word", "have a prime length")


@lru_cache(maxsize=4096)
def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


@checker("words.repeats")
def words_repeats(response: str, *, at_most: int) -> Measurement:
    """How often the most frequent word is used, whatever its case."""
    counts = Counter(bare_words(response))
    if not counts:
        return Measurement(met=True, measured="no words")
    word, most = counts.most_common(1)[0]
    return Measurement.count(most, Quantity.at_most(at_most), f"times {excerpt(word, 40)}, the most frequent word")


@checker("words.alliterate_not")
def words_alliterate_not(response: str) -> Measurement:
    """Whether no two neighbouring words start with the same letter."""
    found = bare_words(response)
    pairs = [f"{one} {two}" for one, two in itertools.pairwise(found) if one[0] == two[0]]
    if not pairs:
        return Measurement(met=True, measured=f"{len(found)} words, no neighbours alliterate")
    return Measurement(
        met=False, measured=f"{len(pairs)} pairs alliterate: {listing(pairs)}", distance=len(pairs) / len(found)
    )


@checker("words.alphabet")
def words_alphabet(response: str) -> Measurement:
    """Whether each word starts with the letter after its forerunner's, A after Z."""
    initials = [word[0] for word in bare_words(response)]
    if not initials:
        return Measurement.of(False, "no words")
    steps = list(itertools.pairwise(initials))
    broken = [f"{one}, {two}" for one, two in steps if not _follows(one, two)]
    if not broken and initials[0].isalpha():
        return Measurement(met=True, measured=f"{len(initials)} words in alphabetical turn")
    return Measurement(
        met=False,
        measured=f"{len(broken)} of {len(steps)} words out of turn, first {listing(broken[:1])}",
        distance=max(len(broken), 1) / max(len(steps), 1),
    )


def _follows(one: str, two: str) -> bool:
    return two == ("a" if one == "z" else chr(ord(one) + 1))


@checker("words.consonant_clusters")
def words_consonant_clusters(response: str) -> Measurement:
    """Whether each word has two or more consonants in a row."""
    return every(bare_words(response), _has_cluster, "word", "have a consonant cluster")


_CLUSTER = re.compile(r"[bcdfghjklmnpqrstvwxyz]{2}")


def _has_cluster(word: str) -> bool:
    return _CLUSTER.search(word) is not None


@checker("words.vowel_types")
def words_vowel_types(response: str, *, quantity: Quantity, each: bool = False) -> Measurement:
    """How many different vowels (a e i o u) the response uses; `each`: every word must be in range."""
    if each:
        return every(
            bare_words(response),
            lambda word: quantity.allows(len(_VOWELS.intersection(word))),
            "word",
            f"use {quantity} vowels",
        )
    used = sorted(_VOWELS.intersection(response.lower()))
    return Measurement.count(len(used), quantity, f"different vowels ({' '.join(used)})")


@checker("words.stop_share")
def words_stop_share(response: str, *, percent: float) -> Measurement:
    """The share of English stop words (the, of, and, ...) among all words, at most `percent`."""
    found = re.findall(r"\w+", response.lower())
    if not found:
        return Measurement(met=True, measured="no words")
    share = 100 * sum(1 for word in found if word in STOP_WORDS) / len(found)
    return Measurement(
        met=share <= percent,
        measured=f"{share:.1f} % stop words, at most {percent:g}",
        distance=0.0 if share <= percent else (share - percent) / 100,
    )


@checker("pronouns.count")
def pronouns_count(response: str, *, quantity: Quantity, personal: bool = True) -> Measurement:
    """The number of English pronouns; personal and possessive ones only, or `personal=False` for all."""
    wanted = PERSONAL_PRONOUNS if personal else PRONOUNS
    found = sum(1 for word in re.findall(r"\w+", response.lower()) if word in wanted)
    return Measurement.count(found, quantity, "pronouns")


@checker("palindromes.count")
def palindromes_count(response: str, *, quantity: Quantity, shortest: int = 3, different: bool = False) -> Measurement:
    """The number of (different) words that read the same backwards, of at least `shortest` letters."""
    found = [word for word in bare_words(response) if len(word) >= shortest and word == word[::-1]]
    found = [word for word in found if len(set(word)) > 1]
    shown = list(dict.fromkeys(found))
    return Measurement.count(
        len(shown) if different else len(found), quantity, f"palindromes{': ' if shown else ''}{listing(shown)}"
    )


@checker("words.syllables_alternate")
def words_syllables_alternate(response: str) -> Measurement:
    """Whether words with an odd and an even number of syllables take turns (English, by spelling)."""
    found = bare_words(response)
    if len(found) < 2:
        return Measurement.of(bool(found), f"{len(found)} words")
    parities = [count_syllables(word) % 2 for word in found]
    broken = [
        f"{found[place]} {found[place + 1]}"
        for place in range(len(found) - 1)
        if parities[place] == parities[place + 1]
    ]
    return Measurement(
        met=not broken,
        measured=f"{len(broken)} of {len(found) - 1} neighbours alike{': ' if broken else ''}{listing(broken[:3])}",
        distance=len(broken) / (len(found) - 1),
    )


@checker("words.nth_japanese")
def words_nth_japanese(response: str, *, n: int) -> Measurement:
    """Whether every n-th word is written in Japanese."""
    found = response.split()
    places = range(n - 1, len(found), max(n, 1)) if n > 0 else range(0)
    wrong = [found[place] for place in places if not _JAPANESE.search(found[place])]
    if not len(places):
        return Measurement(met=False, measured=f"only {len(found)} words", distance=1.0)
    return Measurement(
        met=not wrong,
        measured=f"{len(wrong)} of {len(places)} are not Japanese{': ' if wrong else ''}{listing(wrong[:3])}",
        distance=len(wrong) / len(places),
    )


@checker("words.at")
def words_at(response: str, *, word: str, positions: tuple[int, ...]) -> Measurement:
    """Whether a word stands at each of the given places (from 1; negative from the end)."""
    found = bare_words(response)
    wrong = []
    for position in positions:
        index = position - 1 if position > 0 else position
        if not -len(found) <= index < len(found) or found[index] != word.strip().lower():
            wrong.append(position)
    return Measurement(
        met=not wrong,
        measured=f"{excerpt(word, 40)} is not word {wrong}" if wrong else f"{excerpt(word, 40)} is word {positions}",
        distance=len(wrong) / max(len(positions), 1),
    )


@checker("words.start_with")
def words_start_with(response: str, *, letters: tuple[str, ...]) -> Measurement:
    """Whether every word starts with one of the given letters, whatever its case (alliteration, a tautogram)."""
    starts = tuple(letter.lower() for letter in letters if letter)
    return every(bare_words(response), lambda word: word.startswith(starts), "word", f"start with {listing(letters)}")


@checker("syllables.count")
def syllables_count(
    response: str, *, quantity: Quantity, each: Literal["response", "line", "word"] = "response"
) -> Measurement:
    """The number of syllables of the response, or of each line or word (English, by spelling)."""
    if each == "response":
        return Measurement.count(sum(map(count_syllables, bare_words(response))), quantity, "syllables")
    if each == "word":
        return every(
            bare_words(response),
            lambda word: quantity.allows(count_syllables(word)),
            "word",
            f"have {quantity} syllables",
        )
    return every(
        [line for line in response.split("\n") if words(line, "natural")],
        lambda line: quantity.allows(sum(map(count_syllables, bare_words(line)))),
        "line",
        f"have {quantity} syllables",
    )


@checker("syllables.lines")
def syllables_lines(response: str, *, counts: tuple[int, ...]) -> Measurement:
    """The number of syllables of each line in turn: (5, 7, 5) is a haiku (English, by spelling)."""
    rows = [line for line in response.split("\n") if words(line, "natural")]
    seen = [sum(map(count_syllables, bare_words(line))) for line in rows[: len(counts) + 20]]
    gap = sum(abs(one - two) for one, two in zip(seen, counts, strict=False))
    gap += sum(counts[len(seen) :]) + sum(seen[len(counts) :])
    return Measurement(
        met=gap == 0,
        measured=f"lines of {' '.join(map(str, seen[:20]))} syllables",
        distance=Quantity.exactly(sum(counts)).distance(sum(counts) + gap),
    )


@checker("contractions.none")
def contractions_none(response: str) -> Measurement:
    """Whether there are no English contractions (don't, it's, we'll); a possessive 's is none after other words."""
    found = _CONTRACTION.findall(response)
    return Measurement.count(len(found), Quantity.at_most(0), f"contractions{': ' if found else ''}{listing(found)}")


_CONTRACTION = re.compile(
    r"\b(?:\w{1,20}n['’]t|(?:i|you|he|she|it|we|they|who|what|that|there|here|let|how|where)['’](?:s|re|ve|ll|d|m)"
    r"|\w{1,20}['’](?:ll|ve|re))\b",
    re.IGNORECASE,
)
