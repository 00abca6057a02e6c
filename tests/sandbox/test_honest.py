"""Honest checkers get the verdicts of plain Python."""

import asyncio
import warnings
from collections import Counter

from reward_agent.sandbox.suite.cases import honest_checkers
from reward_agent.sandbox.suite.trial import TEXTS, plain_outcomes, try_honest
from reward_agent.types import Outcome


def test_honest_checkers_agree_with_plain_python(strict: None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert asyncio.run(try_honest(honest_checkers())) == []


def test_the_corpus_is_large_and_decides_something() -> None:
    checkers = honest_checkers()
    assert len({checker.source for checker in checkers}) == len(checkers) >= 150
    decided: Counter[Outcome] = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for checker in checkers:
            decided.update(plain_outcomes(checker.source, TEXTS))
    assert decided[Outcome.TRUE] > 1000
    assert decided[Outcome.FALSE] > 1000
