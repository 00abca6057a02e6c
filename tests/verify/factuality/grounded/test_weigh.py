"""From numbers to a chance."""

import json
from importlib import resources

import pytest

from reward_agent.types import Passage
from reward_agent.verify.factuality.grounded.claims import Claim
from reward_agent.verify.factuality.grounded.features import NAMES, compared
from reward_agent.verify.factuality.grounded.weigh import Weighing, load_weighing, logistic

ONE = compared(
    Claim(text="It was built in 1820.", question="", short=False), [Passage(text="The mill was built in 1820.")]
)[0]
NOTHING = dict.fromkeys(NAMES, 0.0)
WEIGHING = Weighing(
    short=NOTHING | {"bias": 0.0},
    sentence=NOTHING | {"said": 2.0, "bias": -1.0},
)


def test_a_chance_is_the_logistic_function_of_the_weighted_sum() -> None:
    assert WEIGHING.by_words(ONE, short=False) == pytest.approx(logistic(2.0 * ONE["said"] - 1.0))
    assert WEIGHING.by_words(ONE, short=True) == 0.5


def test_certainty_is_bounded() -> None:
    assert logistic(-10_000) == pytest.approx(0.0)


def test_the_shipped_weights_fit_the_numbers_and_never_punish_what_is_found() -> None:
    weighing = load_weighing()
    for weights in (weighing.short, weighing.sentence):
        assert set(weights) == {*NAMES, "bias"}
        assert all(weights[name] >= 0 for name in ("literal", "said", "said in all", "said in one sentence", "about"))
        assert all(weights[name] <= 0 for name in ("numbers missing", "names missing", "denial differs"))


@pytest.mark.parametrize("name", ["weights.json", "rarity.json", "joined.json", "encoder/model.json"])
def test_a_shipped_file_says_where_it_comes_from_and_holds_no_text(name: str) -> None:
    text = resources.files("reward_agent.verify.factuality.grounded").joinpath(name).read_text("utf-8")
    shipped = json.loads(text)
    assert shipped["made by"].startswith("training/")
    assert all(len(digest) == 64 for digest in shipped["data"].values())
    assert not any(name in file for file in shipped["data"] for name in ("halueval", "climate", "healthver", "covid"))
