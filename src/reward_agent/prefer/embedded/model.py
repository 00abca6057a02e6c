"""The embedded preference model: text features, a weight and a step function for each, fitted to pairs that
people compared.

    model = EmbeddedPreference()
    scores = await model.score(sample.prompt, sample.responses)

A score is a log-odds: the chance that people prefer one response to another of the same prompt is about the logistic
function of the difference. 0 is an average response to such a prompt, so the unit is the same in every sample. It sees
form, not truth: use it as the weakest voice, mostly to break ties. `docs/models.md` is its model card.

There are two sets of weights. What people choose goes with length, so the one that predicts them best follows it too;
the other was fitted to what is unusual about a response of its length, and does not care how long that is.
"""

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import accumulate

from reward_agent.prefer.embedded.features import asked, features
from reward_agent.prefer.embedded.order import out_of_order
from reward_agent.types import Message

LOWEST = -6.0
"""No score is lower; a text whose words stand in no order has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What one feature is worth: `weight` times how far it lies from `centre`, `most` at most, so that a text unlike
    any in training cannot run off; and besides by steps: `above` 0, 1, ... of the `places`, which ascend."""

    weight: float
    centre: float
    most: float
    places: Sequence[float] = ()
    above: Sequence[float] = (0.0,)

    def of(self, value: float) -> float:
        """In log-odds."""
        away = value - self.centre
        if away > self.most:
            away = self.most
        elif away < -self.most:
            away = -self.most
        steps = self.above[bisect_left(self.places, value)] if self.places else 0.0
        return self.weight * away + steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The worth of each feature by its name; `offset` is added last."""

    features: Mapping[str, Worth]
    offset: float

    def score(self, found: Mapping[str, float]) -> float:
        """The sum of what all are worth. Raises KeyError where the weights were fitted to other features."""
        return sum([self.features[name].of(value) for name, value in found.items()], self.offset)


@cache
def load_weights(*, length_neutral: bool = False) -> Weights:
    """The weights that ship with the package; `length_neutral`: those for which length does not count."""
    file = "length_neutral.json" if length_neutral else "weights.json"
    shipped = json.loads(resources.files(__package__).joinpath(file).read_text(encoding="utf-8"))
    table = {
        name: Worth(
            weight=row["weight"],
            centre=row["centre"],
            most=row["most"],
            places=[at for at, _ in row["steps"]],
            above=[0.0, *accumulate(worth for _, worth in row["steps"])],
        )
        for name, row in shipped["features"].items()
    }
    return Weights(features=table, offset=shipped["offset"])


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedPreference:
    """Scores in log-odds; deterministic, no network, no torch."""

    name: str = "preference"
    weights: Weights = field(default_factory=load_weights)

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        request = asked(prompt)
        return [
            LOWEST if out_of_order(response) else max(LOWEST, self.weights.score(features(request, response)))
            for response in responses
        ]
