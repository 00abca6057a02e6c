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
from reward_agent.prefer.embedded.features import OF_PROMPT, asked, features
from reward_agent.prefer.embedded.model import LOWEST, Weights, Worth
from reward_agent.prefer.embedded.order import out_of_order
from reward_agent.types import Message

PROMPT = (Message(role="user", content="How do I keep basil alive on a windowsill?"),)
HELPFUL = (
    "Basil likes six hours of sun, so pick your brightest window. Water it when the top of the soil feels dry, because "
    "wet roots rot. Pinch off the tips every week and it will grow bushy instead of tall."
)


FILES = ("weights.json", "length_neutral.json")


def scores(*responses: str, length_neutral: bool = False) -> list[float]:
    model = EmbeddedPreference(weights=load_weights(length_neutral=length_neutral))
    return list(asyncio.run(model.score(PROMPT, responses)))


@pytest.mark.parametrize("length_neutral", [False, True])
@pytest.mark.parametrize(
    "worse",
    ["", "I'm sorry, I can't help with that.", "basil basil basil basil basil basil basil basil", "no idea"],
)
def test_a_helpful_answer_beats_a_plainly_bad_one(worse: str, length_neutral: bool) -> None:
    better, other = scores(HELPFUL, worse, length_neutral=length_neutral)
    assert better > other


def test_more_of_the_same_kind_counts_for_less_where_length_does_not_count() -> None:
    longer = f"{HELPFUL} {HELPFUL.replace('basil', 'it').replace('Basil', 'Mint')}"
    counted, neutral = scores(longer, HELPFUL), scores(longer, HELPFUL, length_neutral=True)
    assert neutral[0] - neutral[1] < counted[0] - counted[1]


def test_scores_are_the_same_every_time_and_whatever_stands_beside_them() -> None:
    assert scores(HELPFUL, "No.")[0] == scores(HELPFUL)[0] == scores("No.", HELPFUL)[1]


def test_the_shipped_weights_fit_the_features_that_are_counted() -> None:
    counted = features(asked(PROMPT), HELPFUL)
    assert list(counted) == list(load_weights().features)
    assert list(counted) == list(load_weights(length_neutral=True).features)
    assert len(counted) > 50


@pytest.mark.parametrize("file", FILES)
def test_the_shipped_file_says_where_it_comes_from_and_holds_no_text(file: str) -> None:
    text = resources.files("reward_agent.prefer.embedded").joinpath(file).read_text(encoding="utf-8")
    shipped = json.loads(text)
    assert set(shipped) == {"made by", "settings", "data", "offset", "features"}
    assert all(len(digest) == 64 for digest in shipped["data"].values())
    assert all(set(row) == {"weight", "centre", "most", "steps"} for row in shipped["features"].values())
    assert not any("rmb" in file or "biggen" in file for file in shipped["data"]), "no licence allows these"


@pytest.mark.parametrize(("b", "steps"), [(2.0, 0.0), (3.0, 0.0), (3.5, 0.5), (7.0, 1.5)])
def test_a_score_is_the_weighted_sum_of_bounded_features_and_of_their_steps(b: float, steps: float) -> None:
    weights = Weights(
        features={
            "a": Worth(weight=2.0, centre=1.0, most=0.5),
            "b": Worth(weight=-1.0, centre=0.0, most=9.0, places=[3.0, 6.0], above=[0.0, 0.5, 1.5]),
        },
        offset=0.25,
    )
    assert weights.score({"a": 100.0, "b": b}) == 2.0 * 0.5 - b + steps + 0.25


def test_an_answer_beats_its_own_words_in_another_order() -> None:
    words = HELPFUL.split()
    better, *mixed = scores(HELPFUL, " ".join(sorted(words)), " ".join(words[::-1]), " ".join(words[::2] + words[1::2]))
    assert better > max(mixed)


@pytest.mark.parametrize(
    ("text", "garbage"),
    [
        ("the of a is the and window the sun a to", True),
        ("Pick the to window. basil light. an is sun. Water", True),
        ("the sun. it sets. a is late. now Birds. sing Loudly.", True),
        (HELPFUL, False),
        ("a to-do list, an in-depth look, the on-screen text", False),
        ("the of is a title he gave it", False),
        ("Object A is heavier than B. If A and B are put on a scale, A is lower.", False),
        ("", False),
        ("для и на солнце в и на the of", False),
    ],
)
def test_words_in_an_order_that_nobody_writes_are_told(text: str, garbage: bool) -> None:
    assert out_of_order(text) is garbage


@pytest.mark.parametrize("length_neutral", [False, True])
def test_garbage_has_the_lowest_score_whatever_its_length(length_neutral: bool) -> None:
    garbage = "the of a is the and window the sun a to "
    found = scores(garbage, garbage * 40, "", ". . .", "word " * 3000, length_neutral=length_neutral)
    assert found[:2] == [LOWEST, LOWEST]
    assert min(found) == LOWEST


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
        ("common words", "the sun of it", 3 / 7),
        ("kinds of words, new", "basil likes sun and sun", math.log1p(2)),
        ("contractions", "it's not, don’t", 2 / 8),
        ("denials", "it's not, don’t", 2 / 8),
        ("numbers", "In 1990 it was 3.5 m", math.log1p(2)),
        ("listed", "- one\n- two", 2 / 3),
        ("tells what to do", "Use sun.\nIt is warm.", 1 / 3),
        ("words in the first sentence", "Use the sun. Now.", math.log1p(3)),
        ("words in the last sentence", "Use the sun. Now.", math.log1p(1)),
        ("prompt covered at last", "Sun. Basil on a windowsill.", 2 / 5),
        ("list, asked how", "- one\n- two", 2 / 3),
        ("ends in a question, asked briefly", "What light?", 0.0),
        ("starts with yes or no", "Yes, it does.", 1.0),
    ],
)
def test_a_feature_counts_what_its_name_says(name: str, response: str, value: float) -> None:
    assert features(asked(PROMPT), response)[name] == value


def test_a_prompt_is_read_for_what_it_wants() -> None:
    talk = (
        Message(role="user", content="Hello"),
        Message(role="assistant", content="one two three four"),
        Message(role="user", content="Give me 3 tips"),
    )
    found = features(asked(talk), "- a\n- b\n- c\n\nMore?")
    assert found["as many items as asked for"] == 1.0
    assert found["ends in a question, in a dialogue"] == found["ends in a question, asked briefly"] == 1.0
    assert found["list, asked for a list"] == math.log1p(3)
    assert found["prompt: asks for a list"] == found["prompt: asks for to go on"] == 1.0


def test_what_the_prompt_alone_says_is_the_same_for_each_of_its_responses() -> None:
    one, other = features(asked(PROMPT), HELPFUL), features(asked(PROMPT), "No.")
    names = [name for name in one if name.startswith(OF_PROMPT)]
    assert names
    assert [one[name] for name in names] == [other[name] for name in names]


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
