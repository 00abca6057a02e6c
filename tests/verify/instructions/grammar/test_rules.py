"""Every rule's examples are its tests: what the whole grammar reads in them, and what it must not read."""

from __future__ import annotations

import re

import pytest

from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.grammar.families import RULES
from reward_agent.verify.instructions.parse_rules import parse

_EXAMPLES = [(words, wanted) for rule in RULES for words, wanted in rule.examples]
_NOT_IN = [(words, rule.kind) for rule in RULES for words in rule.not_in]


@pytest.mark.parametrize(("words", "wanted"), _EXAMPLES, ids=[words[:60] for words, _ in _EXAMPLES])
def test_the_words_mean_these_constraints(words: str, wanted: tuple[Constraint, ...]) -> None:
    found = parse(words).constraints
    assert [(c.kind, dict(c.params)) for c in found] == [(c.kind, dict(c.params)) for c in wanted]


@pytest.mark.parametrize(("words", "kind"), _NOT_IN, ids=[words[:60] for words, _ in _NOT_IN])
def test_the_words_do_not_mean_that_kind(words: str, kind: str) -> None:
    assert kind not in [c.kind for c in parse(words).constraints]


def test_every_kind_of_rule_has_an_example() -> None:
    shown = {constraint.kind for _, wanted in _EXAMPLES for constraint in wanted}
    assert {rule.kind for rule in RULES} <= shown


def test_no_pattern_waits_for_a_capital_that_never_comes() -> None:
    written = re.compile(r"\\.|\(\?P")  # \W and (?P<name> are no letters
    for rule in RULES:
        if not rule.cased:
            plain = written.sub("", rule.expression.pattern)
            assert plain == plain.lower(), rule.kind
