"""Rules for how long the whole response is: in words, sentences, paragraphs, lines and characters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.numbers import AFTER_LEAST, AFTER_MOST
from reward_agent.verify.instructions.grammar.parts import UNIT_NOUN, unit_named
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants
from reward_agent.verify.instructions.grammar.scope import OTHER_PART, WHOLE, divider_of, of_the_whole

_ADJECTIVE = (
    r"(?:(?:complete|full|short|long|concise|brief|distinct|separate|different|well-written|simple|total|"
    r"english|coherent|detailed|grammatical|clear|informative|individual|whole|rhyming|main|proper|unique|numbered) "
    r"){0,2}"
)
LENGTH_UNIT = rf"(?:{_ADJECTIVE}(?P<unit>words?|sentences?|paragraphs?|stanzas?|verses?|lines?|characters?|chars)\b)"
KINDS = {
    "wo": "words",
    "se": "sentences",
    "pa": "paragraphs",
    "st": "paragraphs",
    "ve": "paragraphs",
    "li": "lines",
    "ch": "characters",
}
_DENIED = re.compile(
    r"(?:n't|\b(?:not|cannot|never|avoid|refrain|without)\b)(?:(?! and\b| but\b| than\b)[^.;,:]){0,30}$"
)
_FITS = re.compile(r"^in\b", re.IGNORECASE)
_ROUGHLY = re.compile(r"^\W{0,3}(?:aprox|approx|or so\b|or thereabouts)")
_ROUND = 50
"""A bare number of words that is a multiple of this, from twice as many on, is a rough one."""
_EACH_SUBJECT = re.compile(rf"^\W*(?:each|every) (?:[a-z]+ ){{0,2}}?(?P<unit>{UNIT_NOUN})\b")


def total(found: Found) -> Iterable[Constraint]:
    """The count that the words ask of the whole response, or of each part where the sentence speaks of each."""
    quantity = found.quantity("amount", denied=_DENIED.search(found.before) is not None)
    if not of_the_whole(found):
        yield from _of_each(found, quantity)
        return
    if quantity is not None and quantity.low == quantity.high and quantity.low and _ROUGHLY.match(found.after):
        quantity = Quantity(low=quantity.low - quantity.low // 10, high=quantity.low + quantity.low // 10)
    if quantity is None or OTHER_PART.search(found.after[:160]):
        return
    if found.words("unit").lower().startswith("ch") and quantity.low == quantity.high and _FITS.search(found.matched):
        quantity = Quantity.at_most(quantity.high or 0)
    if quantity is not None:
        yield from counted(found, quantity)


def _of_each(found: Found, quantity: Quantity | None) -> Iterable[Constraint]:
    """A length that the subject of the sentence has: "Each tip is numbered, has a title and at most 20 words"."""
    subject = _EACH_SUBJECT.match(found.before)
    each = unit_named(subject["unit"]) if subject else None
    unit = KINDS[found.words("unit")[:2].lower()]
    if each and quantity is not None and unit != f"{each}s" and not WHOLE.search(found.before):
        yield wants("unit.length", each=each, quantity=quantity, unit=unit)


def counted(found: Found, quantity: Quantity) -> Iterable[Constraint]:
    unit = KINDS[found.words("unit")[:2].lower()]
    if unit == "words" and re.search(r"\b(?:unique|different|distinct)\b", found.matched, re.IGNORECASE):
        yield wants("words.unique", quantity=quantity)
        return
    if unit != "paragraphs":
        yield wants(f"{unit}.count", quantity=quantity)
        return
    divider = divider_of(found)
    if divider is not None and set(divider) == {"*"} and len(divider) > 4:
        return
    yield wants("paragraphs.count", quantity=quantity, **({"divider": divider} if divider else {}))


def _is_round(count: int | None) -> bool:
    return count is not None and count >= 2 * _ROUND and count % _ROUND == 0


def rounded(found: Found) -> Iterable[Constraint]:
    """A bare round number of many words, "should be 500 words long", asks for about so many: nobody counts them."""
    for constraint in total(found):
        quantity = constraint.params["quantity"]
        if constraint.kind == "words.count" and quantity.low == quantity.high and _is_round(quantity.low):
            quantity = Quantity(low=quantity.low - quantity.low // 10, high=quantity.low + quantity.low // 10)
            yield wants(constraint.kind, quantity=quantity)
        else:
            yield constraint


NEEDS = ("word", "sentence", "paragraph", "stanza", "verse", "line", "char")
_AFTER = ("or ", "min", "max", "least", "most", "tops", "and up", "and above")
_HAS = (
    r"\b(?:contain(?:s|ing)?|consist(?:s|ing)? of|compris(?:e|es|ed|ing)(?: of)?|composed of|made up of|be|is|are|"
    r"has|have|"
    r"having|run|runs|in|as|with|into|to|using|use|include|includes|including|write|provide|give|span|spanning|"
    r"equal|equals|"
    r"(?:essay|story|summary|response|answer|article|poem|paragraph|post|report|email|letter|review|reply|length|total|"
    r"count) of)"
)


RULES: tuple[Rule, ...] = (
    Rule(
        kind="words.count",
        pattern=(
            rf"(?P<amount>{{relation}} {{count}}) {LENGTH_UNIT}(?! (?:longer|shorter) )(?: long| in length| in total)?"
        ),
        build=total,
        numeric=True,
        needs=NEEDS,
        in_questions=True,
        examples=(
            example("Use exactly 5 sentences.", wants("sentences.count", quantity=Quantity.exactly(5))),
            example("Answer in at most 150 words.", wants("words.count", quantity=Quantity.at_most(150))),
            example("Write no more than 50 words.", wants("words.count", quantity=Quantity.at_most(50))),
            example("Keep it under 3 sentences.", wants("sentences.count", quantity=Quantity.at_most(2))),
            example(
                "The total must not exceed 1,200 characters.",
                wants("characters.count", quantity=Quantity.at_most(1200)),
            ),
            example(
                "Limit it to a maximum of one hundred words.", wants("words.count", quantity=Quantity.at_most(100))
            ),
            example(
                "It should be at least three paragraphs long.", wants("paragraphs.count", quantity=Quantity.at_least(3))
            ),
            example(
                "Write exactly 2 paragraphs. Separate them with the markdown divider: ***",
                wants("paragraphs.count", quantity=Quantity.exactly(2), divider="***"),
            ),
            example("Answer in between 40 and 60 words.", wants("words.count", quantity=Quantity(low=40, high=60))),
            example("Write about 200 words.", wants("words.count", quantity=Quantity(low=180, high=220))),
            example(
                "Who was Ada Lovelace, in at most 3 sentences?", wants("sentences.count", quantity=Quantity.at_most(3))
            ),
        ),
        not_in=(
            "Can a sentence have more than 30 words?",
            "The introduction should be no more than three sentences.",
            "I wrote at least 500 words yesterday.",
            "How do I write at least 500 words a day?",
        ),
    ),
    Rule(
        kind="words.count",
        pattern=rf"(?P<amount>{{count}} (?:{AFTER_LEAST}|{AFTER_MOST})) {LENGTH_UNIT}",
        build=total,
        also=_AFTER,
        numeric=True,
        needs=NEEDS,
        examples=(
            example("Reply with 45 or less words.", wants("words.count", quantity=Quantity.at_most(45))),
            example("It has 17 or more sentences.", wants("sentences.count", quantity=Quantity.at_least(17))),
        ),
    ),
    Rule(
        kind="words.count",
        pattern=rf"(?P<amount>{{count}}[- ]{LENGTH_UNIT} (?:{AFTER_LEAST}|{AFTER_MOST}))",
        build=total,
        also=_AFTER,
        numeric=True,
        needs=NEEDS,
        examples=(
            example("Write an article with 200 words or less.", wants("words.count", quantity=Quantity.at_most(200))),
            example("5 sentences max.", wants("sentences.count", quantity=Quantity.at_most(5))),
            example("Make it 300 words minimum.", wants("words.count", quantity=Quantity.at_least(300))),
        ),
    ),
    Rule(
        kind="words.count",
        pattern=rf"(?P<amount>{{number}} ?\+|between {{number:least}} and {{number:most}}|"
        rf"{{number:low}} ?(?:-|to) ?{{number:high}})[- ]{LENGTH_UNIT}",
        build=total,
        also=("+", "-", " to ", "between"),
        numeric=True,
        needs=NEEDS,
        examples=(
            example("Write a 300+ word summary.", wants("words.count", quantity=Quantity.at_least(300))),
            example("Answer in 100 to 120 words.", wants("words.count", quantity=Quantity(low=100, high=120))),
            example("Give a 150-200 word answer.", wants("words.count", quantity=Quantity(low=150, high=200))),
        ),
    ),
    Rule(
        kind="words.count",
        pattern=(
            rf"(?:limit|restrict|confine|keep|cap)(?:ed|ing|s)? (?:\w+ ){{0,4}}(?:to|at|within) "
            rf"(?P<amount>{{count}}) {LENGTH_UNIT}"
        ),
        build=lambda found: (
            wants(c.kind, **{**c.params, "quantity": Quantity.at_most(c.params["quantity"].high)}) for c in total(found)
        ),
        numeric=True,
        needs=NEEDS,
        examples=(
            example("Limit the letter to 300 words.", wants("words.count", quantity=Quantity.at_most(300))),
            example("Keep your answer to two sentences.", wants("sentences.count", quantity=Quantity.at_most(2))),
        ),
    ),
    Rule(
        kind="words.count",
        pattern=rf"{_HAS} (?P<amount>{{count}})[- ]{LENGTH_UNIT}",
        build=rounded,
        numeric=True,
        needs=NEEDS,
        in_questions=True,
        examples=(
            example(
                "Your response should contain 5 sentences.", wants("sentences.count", quantity=Quantity.exactly(5))
            ),
            example("The pitch should be 400 words long.", wants("words.count", quantity=Quantity(low=360, high=440))),
            example("Structure it in 3 paragraphs.", wants("paragraphs.count", quantity=Quantity.exactly(3))),
            example(
                "Give 3 paragraphs separated using the markdown divider: * * *, please.",
                wants("paragraphs.count", quantity=Quantity.exactly(3), divider="* * *"),
            ),
        ),
        not_in=(
            "What are the 5 most common words?",
            "What are the first 10 words in the Bible?",
            "Use 4 words that rhyme with blue.",
            "Write a 500 word story.",
        ),
    ),
)
