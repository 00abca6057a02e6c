"""Rules for capitals and small letters: of the whole response, and of so many words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_LOWER = (
    r"(?:(?:all |only |entirely |completely |strictly |just |fully |exclusively |in )*(?:lower[- ]?case|small "
    r"letters)(?: letters?| text| english| form| characters| only)?)"
)
_UPPER = (
    r"(?:(?:all |only |entirely |completely |strictly |just |fully |exclusively )*(?:upper[- ]?case|capital letters|"
    r"caps\b|capitals\b|block letters|capitali[sz]ed letters)(?: letters?| text| only)?)"
)
_CAPITAL = (
    r"(?:(?:words?|terms?)(?: or phrases?| and phrases?)?(?: that (?:is|are)| which are| written| should be| "
    r"be)?(?: in| with| of| using)? ?"
    r"(?:all )?(?:-? ?)?(?:capitali[sz]ed|capital letters?|caps\b|capitals\b|upper[- ]?case(?: letters)?|all[- "
    r"]caps)(?: \([^)]{0,40}\))?|"
    r"(?:all[- ]?(?:capital|caps)|fully capitali[sz]ed|capitali[sz]ed|upper[- ]?case|all-?capitali[sz]ed|"
    r"capital)(?:[- ]letters?)? words?)"
)
_CASE_FIELD = re.compile(
    r"\b(?:each|every|headings?|headers?|titles?|section|begin\w*|start\w*|labell?ed|named|names? of)\b[^.;]{0,40}$"
    r"|\bwords?(?: (?:with|in|of|are|that are|be|using))?(?: all)? *$"
)
_NO_CAPITALS = (
    r"(?:no|without|avoid|don't use|do not use|not use|not contain|not have|not include) (?:using |the use of |any "
    r")?(?:any )?(?:capital(?:s| letters?|i[sz]ations?|i[sz]ed letters?)|upper[- ]?case(?: letters?)?)"
)


def _capital_words(found: Found) -> Iterable[Constraint]:
    quantity = Quantity.at_least(1) if found.has("some") else found.quantity("times")
    if quantity is not None:
        yield wants("case.capital_words", quantity=quantity)


def _counted_capitals(found: Found) -> Iterable[Constraint]:
    quantity = found.quantity("times2")
    if quantity is not None and "number" in found.matched.lower():
        yield wants("case.capital_words", quantity=quantity)


_SPOKEN_OF = re.compile(
    r"\b(?:words?|terms?)\b[^.;]{0,40}\b(?:capitali[sz]ed|all[- ]caps|(?:all )?capital letters|upper[- ]?case)\b"
    r"|\b(?:capitali[sz]ed|all[- ]caps|upper[- ]?case) (?:[\w-]+ )?words?\b",
    re.IGNORECASE,
)


def _those_words(found: Found) -> Iterable[Constraint]:
    """ "Those words", where the words before spoke of words in capitals."""
    if _SPOKEN_OF.search(f"{found.previous_sentence} {found.before}"):
        yield from _capital_words(found)


def _joined(found: Found) -> str:
    # "at least 300 words and in lowercase" does not speak of words in lowercase
    return found.before + (";" if found.matched.lower().startswith(("and", ",")) else "")


def _lower(found: Found) -> Iterable[Constraint]:
    if (
        re.search(r"(?:\bnot?\b|n't|\bavoid|\bwithout)(?:(?! and\b)[^.;,]){0,50}$", _joined(found))
        and "lower" in found.matched.lower()
    ):
        yield wants("case.upper")
        return
    if not _CASE_FIELD.search(_joined(found)) or re.search(
        r"\b(?:word in|all (?:the )?words)[^.;]{0,30}$", found.before
    ):
        yield wants("case.lower")


def _upper(found: Found) -> Iterable[Constraint]:
    if not _CASE_FIELD.search(_joined(found)) and not re.match(
        r"\s*(?:followed|at the (?:start|beginning)|for (?!your|the (?:whole|entire|full)|all|every))", found.after
    ):
        yield wants("case.upper")


RULES: tuple[Rule, ...] = (
    Rule(
        kind="case.capital_words",
        pattern=(
            rf"(?:number of )?{_CAPITAL}(?: (?:{{modal}}|to ))?(?: ?{{appear}}| ?be)?(?: ?(?:in|within|throughout) "
            rf"{{response}})? ?(?:to |for )?"
            r"(?:{times}|(?P<times2>less than {number}))"
        ),
        build=lambda found: _capital_words(found) if found.has("times") else _counted_capitals(found),
        numeric=True,
        needs=("cap", "upper"),
        examples=(
            example(
                "Words in all capital letters should appear at least 10 times.",
                wants("case.capital_words", quantity=Quantity.at_least(10)),
            ),
            example(
                "The number of words in all capital letters should be less than 5.",
                wants("case.capital_words", quantity=Quantity.at_most(4)),
            ),
        ),
    ),
    Rule(
        kind="case.capital_words",
        pattern=rf"(?P<times>{{relation}} {{number}}|{{number}} {{after_least}}|{{count}} ?\+) {_CAPITAL}",
        build=_capital_words,
        numeric=True,
        needs=("cap", "upper"),
        examples=(
            example(
                "Use at least 15 words in all capital letters.",
                wants("case.capital_words", quantity=Quantity.at_least(15)),
            ),
            example("It needs at least 3 all-caps words.", wants("case.capital_words", quantity=Quantity.at_least(3))),
        ),
    ),
    Rule(
        kind="case.capital_words",
        pattern=(
            r"(?P<times>{relation} {number}) words? (?:(?:in|within|of) {response} )?(?:{modal}|"
            r"are )?(?:be )?(?:written |"
            r"appear )?in all[- ](?:capital letters|caps|capitals|upper[- ]?case)"
        ),
        build=_capital_words,
        numeric=True,
        needs=("cap", "upper"),
        examples=(
            example(
                "No more than 4 words may be in all caps.", wants("case.capital_words", quantity=Quantity.at_most(4))
            ),
            example(
                "At least 5 words in the output should be in all caps.",
                wants("case.capital_words", quantity=Quantity.at_least(5)),
            ),
        ),
    ),
    Rule(
        kind="case.capital_words",
        pattern=rf"(?P<some>(?:a few|some|several)) {_CAPITAL}",
        build=_capital_words,
        needs=("cap", "upper"),
        examples=(
            example(
                "Include a few words in all capital letters.",
                wants("case.capital_words", quantity=Quantity.at_least(1)),
            ),
        ),
    ),
    Rule(
        kind="case.capital_words",
        pattern=(
            r"(?P<some>use) (?:\w+ )?words? (?:in|with) all[- ](?:capital|caps)(?: letters?)?(?! "
            r"?[^.;]{0,40}\btimes)"
        ),
        build=_capital_words,
        needs=("cap",),
        examples=(
            example(
                "Use words with all capital letters for stress.",
                wants("case.capital_words", quantity=Quantity.at_least(1)),
            ),
        ),
    ),
    Rule(
        kind="case.capital_words",
        pattern=r"(?:those|these|such) (?:[\w-]+ )?words? (?:{modal})?(?:{appear} )?(?:to |for )?{times}",
        build=_those_words,
        numeric=True,
        needs=("those", "these", "such"),
        examples=(
            example(
                "Add loud words that are capitalized. Keep these loud words to less than 9 times.",
                wants("case.capital_words", quantity=Quantity.at_most(8)),
            ),
        ),
        not_in=("Capitals matter. Use these words 3 times.",),
    ),
    Rule(
        kind="case.lower",
        pattern=(
            rf"(?:(?:in|use|using|with|contain|be|are|is|and|,|letters|english|it) (?:only )?(?:the )?{_LOWER}|only "
            rf"{_LOWER}|{_NO_CAPITALS}|no capitals)"
        ),
        build=_lower,
        needs=("lower", "small letters", "capital", "upper"),
        in_questions=True,
        examples=(
            example("Write a letter in all lowercase letters.", wants("case.lower")),
            example("Use only lowercase letters. No capital letters are allowed.", wants("case.lower")),
            example("Answer in English and all lowercase.", wants("case.lower")),
            example("Write a tweet without using capital letters.", wants("case.lower")),
            example("All letters in your response must be lower case letters.", wants("case.lower")),
        ),
        not_in=("Begin each line with a lowercase letter.",),
    ),
    Rule(
        kind="case.upper",
        pattern=(
            rf"(?:(?:in|use|using|with|contain|be|are|is|and|,|it|english) (?:only )?{_UPPER}|only {_UPPER}|all[- "
            rf"]caps|all capital letters|(?:no|without|avoid|(?:do not|don't|never|must not|"
            r"should not) use)(?: using| any)* lower[- ]?case(?: letters?)?|"
            r"capitali[sz]e (?:every (?:single )?letter|all (?:of )?(?:the |your )?(?:letters|words)|everything))"
        ),
        build=_upper,
        needs=("cap", "upper", "lower"),
        in_questions=True,
        examples=(
            example("The response should be in all capital letters.", wants("case.upper")),
            example("Write it in English and in all caps.", wants("case.upper")),
            example("Capitalize every letter.", wants("case.upper")),
            example("Don't use any lowercase letters.", wants("case.upper")),
        ),
        not_in=(
            "Each item begins with a capital letter.",
            "Use capital letters for names.",
            "A heading in all capital letters.",
        ),
    ),
)
