"""Rules for lengths in set phrases: "word limit: 80", "a four-line poem", "a 500-word essay", "4 sentences long"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.lengths import KINDS, LENGTH_UNIT, NEEDS, rounded, total
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants
from reward_agent.verify.instructions.grammar.scope import WHOLE, of_the_whole

_NOUNS = (
    r"poem|essay|story|rhyme|prayer|song|verse|rap|answer|response|reply|summary|article|explanation|description|"
    r"letter|email|blog|post|bio|review|tale|narrative|dialogue|reflection|limerick|ode|format|structure|overview|"
    r"paragraph|haiku|sonnet|message"
)
_ANOTHER = re.compile(r"(?<!form )(?<!format )(?<!shape )\b(?:of|about|by|from) an? *$")
_ROUND = 50
"""The fewest words of a text that is asked for by a round number, "a 500-word essay", and not by a count."""


def _count_of(found: Found) -> Iterable[Constraint]:
    words = found.matched.lower()
    quantity = found.quantity("amount", denied=re.search(r"\bnot\b|n't", words) is not None)
    if quantity is None or not (WHOLE.search(words) or of_the_whole(found)):
        return
    if "limit" in words and quantity.low == quantity.high:
        quantity = Quantity.at_most(quantity.high or 0)
    unit = found.words("unit") or found.words("units")
    yield wants(f"{KINDS[unit[:2].lower()]}.count", quantity=quantity)


def _of_a_text(found: Found) -> Iterable[Constraint]:
    """A length that stands before the name of a text; "the author of a 1000-word poem" asks for none."""
    return () if _ANOTHER.search(found.before) else total(found)


def _text_of_words(found: Found) -> Iterable[Constraint]:
    """ "A 500-word essay" is one of about 500 words: nobody counts them."""
    for constraint in _of_a_text(found):
        quantity = constraint.params["quantity"]
        if not found.has("relation") and quantity.low == quantity.high and quantity.low >= _ROUND:
            quantity = Quantity(low=quantity.low - quantity.low // 10, high=quantity.low + quantity.low // 10)
        yield wants(constraint.kind, quantity=quantity)


COUNTS: tuple[Rule, ...] = (
    Rule(
        kind="words.count",
        pattern=(
            r"(?:(?P<unit>word|sentence|paragraph|line|character)s?[ -](?:count|limit|length|total)|(?:number|count|"
            r"total) of "
            r"(?P<units>words|sentences|paragraphs|lines|characters))(?: (?:of|in|for) {response})?(?: ?: ?| "
            r")(?:{modal}|is |be |of |to |at |not |"
            r"exactly |equal |kept |stay |remain |fall |somewhere |anywhere |strictly |always ){0,4}"
            r"(?P<amount>(?:{relation} )?{count}(?: {after_least}| {after_most})?)"
        ),
        build=_count_of,
        numeric=True,
        needs=("count", "limit", "length", "number of", "total"),
        examples=(
            example("The word count must not exceed 150.", wants("words.count", quantity=Quantity.at_most(150))),
            example(
                "Keep the word count somewhere between 90 and 110.",
                wants("words.count", quantity=Quantity(low=90, high=110)),
            ),
            example("Word limit: 80.", wants("words.count", quantity=Quantity.at_most(80))),
            example(
                "The number of sentences should be exactly 4.", wants("sentences.count", quantity=Quantity.exactly(4))
            ),
        ),
    ),
)
"""Tried before the other lengths; RULES are tried after them."""

RULES: tuple[Rule, ...] = (
    Rule(
        kind="paragraphs.count",
        pattern=(
            r"(?P<amount>(?:{relation} )?{count}) \w+(?: \w+)?,? each (?:\w+ ){0,2}in (?:a|its|their) (?:own |"
            r"separate |new |different )+paragraph"
        ),
        build=lambda found: (wants("paragraphs.count", quantity=q),) if (q := found.quantity("amount")) else (),
        numeric=True,
        needs=("paragraph",),
        examples=(
            example(
                "Give exactly 4 hints, each in its own paragraph.",
                wants("paragraphs.count", quantity=Quantity.exactly(4)),
            ),
        ),
    ),
    Rule(
        kind="words.count",
        pattern=rf"\b(?:length|size) ?: ?(?P<amount>(?:{{relation}} )?{{count}}) {LENGTH_UNIT}",
        build=lambda found: rounded(found) if not found.has("relation") else total(found),
        numeric=True,
        needs=("length", "size"),
        examples=(
            example("Topic: tea. Length: 150 words.", wants("words.count", quantity=Quantity(low=135, high=165))),
            example("Length: at most 5 sentences.", wants("sentences.count", quantity=Quantity.at_most(5))),
        ),
    ),
    Rule(
        kind="characters.count",
        pattern=r"fits? (?:in|into|within|inside) (?:a |one )?(?:single )?tweet\b",
        build=lambda found: (wants("characters.count", quantity=Quantity.at_most(280)),),
        needs=("tweet",),
        examples=(
            example("The answer should fit in a tweet.", wants("characters.count", quantity=Quantity.at_most(280))),
        ),
    ),
    Rule(
        kind="words.count",
        pattern=rf"(?P<amount>{{count}})[- ]{LENGTH_UNIT}[- ](?:long|in length|in total)",
        build=rounded,
        numeric=True,
        needs=("long", "length", "total"),
        examples=(example("An answer 4 sentences long.", wants("sentences.count", quantity=Quantity.exactly(4))),),
    ),
    Rule(
        kind="words.count",
        pattern=(
            r"(?P<amount>(?:(?P<relation>{relation}) )?{number})-(?P<unit>word)s?,? "
            r"(?:(?!of|or|and|in|per|for|that|which|to|with)[\w-]+ )"
            rf"{{0,2}}?(?:{_NOUNS}|speech|report|caption|abstract|biography|pitch|statement|monologue)\b"
        ),
        build=_text_of_words,
        numeric=True,
        needs=("-word",),
        examples=(
            example("Write a 500-word essay on ice.", wants("words.count", quantity=Quantity(low=450, high=550))),
            example("I need a 20-word caption.", wants("words.count", quantity=Quantity.exactly(20))),
        ),
        not_in=("How do I write a 500-word essay?", "Shorten my 500-word essay.", "Write a story of 3-letter words."),
    ),
    Rule(
        kind="lines.count",
        pattern=(
            r"(?P<amount>{number})[- ](?P<unit>paragraph|stanza|line|sentence)s?,? (?:\w+ ){0,4}?"
            rf"(?:{_NOUNS})\b"
        ),
        build=_of_a_text,
        numeric=True,
        needs=NEEDS,
        in_questions=True,
        examples=(
            example("Write a four-line poem about rain.", wants("lines.count", quantity=Quantity.exactly(4))),
            example("Write a 3-paragraph essay.", wants("paragraphs.count", quantity=Quantity.exactly(3))),
            example("Give me a two sentence summary.", wants("sentences.count", quantity=Quantity.exactly(2))),
        ),
        not_in=("Fix my 20-line script.",),
    ),
)
