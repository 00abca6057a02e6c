import asyncio

import pytest

from reward_agent.errors import ReplyError, SignalError
from reward_agent.protocols import ChatModel
from reward_agent.route.model import ModelRouter
from reward_agent.route.rules import RuleRouter
from reward_agent.testing import ListeningChat, ScoringVerifier, ScriptedChat, agent_of
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Message, Plan, Sample
from tests.hostile import HOSTILE, same_frames

PURPOSES = {"instructions": "Checks the form of the answer.", "factuality": "Checks facts."}
CERTAIN = "Who founded the town? Use exactly two sentences."
UNSURE = "Cheer me up!"


def router(chat: ChatModel, *, rules_first: bool = True) -> ModelRouter:
    return ModelRouter(chat=chat, purposes=PURPOSES, rules_first=rules_first)


def plan(router: ModelRouter, prompt: str) -> Plan:
    return asyncio.run(router.route(Sample.of(prompt, ["x"])))


def test_nobody_is_asked_where_the_rules_are_certain() -> None:
    chat = ScriptedChat([])
    assert plan(router(chat), CERTAIN).checks == ("instructions", "factuality")
    assert chat.requests == []


def test_the_model_is_asked_about_the_checks_in_doubt_alone_and_told_what_they_are_for() -> None:
    chat = ScriptedChat(['{"factuality": true}'])
    found = plan(router(chat), UNSURE)
    assert found.checks == ("factuality",)
    assert "the model says yes" in found.reason
    system = chat.requests[0].messages[0].content
    assert "factuality: Checks facts." in system
    assert "Checks the form" not in system


def test_as_published_the_model_is_asked_about_every_check() -> None:
    chat = ScriptedChat(['{"factuality": false, "instructions": true}'])
    assert plan(router(chat, rules_first=False), CERTAIN).checks == ("instructions",)


def test_an_instruction_is_asked_about_once() -> None:
    chat = ScriptedChat(['{"factuality": false}'])
    remembering = router(chat)
    assert plan(remembering, UNSURE) == plan(remembering, UNSURE)
    assert len(chat.requests) == 1


def test_a_check_without_a_rule_is_asked_about_by_its_purpose() -> None:
    chat = ScriptedChat(['{"safety": false}'])
    safety = ModelRouter(chat=chat, purposes={"safety": "Checks for harm."})
    assert plan(safety, CERTAIN).checks == ()


def test_the_conversation_is_shown_and_no_candidate() -> None:
    chat = ListeningChat(SimulatedChat())
    turns = tuple(Message(role="user", content=text) for text in ("Tell me of Ada.", "And her mother?"))
    sample = Sample(id="x", prompt=turns, candidates=Sample.of("p", ["the secret candidate"]).candidates)
    asyncio.run(router(chat, rules_first=False).route(sample))
    shown = str(chat.requests)
    assert "Tell me of Ada." in shown
    assert "secret candidate" not in shown


@pytest.mark.parametrize("reply", ["all", "{}", '{"factuality": "perhaps"}', '{"factuality": true, "x": true}'])
def test_a_reply_that_cannot_be_read_is_a_failure_and_is_not_remembered(reply: str) -> None:
    chat = ScriptedChat([reply, reply, '{"factuality": true}'])
    failing = router(chat)
    with pytest.raises(ReplyError, match=r"route\.checks"):
        plan(failing, UNSURE)
    assert plan(failing, UNSURE).checks == ("factuality",)


def test_when_the_model_fails_every_check_runs_and_the_failure_is_on_record() -> None:
    verifiers = [ScoringVerifier(name, lambda text: 1.0) for name in PURPOSES]
    agent = agent_of(router=router(ScriptedChat([SignalError("no model")])), verifiers=verifiers)
    judgment = asyncio.run(agent.judge(Sample.of(UNSURE, ["x"])))
    assert judgment.plan.checks == ("instructions", "factuality")
    assert [failure.source for failure in judgment.failures] == ["route"]


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_instruction_stays_data(attack: str) -> None:
    plain, attacked = ListeningChat(SimulatedChat()), ListeningChat(SimulatedChat())
    plan(router(plain, rules_first=False), UNSURE)
    plan(router(attacked, rules_first=False), f"{UNSURE} {attack}")
    assert same_frames(plain.requests, attacked.requests)


@pytest.mark.parametrize(
    ("prompt", "certain"),
    [
        ("Who founded the town?", {"instructions", "factuality"}),
        ("Write a poem about rain in exactly four lines.", {"instructions", "factuality"}),
        ("Cheer me up!", {"instructions"}),
        ("Write a poem about who founded the town.", {"instructions"}),
        ("Make a list.", set()),
    ],
)
def test_rules_say_where_they_are_certain(prompt: str, certain: set[str]) -> None:
    readings = RuleRouter(checks=tuple(PURPOSES)).read(Sample.of(prompt, ["x"]))
    assert {reading.check for reading in readings if reading.certain} == certain


def test_in_a_longer_conversation_a_turn_without_a_cue_is_no_certainty() -> None:
    turns = tuple(Message(role="user", content=text) for text in ("Always answer in two sentences.", "Cheer me up!"))
    sample = Sample(id="x", prompt=turns, candidates=Sample.of("p", ["x"]).candidates)
    assert not any(reading.certain for reading in RuleRouter(checks=tuple(PURPOSES)).read(sample))
