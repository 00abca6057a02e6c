"""Rules for highlights, bold text, placeholders and two answers with a divider between them."""

from __future__ import annotations

from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_THING = (
    r"(?:(?:text |key |important |different |short |specific ){0,2}(?:sections?|parts?|phrases?|words?|keywords?|"
    r"terms?|sentences?|pieces?|points?|titles?|ideas?|texts?|portions?|passages?|excerpts?))"
)


def _least(kind: str, found: Found) -> Iterable[Constraint]:
    quantity = found.quantity("amount", bare="least")
    if quantity is not None:
        yield wants(kind, quantity=quantity)


_AMOUNT = r"(?P<amount>(?:{relation} )?{number}(?: {after_least}|{after_most}| ?\+)?)"
_SIX = r"(?:(?:6|six) (?:asterisks?|stars?)(?: symbols?| marks?| signs?)*)"


def _two(found: Found) -> Iterable[Constraint]:
    marks = [literal.value for literal in found.literals("mark") + found.literals("divider")]
    if found.has("words") or any(len(mark) == 6 and set(mark) == {"*"} for mark in marks):
        yield wants("two.responses")


RULES: tuple[Rule, ...] = (
    Rule(
        kind="highlights.count",
        pattern=rf"(?:highlight|itali[cs]i[sz]e|emphasi[sz]e)(?:ing|s|ed)? {_AMOUNT} {_THING}",
        build=lambda found: _least("highlights.count", found),
        needs=("highlight", "itali", "emphasi"),
        examples=(
            example(
                "Highlight at least 3 sections in your answer with markdown, i.e. *highlighted section*.",
                wants("highlights.count", quantity=Quantity.at_least(3)),
            ),
            example("Italicize at least two words.", wants("highlights.count", quantity=Quantity.at_least(2))),
        ),
        not_in=("Highlight the main risks.",),
    ),
    Rule(
        kind="highlights.count",
        pattern=rf"{_AMOUNT} (?:text )?(?:highlighted|italic(?:i[sz]ed)?|emphasi[sz]ed)(?: text)? {_THING}",
        build=lambda found: _least("highlights.count", found),
        needs=("highlight", "itali", "emphasi"),
        examples=(example("Use at least 3 italic phrases.", wants("highlights.count", quantity=Quantity.at_least(3))),),
    ),
    Rule(
        kind="highlights.count",
        pattern=rf"{_AMOUNT} {_THING}(?=\W[^\n]{{0,60}}\b(?:highlight|itali[cs]i[sz]e) each (?:section|part))",
        build=lambda found: _least("highlights.count", found),
        needs=("highlight", "itali"),
    ),
    Rule(
        kind="highlights.count",
        pattern=(
            rf"{_AMOUNT} {_THING} (?:(?:of|in) {{response}} )?(?:{{modal}})?(?:be )?(?:highlighted|itali[cs]i[sz]ed|"
            rf"in italics?)"
        ),
        build=lambda found: _least("highlights.count", found),
        needs=("highlight", "itali"),
        examples=(
            example("At least 3 words must be in italics.", wants("highlights.count", quantity=Quantity.at_least(3))),
        ),
    ),
    Rule(
        kind="bold.count",
        pattern=(
            rf"(?:{_AMOUNT} (?:bold(?:ed|face)?|bold-face) {_THING}|bold(?:ing)? (?P<amount2>{{relation}} "
            rf"{{number}}) {_THING})"
        ),
        build=lambda found: (
            (wants("bold.count", quantity=q),)
            if (q := found.quantity("amount", bare="least") or found.quantity("amount2", bare="least"))
            else ()
        ),
        numeric=True,
        needs=("bold",),
        examples=(
            example("Include at least 3 bolded words.", wants("bold.count", quantity=Quantity.at_least(3))),
            example("Bold at least 2 phrases.", wants("bold.count", quantity=Quantity.at_least(2))),
        ),
    ),
    Rule(
        kind="bold.count",
        pattern=rf"(?:put|make|set|format|write|have|render) {_AMOUNT} {_THING} (?:in )?bold\b",
        build=lambda found: _least("bold.count", found),
        needs=("bold",),
        examples=(example("Put at least 3 words in bold.", wants("bold.count", quantity=Quantity.at_least(3))),),
    ),
    Rule(
        kind="placeholders.count",
        pattern=rf"{_AMOUNT} (?:\w+ )?placeholders?\b",
        build=lambda found: _least("placeholders.count", found),
        needs=("placeholder",),
        examples=(
            example(
                "Include at least 12 placeholders such as [address].",
                wants("placeholders.count", quantity=Quantity.at_least(12)),
            ),
            example(
                "Use 3 placeholders in square brackets.", wants("placeholders.count", quantity=Quantity.at_least(3))
            ),
        ),
        not_in=("Use placeholders where you need them.",),
    ),
    Rule(
        kind="two.responses",
        pattern=(
            rf"(?:separat|divid|split|break|follow|delimit|between|using|put|by|"
            rf"with)\w*[^\n]{{0,110}}?(?:(?P<words>{_SIX})(?:[ ,:(]*{{divider}})?|{{divider:mark}})"
        ),
        build=lambda found: _two(found),
        needs=("asterisk", "star", "\ue007"),
        examples=(
            example("Give two different answers separated by 6 asterisk symbols: ******.", wants("two.responses")),
            example("Write two haikus. Separate them with ******.", wants("two.responses")),
        ),
        not_in=("Write 2 paragraphs separated by ***.",),
    ),
)
