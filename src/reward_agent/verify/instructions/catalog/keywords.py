"""Words and letters that must, or must not, occur."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Literal

from reward_agent.verify.instructions.catalog.evidence import all_found, every, excerpt, listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity, Reading
from reward_agent.verify.instructions.occurrences import in_given_case, occurrences
from reward_agent.verify.instructions.units import Each, bare_words, each_unit, sentences, word_pattern

Match = Literal["word", "substring"]
"""`word`: whole words, inflections do not count; `substring`: anywhere, as IFEval searches."""


@checker("keywords.include")
def keywords_include(
    response: str, *, words: tuple[str, ...], match: Match = "word", match_case: bool = False
) -> Measurement:
    """Whether every given word or phrase occurs."""
    pieces = {word: occurrences(response, word, whole=match == "word") for word in words}
    same_case = {word for word in words if in_given_case(pieces[word], word)}
    missing = [word for word in words if not pieces[word] or (match_case and word not in same_case)]
    found = all_found(words, missing, "keyword")
    if not found.met or all(word in same_case for word in words):
        return found
    return replace(found, measured=f"{found.measured}, not all in the case given", lenient=True)


@checker("keywords.forbid")
def keywords_forbid(
    response: str, *, words: tuple[str, ...], match: Match = "word", match_case: bool = False
) -> Measurement:
    """Whether none of the given words or phrases occurs."""
    patterns = [word_pattern(word, match_case, match == "word") for word in words]
    hits = [hit.start() for pattern in patterns for hit in pattern.finditer(response)]
    if not hits:
        return Measurement(met=True, measured=f"no {listing(words)}")
    first = min(hits)
    return Measurement(
        met=False,
        measured=f"{len(hits)} forbidden words, first in {excerpt(response[max(0, first - 30) : first + 50])}",
        distance=Quantity.at_most(0).distance(len(hits)),
    )


@checker("keywords.frequency")
def keywords_frequency(
    response: str, *, word: str, quantity: Quantity, match: Match = "word", match_case: bool = False
) -> Measurement:
    """How often a word or phrase occurs."""
    pieces = occurrences(response, word, whole=match == "word")
    same_case = in_given_case(pieces, word)
    measurement = Measurement.count(same_case if match_case else len(pieces), quantity, f"times {excerpt(word, 40)}")
    return replace(measurement, lenient=bool(measurement.met) and not quantity.allows(same_case))


@checker("keywords.some")
def keywords_some(response: str, *, words: tuple[str, ...], quantity: Quantity, match: Match = "word") -> Measurement:
    """How many different words of a list occur."""
    found = [word for word in words if occurrences(response, word, whole=match == "word")]
    return Measurement.count(len(found), quantity, f"of {len(words)} listed words ({listing(found)})")


@checker("keywords.order")
def keywords_order(response: str, *, words: tuple[str, ...]) -> Measurement:
    """Whether the given words all occur and their first occurrences come in the given order."""
    places = [(match.start() if (match := word_pattern(word).search(response)) else None) for word in words]
    missing = [word for word, place in zip(words, places, strict=True) if place is None]
    if missing:
        return all_found(words, missing, "keyword")
    known = [place for place in places if place is not None]
    swapped = sum(1 for first, second in itertools.pairwise(known) if first >= second)
    return Measurement(
        met=not swapped,
        measured="in order" if not swapped else f"{swapped} of {len(words) - 1} neighbours out of order",
        distance=swapped / max(len(words) - 1, 1),
    )


@checker("keywords.position")
def keywords_position(
    response: str, *, word: str, sentence: int, nth: int | None = None, reading: Reading = "literal"
) -> Measurement:
    """Whether a word stands in the n-th sentence (from 1; negative from the end), on request as its nth word."""
    found = sentences(response, reading)
    index = sentence - 1 if sentence > 0 else sentence
    if not -len(found) <= index < len(found):
        return Measurement(
            met=False,
            measured=f"{len(found)} sentences, none is number {sentence}",
            distance=Quantity.at_least(abs(sentence)).distance(len(found)),
        )
    text = found[index]
    if nth is None:
        met = word_pattern(word).search(text) is not None
    else:
        tokens = bare_words(text)
        met = 0 < nth <= len(tokens) and tokens[nth - 1] == word.strip().lower()
    return Measurement(met=met, measured=f"sentence {sentence} is {excerpt(text)}", distance=0.0 if met else 0.5)


@checker("each.contains")
def each_contains(response: str, *, each: Each, words: tuple[str, ...], reading: Reading = "literal") -> Measurement:
    """Whether each unit contains all the given words."""
    patterns = [word_pattern(word) for word in words]
    return every(
        each_unit(response, each, reading),
        lambda text: all(pattern.search(text) for pattern in patterns),
        each,
        f"contain {listing(words)}",
    )


@checker("letters.frequency")
def letters_frequency(response: str, *, letter: str, quantity: Quantity) -> Measurement:
    """How often a letter or sign occurs, whatever its case."""
    found = response.lower().count(letter.lower()) if letter else 0
    return Measurement.count(found, quantity, f"times {excerpt(letter, 20)}")


@checker("letters.forbid")
def letters_forbid(response: str, *, letters: tuple[str, ...]) -> Measurement:
    """Whether none of the given letters occurs, whatever its case (a lipogram)."""
    lowered = response.lower()
    hits = {letter: count for letter in letters if letter and (count := lowered.count(letter.lower()))}
    if not hits:
        return Measurement(met=True, measured=f"no {listing(letters)}")
    used = ", ".join(f"{letter} {count} times" for letter, count in hits.items())
    return Measurement(
        met=False, measured=f"forbidden letters: {used}", distance=Quantity.at_most(0).distance(sum(hits.values()))
    )
