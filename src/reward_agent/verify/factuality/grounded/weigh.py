"""How a claim stands beside a passage -> the chance that the passage supports it.

Logistic functions of the numbers in `features.NAMES`, fitted by `training/grounded.py`: one for short answers, one for
sentences. What the entailment model adds is joined.py's business.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from reward_agent.verify.factuality.grounded.features import NAMES, Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """One weight a number, by name, and a "bias": for short answers, for sentences."""

    short: Mapping[str, float]
    sentence: Mapping[str, float]

    def by_words(self, one: Compared, *, short: bool) -> float:
        """The chance that the passage supports the claim, from the words alone."""
        return logistic(_sum(self.short if short else self.sentence, dict(zip(NAMES, one.numbers, strict=True))))


def logistic(logit: float) -> float:
    """From log-odds to a chance, without overflow."""
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, logit))))


@cache
def load_weighing() -> Weighing:
    """The weights that ship with the package."""
    shipped = json.loads(resources.files(__package__).joinpath("weights.json").read_text(encoding="utf-8"))
    return Weighing(short=shipped["short"], sentence=shipped["sentence"])


def _sum(weights: Mapping[str, float], numbers: Mapping[str, float]) -> float:
    return weights["bias"] + sum(weights[name] * value for name, value in numbers.items())
