"""Rules for lengths with two bounds or two units: "at least 100 words but fewer than 200"."""

from __future__ import annotations

from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.lengths import KINDS, LENGTH_UNIT, NEEDS, counted
from reward_agent.verify.instructions.grammar.numbers import RELATION, read_quantity
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants
from reward_agent.verify.instructions.grammar.scope import of_the_whole

_SECOND_BOUND = (
    *(
        " but ",
        "and at ",
        "and no",
        "and a ",
        "and fewer",
        "and less",
        "and more",
        "and under",
        "and below",
        "and over",
    ),
    *("and up to", "and max", "and min", "and also ", "and above", "and not", "and exceed", "and don't", "and never"),
)


def _both_ends(found: Found) -> Iterable[Constraint]:
    other = KINDS.get(found.words("unit2")[:2].lower())
    if other and other != KINDS[found.words("unit")[:2].lower()]:
        return  # "no less than 3 paragraphs and no more than 400 words"
    read = [quantity for part in ("low", "high") if (quantity := found.quantity(part))]
    lows = [quantity.low for quantity in read if quantity.low is not None]
    highs = [quantity.high for quantity in read if quantity.high is not None]
    if of_the_whole(found) and len(lows) == len(highs) == 1 and len(read) == 2 and lows[0] <= highs[0]:
        yield from counted(found, Quantity(low=lows[0], high=highs[0]))


def _shared(found: Found) -> Iterable[Constraint]:
    if not of_the_whole(found):
        return
    for number, unit in (("first", "unit"), ("second", "unit2")):
        if quantity := read_quantity(f"{found.masked('relation')} {found.masked(number)}"):
            yield wants(f"{KINDS[found.words(unit)[:2].lower()]}.count", quantity=quantity)


RULES: tuple[Rule, ...] = (
    Rule(
        kind="words.count",
        pattern=(
            rf"(?P<low>{{relation}} {{number}})(?: (?P<unit2>[a-z]+))?,? (?:and|but) (?:also )?"
            rf"(?P<high>{{relation:second}} {{number:last}}) {LENGTH_UNIT}"
        ),
        build=_both_ends,
        numeric=True,
        needs=NEEDS,
        also=_SECOND_BOUND,
        examples=(
            example(
                "Write at least 100 and at most 200 words.",
                wants("words.count", quantity=Quantity(low=100, high=200)),
            ),
            example(
                "The reply must have more than 2 sentences but fewer than 6 sentences.",
                wants("sentences.count", quantity=Quantity(low=3, high=5)),
            ),
        ),
    ),
    Rule(
        kind="words.count",
        pattern=(
            rf"(?P<low>{{relation}} {{number}}) {LENGTH_UNIT},? (?:and|but) (?P<high>{{relation:second}} "
            r"{number:last})(?= ?[.,;)]| ?$)"
        ),
        build=_both_ends,
        numeric=True,
        needs=NEEDS,
        also=_SECOND_BOUND,
        examples=(
            example(
                "Write at least 100 words but fewer than 200.",
                wants("words.count", quantity=Quantity(low=100, high=199)),
            ),
            example(
                "Use at least 100 words, but don't go over 150.",
                wants("words.count", quantity=Quantity(low=100, high=150)),
            ),
        ),
    ),
    Rule(
        kind="words.count",
        pattern=rf"\b(?P<relation>{RELATION}) (?P<first>{{number}}) {LENGTH_UNIT} and (?P<second>{{number:two}}) "
        r"(?P<unit2>words|sentences|paragraphs|lines|characters)\b",
        build=_shared,
        also=(" and ",),
        numeric=True,
        needs=NEEDS,
        examples=(
            example(
                "It needs at least 3 paragraphs and 200 words.",
                wants("paragraphs.count", quantity=Quantity.at_least(3)),
                wants("words.count", quantity=Quantity.at_least(200)),
            ),
        ),
    ),
)
