"""A rule of the grammar: a pattern, what it means, and the examples that are its tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.numbers import read_quantity
from reward_agent.verify.instructions.grammar.parts import UNIT_NOUN, compiled, unit_named
from reward_agent.verify.instructions.grammar.text import Literal, Sentence, Text

_UNIT = re.compile(rf"(?<![\w-])(?:{UNIT_NOUN})(?![\w-])", re.IGNORECASE)
_JOINER = re.compile(r"\s*(?:,|;|/|&|\b(?:and|or|nor|as well as|along with|followed by)\b)+\s*", re.IGNORECASE)
_LEAD = re.compile(r"(?:and|or|nor|also|the|(?:key)?words?|phrases?)\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A place where a rule's pattern matches: its parts, read, and the words around it."""

    match: re.Match[str]
    sentence: Sentence
    text: Text
    index: int

    def has(self, part: str) -> bool:
        return part in self.match.re.groupindex and bool(self.match[part])

    @property
    def matched(self) -> str:
        """What the pattern matched, literals hidden."""
        start, end = self.match.span()
        return self.sentence.text[start:end]

    def words(self, part: str) -> str:
        """The words of the instruction that a part matched, empty where it matched none."""
        if not self.has(part):
            return ""
        start, end = self.match.span(part)
        return self.text.original[self.sentence.start + start : self.sentence.start + end]

    def masked(self, part: str) -> str:
        """The same, literals hidden."""
        if not self.has(part):
            return ""
        start, end = self.match.span(part)
        return self.sentence.text[start:end]

    def quantity(self, part: str = "quantity", *, bare: str = "exact", denied: bool = False) -> Quantity | None:
        return read_quantity(self.masked(part), bare=bare, denied=denied) if self.has(part) else None

    def literals(self, part: str) -> tuple[Literal, ...]:
        """The literals inside a part, in order."""
        if not self.has(part):
            return ()
        start, end = (self.sentence.start + offset for offset in self.match.span(part))
        return self.text.literals_between(start, end)

    def literal(self, part: str) -> str:
        """The value of a part's first literal, empty where it holds none."""
        found = self.literals(part)
        return found[0].value if found else ""

    def listed(self, part: str) -> tuple[str, ...]:
        """The entries of a list part, quoted or bare, without repeats."""
        if literals := self.literals(part):
            entries = [entry for literal in literals for entry in _split_inside(literal)]
        else:
            entries = [_LEAD.sub("", piece) for piece in _JOINER.split(self.words(part))]
        cleaned = (entry.strip().strip(",;:") for entry in entries)
        return tuple(dict.fromkeys(entry for entry in cleaned if entry))

    @cached_property
    def before(self) -> str:
        """The sentence up to the match, literals hidden, in lower case."""
        return self.sentence.low[: self.match.start()]

    @cached_property
    def after(self) -> str:
        """The sentence from the match on, literals hidden, in lower case."""
        return self.sentence.low[self.match.end() :]

    @property
    def next_sentence(self) -> str:
        """The sentence that follows, literals hidden; empty at the end."""
        later = self.text.sentences[self.index + 1 : self.index + 2]
        return later[0].text if later else ""

    @property
    def previous_sentence(self) -> str:
        """The sentence before, literals hidden; empty at the start."""
        return self.text.sentences[self.index - 1].text if self.index else ""

    def unit_before(self) -> str | None:
        """The unit that an "each" without a noun refers to: the nearest unit noun before it."""
        nouns = _UNIT.findall(self.before)
        return unit_named(nouns[-1]) if nouns else None

    def literals_after(self, limit: int = 200) -> tuple[Literal, ...]:
        start = self.sentence.start + self.match.end()
        end = self.sentence.start + len(self.sentence.text)
        return self.text.literals_between(start, min(end, start + limit))


def _split_inside(literal: Literal) -> Iterable[str]:
    # one pair of quotes around a whole list: "apple, pear, plum"
    if "," in literal.value and literal.value.count(" ") <= 2 * literal.value.count(",") and len(literal.value) < 200:
        return re.split(r",\s*(?:and\s+)?", literal.value)
    return (literal.value,)


Build = Callable[[Found], Iterable[Constraint]]
Example = tuple[str, tuple[Constraint, ...]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A pattern of the grammar and the constraints it stands for.

    The pattern is tried on sentences that hold at least one of the strings in `needs`, and one of those in `also` where
    there are any, and a number where it is `numeric`: on the words in lower case, unless it is `cased` and tells
    capitals. `build` may find that the words ask for nothing after all and return no constraint. `examples` are texts
    with all the constraints that the whole grammar must find in them; `not_in` are texts in which this rule's kind must
    not be found.
    """

    kind: str
    pattern: str
    build: Build
    needs: tuple[str, ...]
    also: tuple[str, ...] = ()
    numeric: bool = False
    examples: tuple[Example, ...] = ()
    not_in: tuple[str, ...] = ()
    in_questions: bool = False
    cased: bool = False

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The pattern, compiled when a sentence first calls for it."""
        return compiled(self.pattern, flags=re.IGNORECASE if self.cased else 0)

    def matches(self, sentence: Sentence) -> Iterator[re.Match[str]]:
        return self.expression.finditer(sentence.text if self.cased else sentence.low)

    def may_match(self, sentence: Sentence, cues: Set[str]) -> bool:
        """A cheap test that comes before the pattern, on a sentence that holds one of the strings in `needs`; `cues`
        are the strings of any rule that it holds."""
        return (sentence.numeric or not self.numeric) and not (self.also and cues.isdisjoint(self.also))


def wants(kind: str, /, **params: Any) -> Constraint:
    """A constraint without its span, as rules and examples write it."""
    return Constraint(kind=kind, params=params)


def example(words: str, *constraints: Constraint) -> Example:
    return (words, constraints)
