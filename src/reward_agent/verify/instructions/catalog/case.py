"""Capital and small letters."""

from __future__ import annotations

import re
from collections.abc import Callable

from reward_agent.verify.instructions.catalog.evidence import every, excerpt, listing
from reward_agent.verify.instructions.catalog.language import Identifier, language_is
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity, Reading
from reward_agent.verify.instructions.english import SMALL_WORDS
from reward_agent.verify.instructions.units import Each, each_unit, strip_marks, words

# A hyphen or dot inside keeps a word together (NON-FICTION, U.S.), an apostrophe ends it (DON'T is DO and N'T).
_WORD = re.compile(r"[^\W_](?:[\w]|[-.&/](?=[^\W_]))*+")


def _one_case(response: str, wrong: Callable[[str], bool], right: Callable[[str], bool], name: str) -> Measurement:
    """All cased letters in one case; `wrong` and `right` tell the letters of either case."""
    offending, fitting = sum(map(wrong, response)), sum(map(right, response))
    if not offending:
        return Measurement.of(bool(fitting), f"all letters are {name}" if fitting else "no letter that has a case")
    first = next(place for place, char in enumerate(response) if wrong(char))
    return Measurement(
        met=False,
        measured=f"{offending} of {offending + fitting} letters are not {name}, first in {_around(response, first)}",
        distance=offending / (offending + fitting),
    )


def _around(text: str, place: int) -> str:
    return excerpt(text[max(0, place - 20) : place + 40])


def _in_language(measurement: Measurement, response: str, language: str | None, identifier: Identifier) -> Measurement:
    """The measurement, unless the response is known to be in another language."""
    if language is None or not measurement.met:
        return measurement
    spoken = language_is(response, language=language, identifier=identifier)
    return spoken if spoken.met is False else measurement


@checker("case.upper")
def case_upper(response: str, *, language: str | None = None, identifier: Identifier = "py3langid") -> Measurement:
    """Whether all letters are capitals, on request in a given language too (ISO 639-1)."""
    if response.isupper():
        return _in_language(Measurement(met=True, measured="all letters are capitals"), response, language, identifier)
    return _one_case(response, str.islower, str.isupper, "capitals")


@checker("case.lower")
def case_lower(response: str, *, language: str | None = None, identifier: Identifier = "py3langid") -> Measurement:
    """Whether no letter is a capital, on request in a given language too (ISO 639-1)."""
    if response.islower():
        return _in_language(Measurement(met=True, measured="all letters are small"), response, language, identifier)
    return _one_case(response, str.isupper, str.islower, "small letters")


@checker("case.capital_words")
def case_capital_words(response: str, *, quantity: Quantity, shortest: int = 1) -> Measurement:
    """The number of words in all capitals of at least `shortest` letters ("I" and "A" count unless it is 2)."""
    found = [word for word in _WORD.findall(response) if word.isupper() and len(word) >= shortest]
    measurement = Measurement.count(len(found), quantity, "words in capitals")
    return Measurement(
        met=measurement.met,
        measured=f"{measurement.measured}: {listing(found)}" if found else measurement.measured,
        distance=measurement.distance,
    )


@checker("case.title")
def case_title(response: str, *, small: bool = True) -> Measurement:
    """Whether every major word starts with a capital; `small` lets articles and short prepositions be lower case."""
    starts = [bare for word in words(response, "natural") if (bare := strip_marks(word)) and bare[0].isalpha()]
    return every(
        starts,
        lambda word: not word[0].islower() or (small and word.lower() in SMALL_WORDS),
        "word",
        "start with a capital",
    )


@checker("case.capitalized_count")
def case_capitalized_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of words that start with a capital letter."""
    found = sum(1 for word in words(response, "natural") if strip_marks(word)[:1].isupper())
    return Measurement.count(found, quantity, "capitalised words")


@checker("case.sentence_starts")
def case_sentence_starts(response: str, *, reading: Reading = "natural") -> Measurement:
    """Whether every sentence starts with a capital letter, after any quote or markup."""
    return every(
        each_unit(response, "sentence", reading),
        lambda text: not strip_marks(text[:80])[:1].islower(),
        "sentence",
        "start with a capital",
    )


@checker("each.starts_with_capital")
def each_starts_with_capital(response: str, *, each: Each, reading: Reading = "literal") -> Measurement:
    """Whether each unit starts with a capital letter. literal: as its very first character; natural: after markup."""

    def passes(text: str) -> bool:
        start = text if reading == "literal" else strip_marks(text[:200])
        return start[:1].isupper()

    return every(each_unit(response, each, reading), passes, each, "start with a capital")
