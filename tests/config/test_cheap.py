import pytest

from reward_agent.config import load_settings
from reward_agent.config.cheap import alone_and_bounded, cheap_part, expensive_weights
from reward_agent.errors import ConfigError

CHAT = "chat.default={type='simulated'}"
POINT = "{type='model', name='rated', mode='point'}"
EMBEDDED = "{type='embedded', name='form'}"


def test_everything_that_asks_a_model_is_expensive_with_its_weight() -> None:
    settings = load_settings(
        preset="openai", overrides=[CHAT, "judge.weights={preference=2.0}", "verify.instructions.write=false"]
    )
    assert expensive_weights(settings) == {"preference": 2.0, "instructions": 1.0, "factuality": 1.0}


def test_the_cheap_part_reads_instructions_by_rules_and_asks_no_model() -> None:
    settings = load_settings(preset="openai", overrides=[CHAT, f"prefer=[{EMBEDDED}, {POINT}]"])
    cheap = cheap_part(settings)
    assert cheap.verify.instructions.type == "rules"
    assert cheap.verify.factuality.type == "off"
    assert cheap.route.type == "rules"
    assert cheap.evidence.type == "off"
    assert [model.name for model in cheap.prefer] == ["form"]
    assert not expensive_weights(cheap)


def test_the_cheap_part_weighs_signals_as_the_whole_does() -> None:
    settings = load_settings(
        preset="offline", overrides=[CHAT, f"prefer=[{POINT}]", "judge.weights={instructions=0.5, rated=2.0}"]
    )
    judge = cheap_part(settings).judge
    assert judge.type == "weighted"
    assert judge.weights == {"instructions": 0.5}


def test_claims_held_against_an_index_of_ones_own_are_cheap() -> None:
    grounded = ["verify.factuality.type=grounded", "evidence.type=corpus", "evidence.path=index"]
    settings = load_settings(preset="offline", overrides=[CHAT, f"prefer=[{POINT}]", *grounded])
    assert expensive_weights(settings) == {"rated": 1.0}
    assert cheap_part(settings).verify.factuality.type == "grounded"


def test_settings_without_expensive_signals_need_no_budget() -> None:
    with pytest.raises(ConfigError, match="Leave --budget out"):
        cheap_part(load_settings(preset="offline"))


def test_settings_without_a_cheap_signal_cannot_have_a_budget() -> None:
    overrides = [CHAT, "verify.instructions.type=off", f"prefer=[{POINT}]"]
    with pytest.raises(ConfigError, match="needs a cheap signal"):
        cheap_part(load_settings(preset="offline", overrides=overrides))


def test_a_judge_that_is_a_model_is_not_asked_in_the_cheap_round() -> None:
    settings = load_settings(preset="offline", overrides=[CHAT, f"prefer=[{POINT}]", "judge={type='model'}"])
    assert cheap_part(settings).judge.type == "weighted"


@pytest.mark.parametrize(
    ("alone", "overrides"),
    [
        (True, [f"prefer=[{POINT}]"]),
        (False, ["prefer=[{type='model', mode='pair'}]"]),
        (False, [f"prefer=[{POINT}]", "judge={type='vote'}"]),
        (False, [f"prefer=[{POINT}]", "judge.normalize=false"]),
        (False, [f"prefer=[{POINT}]", "judge.weights={rated=-1.0}"]),
        (
            False,
            [f"prefer=[{POINT}]", "verify.factuality.type=grounded", "evidence.type=corpus", "evidence.path=index"],
        ),
    ],
)
def test_rounds_are_for_signals_that_score_a_candidate_whatever_its_company(alone: bool, overrides: list[str]) -> None:
    assert alone_and_bounded(load_settings(preset="offline", overrides=[CHAT, *overrides])) is alone
