"""What the words show and what the entailment model reads -> one chance that the passage supports the claim.

A sentence: a logistic function of the two. A short answer: the model's word can only lower the words' chance, and never
that of an answer which stands there word for word; it knows too few kinds of question to be trusted further. Both are
fitted by `training/joined.py` to rows that the model was not trained on (joined.json). A sentence whose words leave
nothing open need not be read: it would hardly end on the other side, and reading takes the time.
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
    """`discount`: how much of its chance a short answer loses at most. `sentence`: a weight for each of `NUMBERS`, a
    "bias", and the words' chances between which it is open whether the passage supports the claim: "from" and "to"."""

    discount: float
    sentence: Mapping[str, float]

    def to_be_read(self, by_words: float, *, short: bool, literal: bool) -> bool:
        """Whether the model's word could change the verdict. `literal`: the claim stands there word for word."""
        return not literal if short else self.sentence["from"] <= by_words <= self.sentence["to"]

    def chance(self, by_words: float, chances: Chances, *, short: bool) -> float:
        """The chance that the passage supports the claim."""
        if short:
            return by_words * (1 - self.discount * (1 - chances[0]))
        found = zip(NUMBERS, numbers(by_words, chances), strict=True)
        return logistic(self.sentence["bias"] + sum(self.sentence[name] * value for name, value in found))


def numbers(by_words: float, chances: Chances) -> tuple[float, float]:
    """Aligned with `NUMBERS`."""
    return _log_odds(by_words), _log_odds(chances[0])


@cache
def load_joined() -> Joined:
    """What ships with the package."""
    shipped = json.loads(resources.files(__package__).joinpath("joined.json").read_text(encoding="utf-8"))
    return Joined(discount=shipped["discount"], sentence=shipped["sentence"])


def _log_odds(chance: float) -> float:
    chance = min(max(chance, 1e-9), 1 - 1e-9)
    return max(-MOST, min(MOST, math.log(chance / (1 - chance))))
