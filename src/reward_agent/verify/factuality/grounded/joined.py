"""What the words show and what the entailment model reads of a sentence -> one chance that the passage supports it.

A logistic function of the two, fitted by `training/joined.py` to rows that the model was not trained on (joined.json).
A sentence whose words leave nothing open need not be read: it would hardly end on the other side, and reading takes the
time. A short answer is not read at all: whether it stands near what was asked decides better by the words alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from reward_agent.verify.factuality.grounded.entailment import Chances
from reward_agent.verify.factuality.grounded.weigh import log_odds, logistic

NUMBERS = ("words", "supported")
"""The log-odds of the words' chance and of the model's "supported"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A weight for each of `NUMBERS` and a "bias"; and the words' chances `start` and `end` between which it is open
    whether the passage supports the sentence."""

    weights: Mapping[str, float]
    start: float
    end: float

    def open(self, by_words: float) -> bool:
        """Whether the model's word could change the verdict."""
        return self.start <= by_words <= self.end

    def chance(self, by_words: float, chances: Chances) -> float:
        """The chance that the passage supports the sentence."""
        found = zip(NUMBERS, numbers(by_words, chances), strict=True)
        return logistic(self.weights["bias"] + sum(self.weights[name] * value for name, value in found))


def numbers(by_words: float, chances: Chances) -> tuple[float, float]:
    """Aligned with `NUMBERS`."""
    return log_odds(by_words), log_odds(chances[0])


@cache
def load_joined() -> Joined:
    """What ships with the package."""
    shipped = json.loads(resources.files(__package__).joinpath("joined.json").read_text(encoding="utf-8"))
    return Joined(weights=shipped["weights"], start=shipped["start"], end=shipped["end"])
