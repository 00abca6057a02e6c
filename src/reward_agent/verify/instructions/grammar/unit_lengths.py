"""Rules for how long each unit of the response is: "no sentence longer than 12 words"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.each import EACH, UNIT, WITH, named_unit
from reward_agent.verify.instructions.grammar.numbers import read_quantity
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_UNIT_OF = {"wo": "words", "se": "sentences", "ch": "characters", "li": "lines", "pa": "paragraphs"}
_LIMIT = re.compile(r"\b(?:limit\w*|restrict\w*|keep|cap) *$")
_DENIED = re.compile(
    r"(?:\b(?:not|never|avoid|without)|n't) (?:make|making|let|write|writing|use|using|have|having) *$"
)
_LENGTH = (
    r"(?<!the\s)(?P<amount>(?:{relation} )?{count}(?: {after_least}| {after_most})?) (?:(?!more|fewer|less|unique|"
    r"longer)\w+ )?(?P<of>words?|sentences?|characters?|lines?|paragraphs?)\b(?! (?:longer|shorter|more|fewer) "
    r")(?P<tail> or (?:less|fewer|more)| max(?:imum)?| min(?:imum)?)?"
)


def _length(found: Found) -> Iterable[Constraint]:
    each = named_unit(found)
    denied = found.has("no") or _DENIED.search(found.before) is not None
    quantity = read_quantity(found.masked("amount") + " " + found.masked("tail"), denied=denied)
    if each is None or quantity is None or (denied and quantity.low == quantity.high):
        return
    if not denied and quantity.low == quantity.high and _LIMIT.search(found.before):
        quantity = Quantity.at_most(quantity.high or 0)
    unit = _UNIT_OF[found.words("of")[:2].lower()]
    if each != unit.removesuffix("s"):
        yield wants("unit.length", each=each, quantity=quantity, unit=unit)


RULES: tuple[Rule, ...] = (
    Rule(
        kind="unit.length",
        pattern=(
            r"(?P<no>no|none of (?:the|your)|(?:don't|do not) let any) (?:single |one |individual )?"
            rf"(?P<unit>{{unit:_u}}) (?:{WITH}(?:(?:may|can|could|allowed to) )?"
            rf"(?:be |run |go |ha(?:s|ve) |contain(?:s|ing)? )?)?{_LENGTH}"
        ),
        build=_length,
        numeric=True,
        needs=("no ", "none ", "let any"),
        examples=(
            example(
                "No step may be longer than 12 words.",
                wants("unit.length", each="item", quantity=Quantity.at_most(12), unit="words"),
            ),
            example(
                "None of the bullets may exceed 10 words.",
                wants("unit.length", each="bullet", quantity=Quantity.at_most(10), unit="words"),
            ),
            example(
                "Do not let any sentence run over 20 words.",
                wants("unit.length", each="sentence", quantity=Quantity.at_most(20), unit="words"),
            ),
            example(
                "No sentence should be shorter than 5 words.",
                wants("unit.length", each="sentence", quantity=Quantity.at_least(5), unit="words"),
            ),
            example("No caption on the page should exceed 15 words."),
            example(
                "No sentence should be longer than 12 words.",
                wants("unit.length", each="sentence", quantity=Quantity.at_most(12), unit="words"),
            ),
            example(
                "No bullet longer than 10 words.",
                wants("unit.length", each="bullet", quantity=Quantity.at_most(10), unit="words"),
            ),
        ),
    ),
    Rule(
        kind="unit.length",
        pattern=rf"{EACH} {UNIT}?[, ]?(?: ?{{filler}}){_LENGTH}",
        build=_length,
        numeric=True,
        needs=("each", "every", "all", "any"),
        in_questions=True,
        examples=(
            example(
                "Write 3 paragraphs, each with no more than 4 sentences.",
                wants("paragraphs.count", quantity=Quantity.exactly(3)),
                wants("unit.length", each="paragraph", quantity=Quantity.at_most(4), unit="sentences"),
            ),
            example(
                "Each bullet must have at most 15 words.",
                wants("unit.length", each="bullet", quantity=Quantity.at_most(15), unit="words"),
            ),
            example(
                "Ensure every paragraph does not exceed 3 sentences.",
                wants("unit.length", each="paragraph", quantity=Quantity.at_most(3), unit="sentences"),
            ),
            example(
                "Each stanza consists of 4 lines.",
                wants("unit.length", each="paragraph", quantity=Quantity.exactly(4), unit="lines"),
            ),
            example(
                "Use 3 paragraphs, each containing at least 50 words.",
                wants("paragraphs.count", quantity=Quantity.exactly(3)),
                wants("unit.length", each="paragraph", quantity=Quantity.at_least(50), unit="words"),
            ),
            example(
                "Limit each sentence to no more than 12 words.",
                wants("unit.length", each="sentence", quantity=Quantity.at_most(12), unit="words"),
            ),
        ),
        not_in=("Each member has at least one pet.",),
    ),
    Rule(
        kind="unit.length",
        pattern=rf"{_LENGTH} (?:per|in each|for each|in every|for every|each for the) (?P<unit>{{unit:_u}})\b",
        build=_length,
        numeric=True,
        needs=("per ", "in each", "for each", "in every", "for every", "each for"),
        examples=(
            example(
                "Write at most 3 sentences per paragraph.",
                wants("unit.length", each="paragraph", quantity=Quantity.at_most(3), unit="sentences"),
            ),
        ),
    ),
    Rule(
        kind="unit.length",
        pattern=rf"(?:with|of|containing|,) {_LENGTH}(?: (?:in|for))? each\b(?! \w)",
        build=_length,
        numeric=True,
        needs=("each",),
        examples=(
            example(
                "Write 2 paragraphs with 4 sentences each.",
                wants("paragraphs.count", quantity=Quantity.exactly(2)),
                wants("unit.length", each="paragraph", quantity=Quantity.exactly(4), unit="sentences"),
            ),
        ),
    ),
    Rule(
        kind="unit.length",
        pattern=rf" and (?:containing|having|consisting of|with) {_LENGTH}",
        build=lambda found: _length(found) if re.search(r"\b(?:each|every)\b[^.;,]{0,80}$", found.before) else (),
        numeric=True,
        needs=("each", "every"),
        examples=(
            example(
                "Each paragraph starting with a capital letter and containing at least 3 sentences.",
                wants("each.starts_with_capital", each="paragraph"),
                wants("unit.length", each="paragraph", quantity=Quantity.at_least(3), unit="sentences"),
            ),
        ),
    ),
    Rule(
        kind="unit.length",
        pattern=rf"(?:, |, and |and |\()(?P<no>none|no one)(?: of (?:them|which))? (?:{WITH})?(?:being |be )?{_LENGTH}",
        build=_length,
        numeric=True,
        needs=("none ", "no one "),
        examples=(
            example(
                "Give 4 bullets, none longer than 12 words.",
                wants("bullets.count", quantity=Quantity.exactly(4)),
                wants("unit.length", each="bullet", quantity=Quantity.at_most(12), unit="words"),
            ),
        ),
    ),
    Rule(
        kind="unit.length",
        pattern=rf"^(?:the |your |all )?(?P<unit>sentences|paragraphs|bullets|bullet points|lines) "
        rf"(?:should|must|need to|have to|may|can)(?: only)? (?:each |all )?(?:be |have |contain )?{_LENGTH}",
        build=_length,
        numeric=True,
        needs=("sentences", "paragraphs", "bullet", "lines"),
        examples=(
            example(
                "Sentences must be between 5 and 10 words long.",
                wants("unit.length", each="sentence", quantity=Quantity(low=5, high=10), unit="words"),
            ),
        ),
    ),
    Rule(
        kind="unit.length",
        pattern=(
            rf"keep (?:your |the |all )?(?P<unit>sentences|paragraphs|bullets|bullet points|lines) (?:short,? "
            rf")?(?:at )?{_LENGTH}"
        ),
        build=_length,
        numeric=True,
        needs=("keep",),
        examples=(
            example(
                "Keep your sentences under 20 words.",
                wants("unit.length", each="sentence", quantity=Quantity.at_most(19), unit="words"),
            ),
        ),
    ),
)
