"""Numbers and quantities in words and figures: "three", "1,000", "at least 5", "200 words or less", "6 or 7"."""

from __future__ import annotations

import re

from reward_agent.verify.instructions.constraint import Quantity

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALE = {"hundred": 100, "thousand": 1000}
_WORDS: dict[str, int] = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
    **_SCALE,
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "dozen": 12,
    "single": 1,
    "couple": 2,
}
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]

_WORD = "|".join((*reversed(_UNITS[1:]), *_TENS))
NUMBER = (
    r"\b(?=[\dzotfsenahd])(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,7}(?![\d.]*\d)"
    rf"|(?:(?:a|{_WORD}) )?(?:hundred|thousand|dozen)(?: (?:and )?(?:{_WORD})(?:[- ](?:{_WORD}))?)?"
    rf"|(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_UNITS[1:10])})|(?:a )?single|{_WORD}|zero)"
)
"""A regular expression for one whole number."""
ORDINAL = rf"(?:\d{{1,4}}(?:st|nd|rd|th)|{'|'.join(_ORDINALS)}|last|final)"

LEAST = (
    r"at (?:the )?(?:very )?least|(?:a |an )?(?:absolute )?minimum(?: of)?|min[.\ue0fe]?|(?:no|not) (?:fewer|less|"
    r"lower) than"
    r"|no shorter than"
)
MOST = (
    r"at (?:the )?(?:very )?most|(?:a |an )?(?:absolute )?maximum(?: length)?(?: of)?|max[.\ue0fe]?|up to|(?:not?|"
    r"nothing|"
    r"\w{2,6}n't) "
    r"(?:be )?(?:more|greater|longer|larger|over|higher)(?: than)?|"
    r"(?:not|\w{2,6}n't|never|without) (?:to )?(?:exceed(?:ing|s)?|surpass(?:ing)?|go(?:ing)? over|go(?:ing)? above|"
    r"go(?:ing)? beyond)"
    r"|within|(?:a |the )?limit of|not to exceed"
)
FEWER = r"(?:less|fewer|shorter|lower) than|under|below"
MORE = r"(?:more|greater|longer|higher) than|over|above|exceed(?:ing|s)?"
EXACT = r"exactly|precisely|only|just|an? (?:exact )?total of|an exact"
ABOUT = r"about|around|approximately|roughly|approx\.?|some|close to|circa"
RANGE = rf"(?:between |from )?{NUMBER}(?: ?- ?| to | and (?:at most )?| or ){NUMBER}"
AFTER_LEAST = r"or (?:more|above|greater|longer|over)|(?:at (?:the )?)?(?:minimum|least)|and (?:above|up)"
AFTER_MOST = r"or (?:less|fewer|under|below|shorter)|(?:at (?:the )?)?(?:maximum|most)|max|tops"

RELATION = rf"(?:{LEAST}|{MOST}|{FEWER}|{MORE}|{EXACT}|{ABOUT})"
COUNT = rf"(?:(?:between |from )?{NUMBER}(?:(?: ?- ?| to | and (?:at most )?| or ){NUMBER}| ?\+| \(\d{{1,5}}\))?)"
"""A number or a range, without a relation in front of it."""

_NUMBER = re.compile(rf"(?<![\w.]){NUMBER}(?=\+|\W|$)|(?<!\w)(?:once|twice|thrice|single|couple)(?!\w)", re.IGNORECASE)
_RANGE = re.compile(rf"(?<!\w){RANGE}(?!\w)", re.IGNORECASE)
_RELATIONS = tuple(
    (name, re.compile(rf"(?<!\w)(?:{pattern})", re.IGNORECASE))
    for name, pattern in (
        ("least", rf"{LEAST}|{AFTER_LEAST}"),
        ("most", rf"{MOST}|{AFTER_MOST}"),
        ("fewer", FEWER),
        ("more", MORE),
        ("about", ABOUT),
    )
)


def read_number(words: str) -> int | None:
    """The whole number that the words spell, None where they spell none: "1,200", "twenty-five", "three hundred"."""
    words = words.lower().strip()
    digits = words.replace(",", "")
    if digits.isdecimal():
        return int(digits)
    if words[:1].isdigit() and words[-2:] in ("st", "nd", "rd", "th") and words[:-2].isdecimal():
        return int(words[:-2])
    if words in _ORDINALS:
        return _ORDINALS.index(words) + 1
    total, part = 0, 0
    for word in re.split(r"[\s-]+", words):
        if word in ("and", "a", "an"):
            continue
        value = _WORDS.get(word)
        if value is None:
            return None
        if word in ("hundred", "dozen"):
            part = max(part, 1) * value
        elif word == "thousand":
            total, part = total + max(part, 1) * value, 0
        else:
            part += value
    return total + part


def read_quantity(words: str, *, bare: str = "exact") -> Quantity | None:
    """The quantity that the words ask for.

    `bare` says what a number without a relation means: "exact", or "least" where more does no harm.
    """
    if found := _RANGE.search(words):
        numbers = [n for n in (read_number(m[0]) for m in _NUMBER.finditer(found[0])) if n is not None]
        if len(numbers) == 2 and not _is_choice_of_one(found[0], numbers):
            return Quantity(low=min(numbers), high=max(numbers))
    first = _NUMBER.search(words)
    count = read_number(first[0]) if first else None
    if first is None or count is None:
        return None
    relation = next((name for name, pattern in _RELATIONS if pattern.search(words)), None)
    if words[first.end() :].lstrip().startswith("+"):
        relation = "least"
    match relation:
        case "least":
            return Quantity.at_least(count)
        case "most":
            return Quantity.at_most(count)
        case "fewer":
            return Quantity.at_most(max(count - 1, 0))
        case "more":
            return Quantity.at_least(count + 1)
        case "about":
            return Quantity(low=count - count // 10, high=count + count // 10)
    return Quantity.at_least(count) if bare == "least" else Quantity.exactly(count)


def _is_choice_of_one(words: str, numbers: list[int]) -> bool:
    # "5 and 3" is a list, "between 3 and 5" is a range
    return " and " in words.lower() and not words.lower().startswith(("between", "from"))
