import asyncio
from pathlib import Path

import pytest

from reward_agent.build import build_agent
from reward_agent.config import load_settings
from reward_agent.errors import ConfigError
from reward_agent.judge.vote import VoteJudger
from reward_agent.route.every import EveryCheckRouter
from reward_agent.types import Decision, Judgment, Sample


def judged(prompt: str, candidates: list[str], *overrides: str, preset: str = "offline") -> Judgment:
    agent = build_agent(load_settings(preset=preset, overrides=overrides))
    return asyncio.run(agent.judge(Sample.of(prompt, candidates)))


def decision(judgment: Judgment) -> Decision:
    assert judgment.decision is not None
    return judgment.decision


def test_the_offline_preset_prefers_the_candidate_that_did_what_was_asked() -> None:
    judgment = judged("Describe the sea in exactly two sentences.", ["It is wide. It is deep.", "It is wide."])
    assert decision(judgment).scores[0] > decision(judgment).scores[1]
    assert judgment.signals[0].name == "instructions"
    assert "two sentences" in judgment.signals[0].verdicts[0].findings[0].sources[0]


def test_the_order_of_the_candidates_does_not_matter() -> None:
    prompt = "Name three rivers. Use at most 5 words, and do not use any commas."
    candidates = ["Nile Rhine Po", "The Nile, the Rhine, and the mighty Po", "Nile, Rhine, Po"]
    forward = decision(judged(prompt, candidates)).scores
    assert decision(judged(prompt, candidates[::-1])).scores == forward[::-1]


def test_without_a_checkable_constraint_only_the_preference_decides_and_the_decision_says_so() -> None:
    judgment = judged("Cheer me up!", ["You are great.", "No."])
    assert [signal.name for signal in judgment.signals] == ["preference"]
    assert decision(judgment).reason == "weighted sum: 0.001 × preference (centre 0, spread 1)"
    assert judgment.failures == ()


def test_without_preference_an_instruction_without_a_checkable_constraint_is_unjudged() -> None:
    judgment = judged("Cheer me up!", ["You are great.", "No."], "prefer=[]")
    assert judgment.decision is None
    assert judgment.failures == ()


def test_the_embedded_preference_breaks_ties_and_outvotes_nothing() -> None:
    prompt = "Describe the sea in exactly two sentences."
    short, long = "Wide. Deep.", "The sea is wide and blue. It is deep, and home to more life than the land, by far."
    tied = decision(judged(prompt, [short, long], preset="offline"))
    assert 0 < abs(tied.scores[0] - tied.scores[1]) < 0.001
    broken = decision(judged(prompt, [short, f"{long} It is also very cold in winter, I think."], preset="offline"))
    assert broken.scores[0] > broken.scores[1]


def test_a_weight_of_ones_own_replaces_the_small_one() -> None:
    judgment = judged("Cheer me up!", ["You are great.", "No."], "judge.weights.preference=0.5", preset="offline")
    assert decision(judgment).reason.startswith("weighted sum: 0.5 × preference")


def test_without_evidence_grounded_factuality_is_no_signal() -> None:
    agent = build_agent(load_settings(preset="offline"))
    assert [verifier.name for verifier in agent.verifiers] == ["instructions"]


def test_without_grading_the_score_is_the_plain_share() -> None:
    prompt = "Describe the sea in exactly two sentences."
    judgment = judged(prompt, ["It is wide. It is deep.", "It is wide."], "verify.instructions.graded=false")
    assert judgment.signals[0].scores == (1.0, 0.0)


def test_a_verifier_can_be_turned_off() -> None:
    judgment = judged("Use exactly two words.", ["Hi you"], "verify.instructions.type=off")
    assert [signal.name for signal in judgment.signals] == ["preference"]


def test_the_settings_choose_router_and_judger() -> None:
    agent = build_agent(load_settings(overrides=["route.type=every", "judge.type=vote"]))
    assert isinstance(agent.router, EveryCheckRouter)
    assert agent.judger == VoteJudger(weights={"factuality": 1.2, "instructions": 1.1, "preference": 0.001})


@pytest.mark.parametrize("judge", ["judge.type=weighted", "judge.type=vote"])
def test_the_embedded_preference_is_the_weakest_voice_of_every_judger(judge: str) -> None:
    prompt = "Describe the sea in exactly two sentences."
    followed, liked = "Wide. Deep.", "The sea is wide, and it is deep, and it is home to a great many kinds of animals."
    judgment = judged(prompt, [followed, liked], judge)
    assert decision(judgment).scores[0] > decision(judgment).scores[1] + 0.2
    assert "0.001 × preference" in decision(judgment).reason or "preference (0.001)" in decision(judgment).reason


def test_other_weights_of_a_vote_leave_the_embedded_preference_weak() -> None:
    resolved = load_settings(overrides=["judge.type=vote", "judge.weights.instructions=3"])
    assert resolved.weights == {"instructions": 3.0, "preference": 0.001}
    assert load_settings(overrides=["judge.weights.preference=0.5"]).weights == {"preference": 0.5}


def test_other_preference_models_keep_their_whole_vote(tmp_path: Path) -> None:
    resolved = load_settings(config=prefer(tmp_path, "math:hypot"), overrides=["judge.type=vote"])
    assert resolved.weights == {"factuality": 1.2, "instructions": 1.1}


def prefer(tmp_path: Path, function: str) -> Path:
    config = tmp_path / "config.toml"
    config.write_text(
        f'[[prefer]]\ntype = "python"\nname = "mine"\nfunction = "{function}"\n'
        "calibration = { centre = 0.0, spread = 10.0 }\n"
    )
    return config


def test_a_preference_function_of_ones_own_takes_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_rewards.py").write_text("def length(prompt, responses):\n    return [len(t) for t in responses]\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    agent = build_agent(load_settings(config=prefer(tmp_path, "my_rewards:length")))
    judgment = asyncio.run(agent.judge(Sample.of("Cheer me up!", ["You are great.", "No."])))
    assert decision(judgment).scores[0] > decision(judgment).scores[1]
    assert judgment.signals[0].verdicts[0].score == 14.0


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("no_such_module:length", "cannot be imported"),
        ("math:no_such_function", "cannot be imported"),
        ("math:pi", r"must be a function of \(prompt, responses\)"),
        ("math:sin", r"must be a function of \(prompt, responses\)"),
    ],
)
def test_a_function_that_cannot_be_used_is_named(tmp_path: Path, function: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_agent(load_settings(config=prefer(tmp_path, function)))
