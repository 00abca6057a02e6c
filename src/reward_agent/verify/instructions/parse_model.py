"""What the rules left unread of an instruction, by one question to a chat model.

    parse = await ModelParser(chat=chat).parse(instruction, rules.parse(instruction))

The model is told which words the rules have read, and names the rest: the exact words, hard or soft, the catalog's kind
where one fits, and for hard requirements without a kind the examples that a written checker will be tried on. It never
overrides what rules read. What it gives is checked: a requirement whose words do not occur in the instruction, or were
read already, is dropped and counted; a kind that does not exist or does not take the parameters counts as none.

Does NOT promise that all requirements are found, nor that a very long instruction is read whole (the middle is left
out, and a note says so).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator

from reward_agent.presentation import on_one_line, shortened
from reward_agent.prompting import Fence, ask, load_prompt
from reward_agent.protocols import ChatModel
from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.english import STOP_WORDS
from reward_agent.verify.instructions.kinds_offered import kinds_offered
from reward_agent.verify.instructions.parameters import UNITS, constraint_of
from reward_agent.verify.instructions.parse_rules import Parse
from reward_agent.verify.instructions.share import Shared

PURPOSE = "instructions.parse"
INSTRUCTION_AT_MOST = 8_000
REQUIREMENTS_AT_MOST = 20
SAYS_AT_MOST = 400
EXAMPLES_AT_MOST = 4
EXAMPLE_CHARACTERS = 4_000
_READ_SHOWN = 600
_LETTERS = re.compile(r"\w+")
_SAYS_NOTHING = STOP_WORDS | {
    *("answer", "contain", "ensure", "give", "include", "keep", "make", "must", "output", "please", "provide", "reply"),
    *("respond", "response", "sure", "text", "use", "using", "write", "written"),
}
_REPLY_TOKENS = 3_000

NOT_THERE = "quotes words that are not in the instruction"
READ_ALREADY = "is about words that the rules have read"
TOO_MANY = f"is more than the {REQUIREMENTS_AT_MOST} that are looked at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """A requirement that the model read. `constraint` where the catalog checks it. `passing` and `failing`: for a hard
    one outside the catalog, responses that a checker must tell apart, made without knowing the checker."""

    says: str
    span: str
    hard: bool
    constraint: Constraint | None = None
    passing: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelParse:
    """What the model read, in order of appearance, and how much of its reply could not be used, by reason."""

    requested: tuple[Requested, ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()
    outside: tuple[str, ...] = ()
    """Why a kind that the model named was not used, one reason each."""
    shortened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Range:
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Param:
    name: str
    value: _Range | list[str] | list[int] | list[_Range] | bool | int | float | str | None = None


def _listed(value: object) -> object:
    """Parameters as an object, which some models prefer, in the form of the list that was asked for."""
    return [{"name": name, "value": given} for name, given in value.items()] if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Requirement:
    span: str
    says: str
    hard: bool
    kind: str = ""
    params: Annotated[list[_Param], BeforeValidator(_listed)] = field(default_factory=list)
    passing: list[str] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    requirements: list[_Requirement]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelParser:
    """Asks once an instruction; samples with the same instruction share the answer."""

    chat: ChatModel
    _parses: Shared[ModelParse] = field(default_factory=Shared, repr=False, compare=False)

    async def parse(self, instruction: str, rules: Parse) -> ModelParse:
        """What the model reads beside the rules. Raises SignalError where it cannot be asked or not understood."""
        key = hashlib.sha256(instruction.encode("utf-8", "surrogatepass")).hexdigest()
        return await self._parses.value(key, lambda: self._asked(instruction, rules))

    async def _asked(self, instruction: str, rules: Parse) -> ModelParse:
        taken = _places(instruction, [constraint.span for constraint in rules.constraints])
        shown = shortened(instruction, INSTRUCTION_AT_MOST)
        offered = kinds_offered(_blanked(instruction, taken))
        spans = on_one_line(
            "; ".join(dict.fromkeys(c.span for c in rules.constraints if c.span)) or "nothing", _READ_SHOWN
        )
        fence = Fence(shown, spans)
        reply = await ask(
            self.chat,
            load_prompt(__package__, "parse"),
            _Reply,
            purpose=PURPOSE,
            max_tokens=_REPLY_TOKENS,
            rule=fence.rule,
            instruction=fence("instruction", shown),
            read=fence("read", spans),
            kinds=_kinds_text(offered),
        )
        return _checked(reply.requirements, instruction, rules, taken, shortened=shown != instruction)


def _kinds_text(offered: Sequence[str]) -> str:
    if not offered:
        return "none"
    legend = 'a range is {"low": n, "high": n}, either may be null'
    if any("UNIT" in line for line in offered):
        legend += f"; UNIT is {UNITS}"
    return f"({legend})\n" + "\n".join(offered)


def _checked(
    replied: Sequence[_Requirement],
    instruction: str,
    rules: Parse,
    taken: Sequence[tuple[int, int]],
    *,
    shortened: bool,
) -> ModelParse:
    """What of the reply can be used."""
    dropped: Counter[str] = Counter()
    outside: list[str] = []
    found: list[tuple[int, Requested]] = []
    if len(replied) > REQUIREMENTS_AT_MOST:
        dropped[TOO_MANY] = len(replied) - REQUIREMENTS_AT_MOST
    for item in replied[:REQUIREMENTS_AT_MOST]:
        place = _place(instruction, item.span)
        if place is None:
            dropped[NOT_THERE] += 1
            continue
        span = instruction[place[0] : place[1]]
        constraint = _constraint(item, span, outside)
        if _read_already(place, instruction, constraint, rules, taken):
            dropped[READ_ALREADY] += 1
            continue
        requested = _requested(item, span, constraint)
        if all((requested.says, requested.constraint) != (other.says, other.constraint) for _, other in found):
            found.append((place[0], requested))
    found.sort(key=lambda pair: pair[0])
    return ModelParse(
        requested=tuple(requested for _, requested in found),
        dropped=tuple(sorted(dropped.items())),
        outside=tuple(outside),
        shortened=shortened,
    )


def _requested(item: _Requirement, span: str, constraint: Constraint | None) -> Requested:
    code = item.hard and constraint is None
    return Requested(
        says=on_one_line(item.says, SAYS_AT_MOST) or on_one_line(span, SAYS_AT_MOST),
        span=span,
        hard=item.hard or constraint is not None,
        constraint=constraint,
        passing=usable_examples(item.passing) if code else (),
        failing=usable_examples(item.failing) if code else (),
    )


def usable_examples(examples: Sequence[str]) -> tuple[str, ...]:
    """The first few different ones of a bearable length."""
    return tuple(dict.fromkeys(text for text in examples if len(text) <= EXAMPLE_CHARACTERS))[:EXAMPLES_AT_MOST]


def _constraint(item: _Requirement, span: str, outside: list[str]) -> Constraint | None:
    """The catalog's constraint, where the model named a kind and its parameters fit it."""
    if not item.kind:
        return None
    try:
        return constraint_of(item.kind, {param.name: _plain(param.value) for param in item.params}, span=span)
    except ValueError as error:
        outside.append(on_one_line(str(error), 200))
        return None


def _plain(value: Any) -> Any:
    """Ranges as mappings, as the catalog's own types read them."""
    if isinstance(value, _Range):
        return {"low": value.low, "high": value.high}
    return [_plain(entry) for entry in value] if isinstance(value, list) else value


def _place(instruction: str, span: str) -> tuple[int, int] | None:
    """Where the words stand in the instruction; blanks and line breaks between them do not matter."""
    words = span.split()
    if not words or len(span) > INSTRUCTION_AT_MOST:
        return None
    start = instruction.find(span.strip())
    if start >= 0:
        return start, start + len(span.strip())
    match = re.search(r"\s+".join(map(re.escape, words)), instruction)
    return match.span() if match else None


def _places(instruction: str, spans: Sequence[str]) -> list[tuple[int, int]]:
    """The stretches of the instruction that the rules' spans cover."""
    places = (_place(instruction, span) for span in dict.fromkeys(spans))
    return sorted(place for place in places if place is not None)


def _read_already(
    place: tuple[int, int],
    instruction: str,
    constraint: Constraint | None,
    rules: Parse,
    taken: Sequence[tuple[int, int]],
) -> bool:
    """Whether the rules have read all of these words that say anything, or some of them as the same kind."""
    start, end = place
    inside = [(max(begin, start), min(stop, end)) for begin, stop in taken if begin < end and start < stop]
    if inside:
        left = " ".join(_between(instruction[:end], inside, start))
        if all(word in _SAYS_NOTHING for word in _LETTERS.findall(left.lower())):
            return True
    return constraint is not None and any(
        rule.kind == constraint.kind
        and (rule.params == constraint.params or rule.span in constraint.span or constraint.span in rule.span)
        for rule in rules.constraints
    )


def _blanked(instruction: str, taken: Sequence[tuple[int, int]]) -> str:
    """The instruction without the words that the rules have read."""
    return " ".join(_between(instruction, taken))


def _between(text: str, taken: Sequence[tuple[int, int]], start: int = 0) -> Iterator[str]:
    """What lies from `start` on outside the stretches."""
    for begin, stop in taken:
        if begin > start:
            yield text[start:begin]
        start = max(start, stop)
    yield text[start:]
