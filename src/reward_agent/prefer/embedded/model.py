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
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import accumulate

from reward_agent.prefer.embedded.features import asked, features
from reward_agent.prefer.embedded.order import out_of_order
from reward_agent.types import Message

OUT_OF_ORDER = -6.0
"""The score of a text whose words stand in no order: lower than any other's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """`of`: one weight a feature; `most`: how far from its centre a feature counts, so that a text unlike any in
    training cannot run off; `steps`: where else a feature's worth changes, ascending, and what it is worth below the
    first and above each; `offset` is added last."""

    of: dict[str, float]
    centre: dict[str, float]
    most: dict[str, float]
    steps: dict[str, tuple[Sequence[float], Sequence[float]]]
    offset: float

    def score(self, found: dict[str, float]) -> float:
        """The weighted sum. Raises KeyError where the weights were fitted to other features."""
        total = self.offset
        for name, value in found.items():
            total += self.of[name] * max(-self.most[name], min(self.most[name], value - self.centre[name]))
            places, worth = self.steps[name]
            total += worth[bisect_left(places, value)]
        return total


@cache
def load_weights(*, length_neutral: bool = False) -> Weights:
    """The weights that ship with the package; `length_neutral`: those for which length does not count."""
    file = "length_neutral.json" if length_neutral else "weights.json"
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    shipped = json.loads(text)
    table = shipped["features"]
    return Weights(
        of={name: row["weight"] for name, row in table.items()},
        centre={name: row["centre"] for name, row in table.items()},
        most={name: row["most"] for name, row in table.items()},
        steps={name: _steps(row["steps"]) for name, row in table.items()},
        offset=shipped["offset"],
    )


def _steps(rows: Sequence[tuple[float, float]]) -> tuple[Sequence[float], Sequence[float]]:
    return [at for at, _ in rows], [0.0, *accumulate(worth for _, worth in rows)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedPreference:
    """Scores in log-odds; deterministic, no network, no torch."""

    name: str = "preference"
    weights: Weights = field(default_factory=load_weights)

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        request = asked(prompt)
        return [
            OUT_OF_ORDER if out_of_order(response) else self.weights.score(features(request, response))
            for response in responses
        ]
