"""Rules for letters and punctuation marks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_MARKS = {
    "comma": ",",
    "semicolon": ";",
    "semi-colon": ";",
    "colon": ":",
    "exclamation mark": "!",
    "exclamation point": "!",
    "question mark": "?",
    "period": ".",
    "full stop": ".",
    "hashtag": "#",
    "hash": "#",
    "em dash": "—",
    "em-dash": "—",
    "dash": "-",
    "hyphen": "-",
    "apostrophe": "'",
    "parenthes": "(",
    "asterisk": "*",
    "quotation mark": '"',
    "ampersand": "&",
    "ellips": "…",
}
_MARK = (
    r"(?:commas?|semi-?colons?|colons?|exclamation (?:marks?|points?)|question marks?|periods?|full stops?|"
    r"hashtags?|em[- ]dash(?:es)?|hyphens?|apostrophes?|asterisks?|ellips[ei]s|ampersands?|parenthes[ei]s)"
)
_COUNTED = (
    r"(?:exclamation (?:marks?|points?)|question marks?|hashtags?|commas?|semi-?colons?|ellips[ei]s|ampersands?|"
    r"em[- ]dash(?:es)?)"
)
_NOT = (
    r"(?:do not|don't|does not|doesn't|must not|mustn't|should not|shouldn't|cannot|can not|can't|never|may not|not|"
    r"without|avoid|refrain from|no|exclude|excluding|avoiding|omit|leave out|zero|free of|devoid of)"
)
_NEGATED = re.compile(
    r"(?:\bnot\b|n't|\bnever\b|\bwithout\b|\bavoid\w*|\brefrain\w*)(?: \w+){0,3} *$|^(?:not|avoid|without|do not|"
    r"don't)",
    re.IGNORECASE,
)


def mark_named(words: str) -> str | None:
    """The character that a punctuation mark's name stands for."""
    words = words.lower()
    return next((mark for name, mark in _MARKS.items() if words.startswith(name)), None)


def _letter(found: Found) -> Iterable[Constraint]:
    letter = found.literal("letter") or found.words("letter").strip("\"' ")
    denied = found.has("denied") or _NEGATED.search(found.before) is not None
    quantity = Quantity.at_most(0) if found.has("none") else found.quantity("times", denied=denied)
    if quantity is None or len(letter) != 1 or (denied and not found.has("none") and quantity.low == quantity.high):
        return
    yield wants("letters.frequency", letter=letter, quantity=quantity)


def _no_letter(found: Found) -> Iterable[Constraint]:
    letter = found.literal("letter") or found.words("letter")
    if len(letter) == 1 and not re.search(r"\b(?:who|trying|tries|try)\b", found.before):
        yield wants("letters.frequency", letter=letter, quantity=Quantity.at_most(0))


def _marks_counted(found: Found) -> Iterable[Constraint]:
    mark, quantity = mark_named(found.words("mark")), found.quantity("times")
    if mark and quantity is not None and not re.match(r"\s*(?:between|to separate|symbols? to)", found.after):
        yield wants("letters.frequency", letter=mark, quantity=quantity)


def _no_marks(found: Found) -> Iterable[Constraint]:
    names = re.findall(_MARK, found.matched, re.IGNORECASE)
    marks = tuple(dict.fromkeys(mark for name in names if (mark := mark_named(name))))
    if marks:
        yield wants("punctuation.forbid", marks=marks)


_LETTER = r"(?:letter|character|symbol) (?P<letter>{literal}|[\w#!?&@](?=[ .,;]))"

RULES: tuple[Rule, ...] = (
    Rule(
        kind="letters.frequency",
        pattern=(
            rf"(?:the )?{_LETTER}(?: ?,)? (?:{{modal}})?(?:(?P<denied>not|cannot|(?:ca|should|must)n't) )?"
            rf"(?:{{appear}}|{{use}})?(?: ?(?:in|within|throughout) {{response}})? ?(?:{{times}}|"
            r"(?P<none>at all|whatsoever|zero times))"
        ),
        build=_letter,
        needs=("letter", "character", "symbol"),
        examples=(
            example(
                "Make sure the letter q appears at least 5 times.",
                wants("letters.frequency", letter="q", quantity=Quantity.at_least(5)),
            ),
            example(
                "The letter 'z' should appear less than 6 times.",
                wants("letters.frequency", letter="z", quantity=Quantity.at_most(5)),
            ),
            example(
                'Use the letter "a" at most once.', wants("letters.frequency", letter="a", quantity=Quantity.at_most(1))
            ),
            example(
                "Avoid using the letter i more than twice.",
                wants("letters.frequency", letter="i", quantity=Quantity.at_most(2)),
            ),
        ),
    ),
    Rule(
        kind="letters.frequency",
        pattern=(
            rf"number of times (?:that )?(?:the )?{_LETTER} (?:is used|appears|occurs|is found)"
            r"(?: in {response})? (?:{modal}|is |be |to |at |stay )*(?P<times>(?:{relation} )?{number})"
        ),
        build=_letter,
        needs=("number of times",),
        numeric=True,
        examples=(
            example(
                "Limit the number of times the letter e appears to at most 20.",
                wants("letters.frequency", letter="e", quantity=Quantity.at_most(20)),
            ),
        ),
    ),
    Rule(
        kind="letters.frequency",
        pattern=rf"(?:the )?(?P<mark>{_COUNTED}) (?:symbol |sign )?(?:{{modal}})?(?:{{appear}} )?{{times}}",
        build=_marks_counted,
        numeric=True,
        needs=("exclamation", "question mark", "hashtag", "comma", "semi", "ellips", "ampersand", "em dash", "em-dash"),
        examples=(
            example(
                "Use the exclamation mark at most twice.",
                wants("letters.frequency", letter="!", quantity=Quantity.at_most(2)),
            ),
        ),
        not_in=("I used the comma 3 times already. Why?",),
    ),
    Rule(
        kind="letters.frequency",
        pattern=(
            rf"{_NOT} (?:to |ever |once )?(?:{{use}} |us(?:e|ing) )?(?:any words? (?:with|containing|"
            rf"that contains?) )?(?:the "
            rf")?{_LETTER}"
        ),
        build=_no_letter,
        needs=("letter",),
        examples=(
            example(
                "Describe hail without ever using the letter 's'.",
                wants("letters.frequency", letter="s", quantity=Quantity.at_most(0)),
            ),
            example(
                "Write a song without using the letter e.",
                wants("letters.frequency", letter="e", quantity=Quantity.at_most(0)),
            ),
        ),
    ),
    Rule(
        kind="letters.frequency",
        pattern=(
            rf"(?P<times>{{relation}} {{number}}|{{count}} {{after_least}}|{{count}} ?\+) (?P<mark>{_COUNTED})(?: "
            rf"?{{literal}})?"
        ),
        build=_marks_counted,
        numeric=True,
        needs=("exclamation", "question mark", "hashtag", "comma", "semi", "ellips", "ampersand", "em dash", "em-dash"),
        examples=(
            example(
                "Use 6 or more exclamation marks.",
                wants("letters.frequency", letter="!", quantity=Quantity.at_least(6)),
            ),
            example(
                "Include at least 4 hashtags, starting with '#'.",
                wants("letters.frequency", letter="#", quantity=Quantity.at_least(4)),
            ),
        ),
    ),
    Rule(
        kind="punctuation.forbid",
        pattern=(
            rf"{_NOT} (?:(?:to|use|using|contain|containing|include|including|have|having|the use of|any|all|a|"
            rf"of|be|put|"
            rf"place|insert|write|add|employ|type|single|extra) ){{0,4}}"
            rf"{_MARK}(?: ?(?:,|or|and|nor)+ (?:any )?{_MARK}){{0,4}}(?! separated)"
        ),
        build=_no_marks,
        needs=(
            "comma",
            "colon",
            "mark",
            "point",
            "period",
            "stop",
            "hashtag",
            "dash",
            "hyphen",
            "apostrophe",
            "asterisk",
            "ellips",
            "ampersand",
            "parenthes",
        ),
        also=(
            "not",
            "n't",
            "no ",
            "without",
            "avoid",
            "refrain",
            "never",
            "exclud",
            "omit",
            "leave out",
            "free of",
            "devoid",
            "zero",
        ),
        in_questions=True,
        examples=(
            example("Do not use any commas.", wants("punctuation.forbid", marks=(",",))),
            example("Write a riddle that doesn't use commas.", wants("punctuation.forbid", marks=(",",))),
            example("Please refrain from using commas or semicolons.", wants("punctuation.forbid", marks=(",", ";"))),
            example("Write a note with no exclamation marks.", wants("punctuation.forbid", marks=("!",))),
        ),
        not_in=("Where do commas go?", "Use commas with care."),
    ),
    Rule(
        kind="punctuation.forbid",
        pattern=(
            r"comma[- ]free\b|commas? (?:is|are|should|must)(?: not| n't)?(?: be)? (?:not |never |"
            r"strictly )*(?:allowed|used|"
            r"permitted|appear|forbidden|prohibited|banned|avoided)"
        ),
        build=lambda found: (
            (wants("punctuation.forbid", marks=(",",)),)
            if re.search(r"not|forbid|prohib|ban|avoid|free", found.matched)
            else ()
        ),
        needs=("comma",),
        examples=(example("Commas are not allowed.", wants("punctuation.forbid", marks=(",",))),),
    ),
)
