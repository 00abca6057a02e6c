"""The embedded preference model: what it sees, what it ships, how it is bounded."""

import asyncio
import json
import math
import time
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reward_agent.prefer.embedded import EmbeddedPreference, load_weights
from reward_agent.prefer.embedded.features import asked, features
from reward_agent.prefer.embedded.model import Weights
from reward_agent.types import Message

PROMPT = (Message(role="user", content="How do I keep basil alive on a windowsill?"),)
HELPFUL = (
    "Basil likes six hours of sun, so pick your brightest window. Water it when the top of the soil feels dry, because "
    "wet roots rot. Pinch off the tips every week and it will grow bushy instead of tall."
)


def scores(*responses: str) -> list[float]:
    return list(asyncio.run(EmbeddedPreference().score(PROMPT, responses)))


@pytest.mark.parametrize(
    "worse",
    ["", "I'm sorry, I can't help with that.", "basil basil basil basil basil basil basil basil", "no idea"],
)
def test_a_helpful_answer_beats_a_plainly_bad_one(worse: str) -> None:
    better, other = scores(HELPFUL, worse)
    assert better > other


def test_scores_are_the_same_every_time_and_whatever_stands_beside_them() -> None:
    assert scores(HELPFUL, "No.")[0] == scores(HELPFUL)[0] == scores("No.", HELPFUL)[1]


def test_the_shipped_weights_fit_the_features_that_are_counted() -> None:
    counted = features(asked(PROMPT), HELPFUL)
    assert list(counted) == list(load_weights().of)
    assert len(counted) > 50


def test_the_shipped_file_says_where_it_comes_from_and_holds_no_text() -> None:
    text = resources.files("reward_agent.prefer.embedded").joinpath("weights.json").read_text(encoding="utf-8")
    shipped = json.loads(text)
    assert set(shipped) == {"made by", "settings", "data", "offset", "features"}
    assert all(len(digest) == 64 for digest in shipped["data"].values())
    assert all(set(row) == {"weight", "centre", "most", "steps"} for row in shipped["features"].values())
    assert not any("rmb" in file or "biggen" in file for file in shipped["data"]), "no licence allows these"


@pytest.mark.parametrize(("b", "steps"), [(2.0, 0.0), (3.0, 0.0), (3.5, 0.5), (7.0, 1.5)])
def test_a_score_is_the_weighted_sum_of_bounded_features_and_of_their_steps(b: float, steps: float) -> None:
    weights = Weights(
        of={"a": 2.0, "b": -1.0},
        centre={"a": 1.0, "b": 0.0},
        most={"a": 0.5, "b": 9.0},
        steps={"a": ([], [0.0]), "b": ([3.0, 6.0], [0.0, 0.5, 1.5])},
        offset=0.25,
    )
    assert weights.score({"a": 100.0, "b": b}) == 2.0 * 0.5 - b + steps + 0.25


def test_an_answer_beats_its_own_words_in_another_order() -> None:
    words = HELPFUL.split()
    better, *mixed = scores(HELPFUL, " ".join(sorted(words)), " ".join(words[::-1]), " ".join(words[::2] + words[1::2]))
    assert better > max(mixed)


def test_features_of_another_version_are_refused() -> None:
    with pytest.raises(KeyError):
        load_weights().score({"a feature that is not there": 1.0})


@pytest.mark.parametrize(
    ("name", "response", "value"),
    [
        ("prompt covered", "Keep basil alive on windowsill", 1.0),
        ("bullets", "- one\n- two", math.log1p(2)),
        ("code block left open", "```python\nx = 1", 1.0),
        ("refuses", "I'm sorry, but I cannot do that.", 2.0),
        ("ends in a question", "What light does it get?", 1.0),
        ("repeats", "a b c a b c", 0.25),
        ("script differs", "базилик любит солнце", pytest.approx(0.95, abs=0.05)),
        ("a template shows", "It is green.\nHuman: more", 1.0),
        ("empty", " \n", 1.0),
        ("sentences start in lower case", "It is so. but not here. Nor there.", 0.2),
        ("sentences start with a capital", "It is so. but not here. Nor there.", pytest.approx(2 / 3)),
        ("capitals inside sentences", "basil likes Sun and Water", 2 / 15),
        ("common words together", "the of and to", 0.0),
        ("common words together", "basil the sun of water", pytest.approx(-0.16)),
    ],
)
def test_a_feature_counts_what_its_name_says(name: str, response: str, value: float) -> None:
    assert features(asked(PROMPT), response)[name] == value


def test_what_stood_before_the_last_turn_counts_as_history() -> None:
    talk = (
        Message(role="user", content="Hello"),
        Message(role="assistant", content="one two three four"),
        Message(role="user", content="Go on"),
    )
    found = features(asked(talk), "one two three four")
    assert found["copied from before"] == 1.0
    assert found["copied from the prompt"] == 0.0
    assert found["length, asked for to go on"] == found["length"]


@settings(max_examples=60, deadline=None)
@given(prompt=st.text(max_size=300), response=st.text(max_size=600))
def test_any_text_has_a_finite_score(prompt: str, response: str) -> None:
    score = asyncio.run(EmbeddedPreference().score((Message(role="user", content=prompt),), [response]))[0]
    assert math.isfinite(score)


@pytest.mark.parametrize("piece", ["a", " ", "- ", "[your ", "I'm ", "```", "\n\n", "#", "1. ", "?!", "\u0416"])
def test_a_megabyte_of_anything_takes_little_time(piece: str) -> None:
    started = time.process_time()
    scores(piece * (1_000_000 // len(piece)))
    assert time.process_time() - started < 1.5
