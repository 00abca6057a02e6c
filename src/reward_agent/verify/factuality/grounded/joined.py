"""What the words show and what the entailment model reads -> one chance that the passage supports the claim.

A logistic function of the two, fitted by `training/joined.py` to rows that the model was not trained on (joined.json).
It is for sentences: a short answer is judged by the words alone, because the model knows too few kinds of question and
made HaluEval and PopQA worse. A sentence whose words leave nothing open need not be read: it would hardly end on the
other side, and reading takes the time.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from reward_agent.verify.factuality.grounded.entailment import Chances
from reward_agent.verify.factuality.grounded.weigh import logistic

NUMBERS = ("words", "supported")
"""The log-odds of the words' chance and of the model's "supported"."""
MOST = 6.0
"""No log-odds counts for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A weight for each of `NUMBERS`, a "bias", and the words' chances between which it is open whether the passage
    supports the claim: "from" and "to"."""

    weights: Mapping[str, float]

    def open_to(self, by_words: float) -> bool:
        """Whether the words leave it open."""
        return self.weights["from"] <= by_words <= self.weights["to"]

    def chance(self, by_words: float, chances: Chances) -> float:
        """The chance that the passage supports the claim."""
        found = zip(NUMBERS, numbers(by_words, chances), strict=True)
        return logistic(self.weights["bias"] + sum(self.weights[name] * value for name, value in found))


def numbers(by_words: float, chances: Chances) -> tuple[float, float]:
    """Aligned with `NUMBERS`."""
    return _log_odds(by_words), _log_odds(chances[0])


@cache
def load_joined() -> Joined:
    """What ships with the package."""
    shipped = json.loads(resources.files(__package__).joinpath("joined.json").read_text(encoding="utf-8"))
    return Joined(weights=shipped["sentence"])


def _log_odds(chance: float) -> float:
    chance = min(max(chance, 1e-9), 1 - 1e-9)
    return max(-MOST, min(MOST, math.log(chance / (1 - chance))))
