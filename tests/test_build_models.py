"""Router, factuality, preference model and judger out of settings, with the simulated model."""

import asyncio
from pathlib import Path

import pytest
import tomli_w

from reward_agent.agent import RewardAgent
from reward_agent.build import build_agent, open_agent
from reward_agent.build.resources import Resources
from reward_agent.config import Settings, load_settings
from reward_agent.config.prefer import CALIBRATIONS, ModelPrefer
from reward_agent.errors import ConfigError
from reward_agent.judge.model import ModelJudger
from reward_agent.prefer.model import PairwiseModel, PointwiseModel
from reward_agent.route.model import ModelRouter
from reward_agent.testing import FixedEvidence
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Judgment, Sample
from reward_agent.verify.factuality.grouped import GroupedClaims
from reward_agent.verify.factuality.pairwise import PairedDifferences
from reward_agent.verify.factuality.verifier import FactualityVerifier

CHAT = "chat.default.type=simulated"
RECALL = "evidence.type=recall"
GROUPED = "verify.factuality.type=grouped"
EVIDENCE = FixedEvidence({})
OPEN = Resources(chat={"default": SimulatedChat(), "other": SimulatedChat()}, evidence=EVIDENCE)
PAIR = Sample.of(
    "When was the lighthouse on the Grey Stacks first lit? Answer in one sentence.",
    [
        "The lighthouse on the Grey Stacks was first lit on 14 October 1871.",
        "The lighthouse on the Grey Stacks was first lit on 14 October 1861.",
    ],
)


def settings(*overrides: str, config: Path | None = None) -> Settings:
    return load_settings(config=config, overrides=[CHAT, RECALL, *overrides])


def agent(*overrides: str) -> RewardAgent:
    return build_agent(settings(*overrides), OPEN)


def way(*overrides: str) -> object:
    verifier = agent(*overrides).verifiers[-1]
    assert isinstance(verifier, FactualityVerifier)
    return verifier.way


def judged(resolved: Settings) -> Judgment:
    async def run() -> Judgment:
        async with open_agent(resolved) as opened:
            return await opened.judge(PAIR)

    return asyncio.run(run())


def test_factuality_is_grouped_or_pairwise_with_the_settings_of_each() -> None:
    grouped = way(GROUPED, "verify.factuality.claims=5")
    assert isinstance(grouped, GroupedClaims)
    assert (grouped.claims, grouped.chat) == (5, OPEN.chat["default"])
    pairwise = way("verify.factuality.type=pairwise", "verify.factuality.everyone=false")
    assert isinstance(pairwise, PairedDifferences)
    assert not pairwise.everyone


def test_defaults_of_settings_and_code_are_the_same() -> None:
    chat = OPEN.chat["default"]
    assert way(GROUPED) == GroupedClaims(chat=chat, evidence=EVIDENCE)
    assert way("verify.factuality.type=pairwise") == PairedDifferences(chat=chat, evidence=EVIDENCE)


def test_a_stage_asks_the_model_it_names() -> None:
    resolved = settings("chat.other.type=simulated", "judge.type=model", "judge.chat=other", "route.type=model")
    built = build_agent(resolved, OPEN)
    assert built.judger == ModelJudger(chat=OPEN.chat["other"])
    assert isinstance(built.router, ModelRouter)
    assert built.router.chat is OPEN.chat["default"]
    assert set(built.router.purposes) == {"instructions", "factuality"}  # there is evidence: recall


@pytest.mark.parametrize(("mode", "model"), [("point", PointwiseModel), ("pair", PairwiseModel)])
def test_a_chat_model_as_preference_model_brings_its_unit(mode: str, model: type, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[[prefer]]\ntype = "model"\nmode = "{mode}"\n')
    resolved = settings(config=config)
    assert isinstance(resolved.prefer[0], ModelPrefer)
    assert resolved.prefer[0].calibration == CALIBRATIONS[mode]
    assert isinstance(build_agent(resolved, OPEN).preference_models[0], model)


def test_a_calibration_of_ones_own_stays(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[[prefer]]\ntype = "model"\ncalibration = { centre = 7, spread = 1 }\n')
    calibration = settings(config=config).prefer[0].calibration
    assert calibration is not None
    assert calibration.centre == 7


def test_factuality_without_evidence_is_refused_with_advice() -> None:
    with pytest.raises(
        ConfigError, match=r"evidence is off: set evidence\.type .* or set verify\.factuality\.type=off"
    ):
        settings(GROUPED, "evidence.type=off")


def test_a_model_that_is_not_configured_is_named() -> None:
    with pytest.raises(ConfigError, match=r"judge\.chat: there is no chat model 'nobody'"):
        settings("judge.type=model", "judge.chat=nobody")
    with pytest.raises(ConfigError, match=r"prefer\.0\.chat: there is no chat model 'default'"):
        load_settings(overrides=['prefer=[{type = "model"}]'])


@pytest.mark.parametrize("override", [GROUPED, "route.type=model", "judge.type=model", 'prefer=[{type = "model"}]'])
def test_what_is_not_open_is_said(override: str) -> None:
    with pytest.raises(ConfigError, match="not open: use `async with open_agent"):
        build_agent(settings(override))


def test_the_whole_agent_runs_with_models_in_every_place() -> None:
    judgment = judged(settings(GROUPED, "route.type=model", "judge.type=model", 'prefer=[{type = "model"}]'))
    assert judgment.failures == ()
    assert {signal.name for signal in judgment.signals} == {"instructions", "factuality", "preference"}
    assert judgment.decision is not None
    assert judgment.decision.scores == (0.0, 1.0)


def test_findings_from_memory_say_that_they_are() -> None:
    judgment = judged(settings(GROUPED))
    (factuality,) = [signal for signal in judgment.signals if signal.name == "factuality"]
    assert factuality.scores == (0.0, 1.0)
    assert all("memory" in finding.sources[1] for verdict in factuality.verdicts for finding in verdict.findings)


def test_the_paper_preset_sums_raw_scores_of_published_stages() -> None:
    paper = load_settings(preset="paper", overrides=[CHAT, "verify.instructions.write=false"])
    judgment = judged(paper)
    assert judgment.failures == ()
    assert {signal.name: signal.scores for signal in judgment.signals} == {
        "instructions": (1.0, 1.0),
        "factuality": (0.1, 1.0),
    }
    assert judgment.decision is not None
    assert judgment.decision.scores == pytest.approx((1.1, 2.0))


def test_the_paper_preset_can_be_resolved_and_read_again(tmp_path: Path) -> None:
    paper = load_settings(preset="paper")
    config = tmp_path / "settings.toml"
    config.write_text(tomli_w.dumps(paper.model_dump(mode="json", exclude_none=True)))
    assert load_settings(config=config) == paper
