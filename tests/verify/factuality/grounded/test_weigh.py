"""From numbers to a chance."""

import json
from importlib import resources

import pytest

from reward_agent.types import Passage
from reward_agent.verify.factuality.grounded.claims import Claim
from reward_agent.verify.factuality.grounded.features import NAMES, compared
from reward_agent.verify.factuality.grounded.sentence import AGAINST, SENTENCE_NAMES, sentence_numbers
from reward_agent.verify.factuality.grounded.weigh import Weighing, load_weighing, logistic

ONE = compared(
    Claim(text="It was built in 1820.", question="", short=False), [Passage(text="The mill was built in 1820.")]
)[0]
WEIGHING = Weighing(
    short={"said": 0.0, "bias": 0.0},
    sentence={"in order": 2.0, "bias": -1.0},
    wording={"literal": 0.0, "bias": 3.0},
)
IN_ORDER = sentence_numbers(ONE.claim.text, ONE.passage)[SENTENCE_NAMES.index("in order")]


def test_a_chance_is_the_logistic_function_of_the_weighted_sum_of_a_sentence_of_the_mean_of_two() -> None:
    assert WEIGHING.by_words(ONE, short=False) == pytest.approx(logistic((2.0 * IN_ORDER - 1.0 + 3.0) / 2))
    assert WEIGHING.by_words(ONE, short=True) == 0.5


def test_certainty_is_bounded() -> None:
    assert logistic(-10_000) == pytest.approx(0.0)


def test_the_shipped_weights_fit_the_numbers_and_never_punish_what_is_found() -> None:
    weighing = load_weighing()
    assert set(weighing.short) == {*NAMES, "bias"}
    assert set(weighing.sentence) == {*SENTENCE_NAMES, "bias"}
    assert set(weighing.wording) == {*NAMES, "bias"}
    for weights in (weighing.short, weighing.wording):
        for name in ("literal", "said", "about", "together", "gathered", "near", "kin"):
            assert weights[name] >= 0
        for name in ("numbers missing", "names missing", "denial differs"):
            assert weights[name] <= 0
    for name, weight in weighing.sentence.items():
        assert name == "bias" or weight == 0 or (weight < 0) == (name in AGAINST)


@pytest.mark.parametrize("name", ["weights.json", "rarity.json", "joined.json", "encoder/model.json"])
def test_a_shipped_file_says_where_it_comes_from_and_holds_no_text(name: str) -> None:
    text = resources.files("reward_agent.verify.factuality.grounded").joinpath(name).read_text("utf-8")
    shipped = json.loads(text)
    assert shipped["made by"].startswith("training/")
    assert all(len(digest) == 64 for digest in shipped["data"].values())
    assert not any(name in file for file in shipped["data"] for name in ("halueval", "climate", "healthver", "covid"))
