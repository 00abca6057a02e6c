"""From a plain English instruction to checkable constraints, by rules and without a model.

    parse("Explain tides in exactly 3 sentences. Use the keywords 'moon' and 'gravity'.").constraints

The instruction is cut into sentences and its quotations hidden (`grammar.text`); the rules of each family are tried
in order, and words once read by one rule are not read again by another. What looks like a requirement and was read
by none is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.grammar.clauses import clauses, looks_like_a_requirement
from reward_agent.verify.instructions.grammar.families import rules_waiting
from reward_agent.verify.instructions.grammar.mood import (
    denies,
    is_plain_question,
    material,
    states_a_fact,
    tells_of_the_world,
)
from reward_agent.verify.instructions.grammar.rule import Found
from reward_agent.verify.instructions.grammar.text import Sentence, Text, prepare
from reward_agent.verify.instructions.remember import remembered

CONSTRAINTS_AT_MOST = 60
UNPARSED_AT_MOST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Parse:
    """What the rules read: the constraints in order of appearance, and the clauses that look like requirements but
    that no rule could read."""

    constraints: tuple[Constraint, ...]
    unparsed: tuple[str, ...]


@remembered
def parse(instruction: str) -> Parse:
    """The constraints that the rules find in an instruction. Never raises; linear in the length of the text."""
    text = prepare(instruction)
    skipped = material(text)
    found: list[tuple[int, Constraint]] = []
    unparsed: list[str] = []
    for index, sentence in enumerate(text.sentences):
        if index not in skipped and not states_a_fact(text, index):
            read, taken = _read(text, index)
            found.extend(read)
            unparsed.extend(_unread(text, sentence, taken))
    ordered = [constraint for _, constraint in sorted(found, key=lambda pair: pair[0])]
    return Parse(
        constraints=tuple(_without_repeats(_settled(ordered)))[:CONSTRAINTS_AT_MOST],
        unparsed=tuple(dict.fromkeys(unparsed))[:UNPARSED_AT_MOST],
    )


def parse_all(texts: Sequence[str]) -> Parse:
    """What the rules find in several texts that bind the same response, each requirement once."""
    found = [parse(text) for text in texts]
    return Parse(
        constraints=tuple(_without_repeats(constraint for parsed in found for constraint in parsed.constraints)),
        unparsed=tuple(dict.fromkeys(clause for parsed in found for clause in parsed.unparsed)),
    )


def _read(text: Text, index: int) -> tuple[list[tuple[int, Constraint]], list[tuple[int, int]]]:
    """The constraints of one sentence with their offsets in the instruction, and the stretches that were read."""
    sentence = text.sentences[index]
    question = is_plain_question(sentence)
    read: list[tuple[int, Constraint]] = []
    taken: list[tuple[int, int]] = []
    for rule in rules_waiting(sentence):
        if question and not rule.in_questions:
            continue
        for match in rule.matches(sentence):
            start, end = match.span()
            if any(start < taken_end and taken_start < end for taken_start, taken_end in taken):
                continue
            constraints = tuple(rule.build(Found(match=match, sentence=sentence, text=text, index=index)))
            before = sentence.low[:start]
            if (
                not constraints
                or denies(before, constraints[0].kind)
                or tells_of_the_world(before, match[0].lower(), question=question)
            ):
                continue
            taken.append((start, end))
            span = text.original[sentence.start + start : sentence.start + end].strip()
            read.extend((sentence.start + start, constraint.at(span)) for constraint in constraints)
    return read, taken


def _unread(text: Text, sentence: Sentence, taken: list[tuple[int, int]]) -> Iterator[str]:
    """The clauses of a sentence that look like requirements and of which nothing was read."""
    if is_plain_question(sentence) or not looks_like_a_requirement(sentence.low):
        return
    for start, end in clauses(sentence.low):
        read = any(start < taken_end and taken_start < end for taken_start, taken_end in taken)
        if not read and looks_like_a_requirement(sentence.low[start:end]):
            yield text.original[sentence.start + start : sentence.start + end].strip()


def _settled(constraints: list[Constraint]) -> list[Constraint]:
    """Without what another constraint says already: a first-word check counts the paragraphs itself."""
    counted = {c.params.get("paragraphs") for c in constraints if c.kind == "paragraph.first_word"} - {None}
    return [
        c
        for c in constraints
        if not (c.kind == "paragraphs.count" and "divider" not in c.params and c.params["quantity"].low in counted)
    ]


def _without_repeats(constraints: Iterable[Constraint]) -> Iterator[Constraint]:
    seen: list[tuple[str, Mapping[str, Any]]] = []
    for constraint in constraints:
        key = (constraint.kind, constraint.params)
        if key not in seen:
            seen.append(key)
            yield constraint
