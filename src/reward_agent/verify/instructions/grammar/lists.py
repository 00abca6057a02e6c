"""Rules for bulleted and numbered lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.numbers import AFTER_LEAST, AFTER_MOST
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants
from reward_agent.verify.instructions.grammar.scope import of_the_whole

_EACH_BEFORE = re.compile(r"\b(?:each|every|per)\b(?! separated)[^.;,]{0,60}$|\bfollowed by (?:a )?[^.;,]{0,20}$")
_EACH_AFTER = re.compile(r"^\s*(?:each\s*(?:[.,;)]|$|and\b)|per |for each|in each|for every|in every|under each)")
_MARKER = re.compile(
    r"(?:start|begin|preced|prefix|mark|denot|indicat|use|using|introduc)\w*[^.;]{0,30}?(?:(?P<dash>\bdash|"
    r"\bhyphen)|(?P<star>\basterisks?\b)|(?P<literal>[\ue000\ue006]))"
)
_BULLET = (
    r"(?:(?:distinct|separate|different|concise|short|key|main|brief|markdown|clear|unique|individual) "
    r"){0,2}(?:bullet(?:ed)?(?:[- ](?:points?|items?|lines?|entries))?s?)\b"
)
_ITEM = (
    r"(?:(?:distinct|separate|different|concise|short|key|main|brief|clear|unique|specific) ){0,2}(?:items?|points?|"
    r"steps?|entries|tips|reasons|ideas|elements|facts|examples|rules|things|questions|ways|options|suggestions|"
    r"numbers|events|benefits|lines|sentences)\b"
)


def marker_of(found: Found) -> str | None:
    """The bullet that the words after a list ask for: `-` for "each starting with a dash"."""
    match = _MARKER.search(found.after[:120])
    if match is None:
        return None
    if match["dash"]:
        return "-"
    if match["star"]:
        return "*"
    value = next((literal.value for literal in found.literals_after(120)), "")
    return value if value in ("-", "*", "+", "•") else None


def _bullets(found: Found) -> Iterable[Constraint]:
    quantity = found.quantity("amount")
    if quantity is None or _EACH_BEFORE.search(found.before) or _EACH_AFTER.match(found.after):
        return
    if (other := found.quantity("both")) is not None:
        low = other.low if quantity.low is None else quantity.low
        high = other.high if quantity.high is None else quantity.high
        if low is not None and high is not None and low <= high:
            quantity = Quantity(low=low, high=high)
    marker = marker_of(found)
    yield wants("bullets.count", quantity=quantity, **({"marker": marker} if marker else {}))


def _numbered(found: Found) -> Iterable[Constraint]:
    quantity = found.quantity("amount")
    if quantity is not None and not _EACH_BEFORE.search(found.before) and of_the_whole(found):
        yield wants("numbered.count", quantity=quantity)


def _list(kind: str, found: Found) -> Iterable[Constraint]:
    if not re.search(r"\b(?:each|every|sub|nested|no|not|without|avoid|don't)\b[^.;,]{0,30}$", found.before):
        yield wants("list.present", kind=kind)


RULES: tuple[Rule, ...] = (
    Rule(
        kind="bullets.count",
        pattern=(
            rf"(?P<both>{{relation:first}} {{number:low}} (?:and|but) )?(?P<amount>(?:{{relation}} )?{{count}}"
            rf"(?: {AFTER_LEAST}| {AFTER_MOST})?) {_BULLET}"
        ),
        build=_bullets,
        numeric=True,
        needs=("bullet",),
        in_questions=True,
        examples=(
            example("Use exactly 5 bullet points.", wants("bullets.count", quantity=Quantity.exactly(5))),
            example(
                "Use no fewer than 3 and no more than 5 bullet points.",
                wants("bullets.count", quantity=Quantity(low=3, high=5)),
            ),
            example("Give at least four bullets.", wants("bullets.count", quantity=Quantity.at_least(4))),
            example(
                "Answer with 3 bullet points, each starting with a dash.",
                wants("bullets.count", quantity=Quantity.exactly(3), marker="-"),
            ),
            example("What is soil, in 3 bullet points?", wants("bullets.count", quantity=Quantity.exactly(3))),
        ),
        not_in=("Two sections, each section containing 3 bullet points.",),
    ),
    Rule(
        kind="bullets.count",
        pattern=(
            r"(?:bullet(?:ed)?(?:[- ]points?)?|bullet-point) (?:format |list |form |points )*(?:of|with|containing|"
            r"to list|listing|having|consisting of|that (?:has|contains|lists)|for)(?: out)? "
            rf"(?P<amount>(?:{{relation}} )?{{count}}) {_ITEM}"
        ),
        build=_bullets,
        numeric=True,
        needs=("bullet",),
        in_questions=True,
        examples=(
            example("Write a bulleted list of 6 items.", wants("bullets.count", quantity=Quantity.exactly(6))),
            example(
                "Use bullet points to list at least 3 facts.", wants("bullets.count", quantity=Quantity.at_least(3))
            ),
        ),
    ),
    Rule(
        kind="numbered.count",
        pattern=(
            rf"(?:numbered|ordered|enumerated) (?:list|format|points?|steps?|items?)(?: format)?,? (?:of|with|"
            rf"containing|that (?:has|contains)|having|consisting of|including|structure with) "
            rf"(?P<amount>(?:{{relation}} )?{{count}})(?: {_ITEM})?"
        ),
        build=_numbered,
        numeric=True,
        needs=("numbered", "ordered", "enumerated"),
        in_questions=True,
        examples=(
            example(
                "Format it as a numbered list with exactly 3 items.",
                wants("numbered.count", quantity=Quantity.exactly(3)),
            ),
            example(
                "Give a numbered list of at least 5 steps.", wants("numbered.count", quantity=Quantity.at_least(5))
            ),
        ),
    ),
    Rule(
        kind="numbered.count",
        pattern=rf"(?P<amount>(?:{{relation}} )?{{count}}) (?:numbered|enumerated) {_ITEM}",
        build=_numbered,
        numeric=True,
        needs=("numbered", "enumerated"),
        examples=(example("List 4 numbered points.", wants("numbered.count", quantity=Quantity.exactly(4))),),
    ),
    Rule(
        kind="list.present",
        pattern=(
            r"(?:numbered|ordered|enumerated)[- ](?:list|format)|"
            r"(?:use|using|in|as|with) (?:numbered|enumerated) (?:steps|points|items)"
        ),
        build=lambda found: _list("numbered", found),
        needs=("numbered", "ordered", "enumerated"),
        in_questions=True,
        examples=(example("Present the answer as a numbered list.", wants("list.present", kind="numbered")),),
    ),
    Rule(
        kind="list.present",
        pattern=(
            r"(?:(?:bullet(?:ed|[- ]points?)?|unordered)[- ](?:list|format)|(?:in|using|use|with|as|into) (?:a "
            r")?(?:bullet[- ]points|bullets))"
        ),
        build=lambda found: _list("bulleted", found),
        needs=("bullet", "unordered"),
        in_questions=True,
        examples=(
            example("Explain the plan in a bulleted list.", wants("list.present", kind="bulleted")),
            example("What is the plan, in bullet points?", wants("list.present", kind="bulleted")),
        ),
    ),
)
