"""Rules for how often a word must occur in the response."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.keywords import COLON, GAP, IN_RESPONSE, NOT_BEFORE, NOUN, entries
from reward_agent.verify.instructions.grammar.numbers import NUMBER, read_quantity
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants


def _frequency(found: Found) -> Iterable[Constraint]:
    denied = found.has("denied") or NOT_BEFORE.search(found.before) is not None
    quantity = found.quantity("times", denied=denied)
    if quantity is None or (denied and quantity.low == quantity.high):
        return
    words = entries(found, "keywords")
    if quantity == Quantity.at_least(1) and words:
        yield wants("keywords.include", words=words)
        return
    for word in words:
        if quantity == Quantity.at_most(0):
            yield wants("keywords.forbid", words=(word,))
        else:
            yield wants("keywords.frequency", word=word, quantity=quantity)


_PLURAL = re.compile(rf"\b{NUMBER} (?:[\w-]+ ){{0,2}}?[a-z]{{2,}}s\b", re.IGNORECASE)


def _each_time(found: Found) -> Iterable[Constraint]:
    """A word in each of several things that the words before ask for: "two slogans, with the word 'sun' in each"."""
    asked = _PLURAL.findall(f"{found.previous_sentence} {found.before}")
    quantity = read_quantity(asked[-1]) if asked else None
    if quantity is None or quantity.low is None or NOT_BEFORE.search(found.before):
        return
    for word in entries(found, "keywords"):
        yield wants("keywords.frequency", word=word, quantity=Quantity.at_least(quantity.low))


def _three(word: str) -> Constraint:
    return wants("keywords.frequency", word=word, quantity=Quantity.exactly(3))


_DENIED = (
    r"(?:(?P<denied>(?:does|do|should|must|can|could|may|shall|will|is|are) not|cannot|never|not|"
    r"(?:does|do|should|must|ca|could)n't) )?"
)
_TIMES = ("time", "once", "twice", "thrice", "occurrence", "mention")

RULES: tuple[Rule, ...] = (
    Rule(
        kind="keywords.frequency",
        pattern=rf"{NOUN}{COLON}{{keywords}} ?,? ?(?:{{modal}}|to |that )?{_DENIED}(?:each |all |both )?{{appear}}"
        rf"{IN_RESPONSE} ?,? ?{{times}}",
        build=_frequency,
        numeric=True,
        needs=_TIMES,
        in_questions=True,
        examples=(
            example("Ensure the word 'river' appears 3 times.", _three("river")),
            example('The word "river" should appear three times in the text.', _three("river")),
            example(
                "The word river must appear 4 or more times.",
                wants("keywords.frequency", word="river", quantity=Quantity.at_least(4)),
            ),
            example(
                "Make sure the word river appears less than 6 times.",
                wants("keywords.frequency", word="river", quantity=Quantity.at_most(5)),
            ),
            example(
                "The word 'river' should appear in your response at least twice.",
                wants("keywords.frequency", word="river", quantity=Quantity.at_least(2)),
            ),
            example("With the word 'river' appearing at least once.", wants("keywords.include", words=("river",))),
            example(
                "The word 'river' should be used 6 or 7 times.",
                wants("keywords.frequency", word="river", quantity=Quantity(low=6, high=7)),
            ),
        ),
        not_in=("What does the word 'river' mean?", "How many times does the word 'river' occur in the Bible?"),
    ),
    Rule(
        kind="keywords.frequency",
        pattern=rf"(?:{NOUN}|\bname\b){COLON}{{keywords}}"
        rf"{IN_RESPONSE} ?,? ?(?:each )?{{times}}",
        build=_frequency,
        numeric=True,
        needs=_TIMES,
        in_questions=True,
        examples=(
            example("Use the word 'river' 3 times.", _three("river")),
            example(
                "Use the word oak at least 8 times, and the word elm at least 10 times.",
                wants("keywords.frequency", word="oak", quantity=Quantity.at_least(8)),
                wants("keywords.frequency", word="elm", quantity=Quantity.at_least(10)),
            ),
            example("Include the keyword 'river' in your answer three times.", _three("river")),
            example(
                "Do not use the word 'very' more than twice.",
                wants("keywords.frequency", word="very", quantity=Quantity.at_most(2)),
            ),
        ),
    ),
    Rule(
        kind="keywords.frequency",
        pattern=r"\b(?:{use} |ensure (?:that )?|make sure (?:that )?|that |with )(?P<keywords>{literals})"
        rf"(?: ?{{modal}}?{_DENIED}{{appear}})?{IN_RESPONSE} ?,? ?{{times}}",
        build=_frequency,
        numeric=True,
        needs=_TIMES,
        examples=(
            example("Mention 'river' exactly three times.", _three("river")),
            example(
                "Make sure that 'river' appears at least 5 times.",
                wants("keywords.frequency", word="river", quantity=Quantity.at_least(5)),
            ),
        ),
    ),
    Rule(
        kind="keywords.frequency",
        pattern=(
            rf"\b(?:{{adds}}|with) {GAP}{NOUN}{COLON}{{keywords}} ?,? ?(?:(?:each|every) time"
            r"|in (?:each|every)(?: one(?: of them)?| of them)?(?= ?[.,;]| ?$))"
        ),
        build=_each_time,
        needs=("each", "every"),
        examples=(
            example(
                "Write three slogans. Use the word 'sun' in each of them.",
                wants("keywords.frequency", word="sun", quantity=Quantity.at_least(3)),
            ),
        ),
    ),
    Rule(
        kind="keywords.frequency",
        pattern=(rf"\b(?:{{adds}}|with) {GAP}{NOUN} ?,? ?(?:each )?{{times}}(?: each)?{IN_RESPONSE} ?: ?{{keywords}}"),
        build=_frequency,
        needs=_TIMES,
        examples=(
            example(
                "Use each of the following words at least twice: ember, ash.",
                wants("keywords.frequency", word="ember", quantity=Quantity.at_least(2)),
                wants("keywords.frequency", word="ash", quantity=Quantity.at_least(2)),
            ),
        ),
    ),
    Rule(
        kind="keywords.frequency",
        pattern=(
            rf"number of times (?:that )?(?:the )?{NOUN}{COLON}{{keywords}} (?:is used|appears|occurs|is mentioned)"
            rf"{IN_RESPONSE} (?:{{modal}}|is |be |to |at |stay )*(?P<times>(?:{{relation}} )?{{number}})"
        ),
        build=_frequency,
        needs=("number of times",),
        numeric=True,
        examples=(
            example(
                "The number of times the word 'river' appears must be at least 4.",
                wants("keywords.frequency", word="river", quantity=Quantity.at_least(4)),
            ),
        ),
    ),
    Rule(
        kind="keywords.frequency",
        pattern=r"(?P<times>{relation} {number}) (?:occurrences?|mentions?|uses?|instances?|repetitions?) of "
        rf"(?:the )?(?:{NOUN} )?(?P<keywords>{{literals}})",
        build=_frequency,
        needs=("occurrence", "mention", "use", "instance", "repetition"),
        examples=(
            example(
                "Your text needs at least 4 mentions of the word 'river'.",
                wants("keywords.frequency", word="river", quantity=Quantity.at_least(4)),
            ),
        ),
    ),
)
