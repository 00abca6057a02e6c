"""What every PreferenceModel does."""

import asyncio
import math

import pytest

from reward_agent.prefer.embedded import EmbeddedPreference
from reward_agent.prefer.model import PairwiseModel, PointwiseModel
from reward_agent.prefer.python import PythonPreference
from reward_agent.protocols import PreferenceModel
from reward_agent.testing import LengthPreference
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Message

ALONE: list[PreferenceModel] = [
    LengthPreference(),
    EmbeddedPreference(),
    PythonPreference(name="words", function=lambda prompt, responses: [len(text.split()) for text in responses]),
    PointwiseModel(name="ratings", chat=SimulatedChat()),
]
"""Each response is scored by itself."""
MODELS = [*ALONE, PairwiseModel(name="comparisons", chat=SimulatedChat())]
PROMPT = (Message(role="user", content="Hello"),)
RESPONSES = ("Hi", "Hello there, friend", "", "\x00\ud800")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
class TestPreferenceModel:
    def test_it_is_a_preference_model(self, model: PreferenceModel) -> None:
        assert isinstance(model, PreferenceModel)
        assert model.name

    def test_it_gives_one_finite_score_a_response_in_order(self, model: PreferenceModel) -> None:
        scores = asyncio.run(model.score(PROMPT, RESPONSES))
        assert len(scores) == len(RESPONSES)
        assert all(math.isfinite(score) for score in scores)
        assert list(asyncio.run(model.score(PROMPT, RESPONSES[::-1]))) == pytest.approx(list(scores)[::-1])


@pytest.mark.parametrize("model", ALONE, ids=lambda model: type(model).__name__)
def test_a_score_does_not_depend_on_the_other_responses(model: PreferenceModel) -> None:
    together = list(asyncio.run(model.score(PROMPT, RESPONSES)))
    assert together == [asyncio.run(model.score(PROMPT, (response,)))[0] for response in RESPONSES]
