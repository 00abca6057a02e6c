"""How a claim stands beside a passage -> the chance that the passage supports it.

Logistic functions of numbers fitted by `training/grounded.py`: for short answers of `features.NAMES`, for sentences of
these and of `sentence.SENTENCE_NAMES`. What the entailment model adds is joined.py's business.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from reward_agent.verify.factuality.grounded.features import NAMES, Compared
from reward_agent.verify.factuality.grounded.sentence import SENTENCE_NAMES, sentence_numbers

MOST = 6.0
"""No log-odds counts for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """One weight a number, by name, and a "bias". A short answer has one sum; a sentence two, by its names and numbers
    (`sentence`) and by its words (`wording`), whose mean counts: together they fit no better, and apart each sees
    mistakes that the other does not."""

    short: Mapping[str, float]
    sentence: Mapping[str, float]
    wording: Mapping[str, float]

    def by_words(self, one: Compared, *, short: bool) -> float:
        """The chance that the passage supports the claim, from the words alone."""
        if short:
            return logistic(_sum(self.short, beside_numbers(one)))
        return logistic((_sum(self.sentence, sentence_numbers_of(one)) + _sum(self.wording, beside_numbers(one))) / 2)


def beside_numbers(one: Compared) -> dict[str, float]:
    """`features.NAMES` of a claim beside a passage."""
    return dict(zip(NAMES, one.numbers, strict=True))


def sentence_numbers_of(one: Compared) -> dict[str, float]:
    """`sentence.SENTENCE_NAMES` of a claim beside a passage."""
    return dict(zip(SENTENCE_NAMES, sentence_numbers(one.claim.text, one.passage), strict=True))


def logistic(logit: float) -> float:
    """From log-odds to a chance, without overflow."""
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, logit))))


@cache
def load_weighing() -> Weighing:
    """The weights that ship with the package."""
    shipped = json.loads(resources.files(__package__).joinpath("weights.json").read_text(encoding="utf-8"))
    return Weighing(short=shipped["short"], sentence=shipped["sentence"], wording=shipped["wording"])


def _sum(weights: Mapping[str, float], numbers: Mapping[str, float]) -> float:
    return weights["bias"] + sum(weight * numbers[name] for name, weight in weights.items() if name != "bias")


def log_odds(chance: float) -> float:
    """From a chance to log-odds, bounded by `MOST`."""
    chance = min(max(chance, 1e-9), 1 - 1e-9)
    return max(-MOST, min(MOST, math.log(chance / (1 - chance))))
