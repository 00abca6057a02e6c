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

# The words from one to ninety by their beginnings: written out, they would be half of every rule's pattern.
_WORD = (
    r"(?:one|eleven|t(?:wo|en|hree|welve|wenty|hir(?:teen|ty))|f(?:our(?:teen)?|ive|ift(?:een|y)|orty)|"
    r"(?:six|seven|nine)(?:teen|ty)?|eight(?:een|y)?)"
)
NUMBER = (
    r"\b(?=[\dzotfsenahd])(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,7}(?![\d.]*\d)|(?:a )?single|zero|"
    rf"(?:(?:a )?(?:hundred|thousand|dozen)|{_WORD}(?: (?:hundred|thousand|dozen))?)"
    rf"(?:(?:(?<=ty)[- ]|(?<=hundred) (?:and )?|(?<=thousand) (?:and )?){_WORD}(?! (?:hundred|thousand))){{0,2}})"
)
"""A regular expression for one whole number."""
ORDINAL = rf"(?:\d{{1,4}}(?:st|nd|rd|th)|{'|'.join(_ORDINALS)}|last|final)"

_NOT = (
    r"(?:not?|nothing|never|cannot|(?:do|does|must|should|ca|could|wo|would|is|are|need)n't) (?:to )?"
    r"(?:be |have |contain |include |use |write |go |run )?"
)
_SMALL = r"(?:fewer|less|lower|shorter|smaller)"
_LARGE = r"(?:more|greater|longer|larger|higher|bigger)"
_END = r"(?: (?:length|number|count|limit))?(?: of| is| being|:)?"
_BELOW = rf"{_SMALL} than|under|below"
_ABOVE = rf"{_LARGE}(?: than)?|over|above|beyond|exceed(?:ing|s)?|surpass(?:ing)?|go(?:ing)? (?:over|above|beyond)"
_LEAST = (
    rf"at (?:the )?(?:very )?least|(?:an? |the )?(?:absolute )?minimum{_END}|(?:an? )?min[.\ue0fe]?(?: of)?|"
    rf"{_LARGE} than or equal to|at or above|upwards? of"
)
_MOST = (
    rf"at (?:the )?(?:very )?most|(?:an? |the )?(?:absolute )?maximum{_END}|(?:an? )?max[.\ue0fe]?(?: of)?|up to"
    r"|without (?:exceeding|surpassing|going (?:over|above|beyond))|within|(?:a |the )?limit of"
    rf"|{_SMALL} than or equal to|at or (?:below|under)|under or (?:exactly|equal to)"
)
FEWER = rf"{_SMALL} than|under|below"
MORE = rf"{_LARGE} than|over|above|exceed(?:ing|s)?"
EXACT = r"exactly|precisely|only|just|an? (?:exact )?total of|an exact|(?:neither|no) more (?:and no|nor|or) less than"
ABOUT = r"about|around|approximately|roughly|approx\.?|some|close to|circa"
RANGE = rf"(?:between |from )?{NUMBER}(?: ?- ?| to | and (?:at most )?| or ){NUMBER}"
AFTER_LEAST = r"(?:or (?:more|above|greater|longer|over)|(?:at (?:the )?(?:very )?)?(?:minimum|least)|and (?:above|up))"
AFTER_MOST = r"(?:or (?:less|fewer|under|below|shorter)|(?:at (?:the )?(?:very )?)?(?:maximum|most)|max|tops)"

RELATION = rf"(?:{_LEAST}|{_MOST}|{_NOT}(?:{_BELOW}|{_ABOVE})|{FEWER}|{MORE}|{EXACT}|{ABOUT})"
COUNT = rf"(?:(?:between |from )?{NUMBER}(?:(?: ?- ?| to | and (?:at most )?| or ){NUMBER}| ?\+| \(\d{{1,5}}\))?)"
"""A number or a range, without a relation in front of it."""

_NUMBER = re.compile(rf"(?<![\w.]){NUMBER}(?=\+|\W|$)|(?<!\w)(?:once|twice|thrice|single|couple)(?!\w)")
_RANGE = re.compile(rf"(?<!\w){RANGE}(?!\w)")
_RELATIONS = tuple(
    (name, re.compile(rf"(?<!\w)(?:{pattern})"))
    for name, pattern in (
        ("exact", r"(?:neither|no) more (?:and no|nor|or) less than"),
        ("least", rf"{_LEAST}|{_NOT}(?:{_BELOW})|{AFTER_LEAST}"),
        ("most", rf"{_MOST}|{_NOT}(?:{_ABOVE})|{AFTER_MOST}"),
        ("fewer", FEWER),
        ("more", MORE),
        ("about", ABOUT),
    )
)

_EXACT = re.compile(r"\b(?:exactly|precisely)\b")


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


def read_quantity(words: str, *, bare: str = "exact", denied: bool = False) -> Quantity | None:
    """The quantity that the words ask for.

    `bare` says what a number without a relation means: "exact", or "least" where more does no harm. `denied` turns a
    comparison round, as "not" before it does: what must not have fewer than 5 has at least 5.
    """
    words = words.lower()
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
        case "fewer" | "more" if denied:
            return Quantity.at_least(count) if relation == "fewer" else Quantity.at_most(count)
        case "fewer":
            return Quantity.at_most(max(count - 1, 0))
        case "more":
            return Quantity.at_least(count + 1)
        case "about":
            slack = max(count // 10, 1 if count > 1 else 0)
            return Quantity(low=count - slack, high=count + slack)
    return Quantity.at_least(count) if bare == "least" and not _EXACT.search(words) else Quantity.exactly(count)


def _is_choice_of_one(words: str, numbers: list[int]) -> bool:
    # "5 and 3" is a list, "between 3 and 5" is a range
    return " and " in words and not words.startswith(("between", "from"))
