"""How a claim stands beside a passage -> the chance that the passage supports it.

Logistic functions of the numbers in `features.NAMES`, fitted by `training/grounded.py`: one for short answers, one for
sentences, and one for sentences that the entailment model has read. What that model makes of a short answer, of which
it knows a few kinds alone, can only lower the chance, and never that of an answer that stands there word for word.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from reward_agent.verify.factuality.grounded.entailment import Chances
from reward_agent.verify.factuality.grounded.features import NAMES, Compared
from reward_agent.verify.factuality.grounded.sentence import SENTENCE_NAMES, sentence_numbers

READ = ("entailed", "refuted")
"""The log-odds that the entailment model gives to "supported" and to "contradicted"."""
MOST = 6.0
DISCOUNT = 0.5
"""How much of its chance a short answer loses at most by what the entailment model makes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """One weight a number, by name, and a "bias": for short answers, for sentences, for sentences that were read."""

    short: Mapping[str, float]
    sentence: Mapping[str, float]
    read: Mapping[str, float]

    def by_words(self, one: Compared, *, short: bool) -> float:
        """The chance that the passage supports the claim, from the words alone."""
        return logistic(_sum(self.short if short else self.sentence, numbers_of(one, short=short)))

    def with_reading(self, one: Compared, chances: Chances, *, short: bool) -> float:
        """The chance that the passage supports the claim, from the words and the entailment model together."""
        if short:
            return self.by_words(one, short=True) * (1 - DISCOUNT * (1 - chances[0]))
        read = dict(zip(READ, read_numbers(chances), strict=True))
        return logistic(_sum(self.read, numbers_of(one, short=False) | read))


def numbers_of(one: Compared, *, short: bool) -> dict[str, float]:
    """What may be weighed of a claim beside a passage, by name; of a sentence more than of a short answer."""
    found = dict(zip(NAMES, one.numbers, strict=True))
    if not short:
        found |= zip(SENTENCE_NAMES, sentence_numbers(one.claim.text, one.passage), strict=True)
    return found


def read_numbers(chances: Chances) -> tuple[float, float]:
    """The entailment model's chances as `READ`, bounded."""
    return log_odds(chances[0]), log_odds(chances[1])


def logistic(logit: float) -> float:
    """From log-odds to a chance, without overflow."""
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, logit))))


@cache
def load_weighing() -> Weighing:
    """The weights that ship with the package."""
    shipped = json.loads(resources.files(__package__).joinpath("weights.json").read_text(encoding="utf-8"))
    return Weighing(**{name: shipped[name] for name in ("short", "sentence", "read")})


def _sum(weights: Mapping[str, float], numbers: Mapping[str, float]) -> float:
    return weights["bias"] + sum(weight * numbers[name] for name, weight in weights.items() if name != "bias")


def log_odds(chance: float) -> float:
    """From a chance to log-odds, bounded by `MOST`."""
    chance = min(max(chance, 1e-9), 1 - 1e-9)
    return max(-MOST, min(MOST, math.log(chance / (1 - chance))))
