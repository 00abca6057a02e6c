import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.route.every import EveryCheckRouter
from reward_agent.route.rules import MAX_CHARS, RuleRouter
from reward_agent.types import Candidate, Message, Plan, Sample

BOTH = ("instructions", "factuality")


def plan(prompt: str, checks: tuple[str, ...] = BOTH) -> Plan:
    return asyncio.run(RuleRouter(checks=checks).route(Sample.of(prompt, ["x"])))


@pytest.mark.parametrize(
    ("prompt", "checks"),
    [
        ("Write a poem about rain in exactly four lines.", ("instructions",)),
        ("Who painted the ceiling of the opera house?", ("factuality",)),
        ("Explain how vaccines work, in at most 100 words.", BOTH),
        ("Cheer me up!", ()),
        ("Reply in Portuguese, please.", ("instructions",)),
        ("Tell me a joke about when the moon was born.", ()),
        ("Your answer may not have any commas.", ("instructions",)),
        ("Cheer me up with a touch of irony!", ("instructions",)),
        ("Who wrote the song that opens the film The Grey Tide?", ("factuality",)),
        ("Write the song that opens the film The Grey Tide.", ()),
        ("Are the Sorrel and the Ousel both in Farrowshire?", ("factuality",)),
        ("Do you like the sea?", ()),
    ],
)
def test_checks_follow_from_the_words_of_the_instruction(prompt: str, checks: tuple[str, ...]) -> None:
    assert plan(prompt).checks == checks


def test_the_reason_names_the_cue() -> None:
    assert "'exactly'" in plan("Use exactly two vowels", ("instructions",)).reason


def test_a_check_without_a_rule_always_runs() -> None:
    assert plan("Cheer me up!", ("safety",)).checks == ("safety",)


def test_no_check_is_planned_that_is_not_there() -> None:
    assert plan("Who wrote it? Answer in 3 words.", ()).checks == ()


def test_a_requirement_at_the_end_of_a_very_long_prompt_is_seen() -> None:
    assert plan("la " * MAX_CHARS + "Answer in exactly one sentence.").checks[0] == "instructions"


def test_a_system_prompt_binds_the_form_of_the_answer_and_asks_for_no_fact() -> None:
    turns = (
        Message(role="system", content="You know when every ship was built. Answer in at most ten words."),
        Message(role="user", content="Cheer me up!"),
    )
    sample = Sample(id="1", prompt=turns, candidates=(Candidate(text="You are great."),))
    assert asyncio.run(RuleRouter(checks=BOTH).route(sample)).checks == ("instructions",)


@given(st.text(max_size=300))
def test_any_text_can_be_routed(text: str) -> None:
    assert set(plan(text).checks) <= set(BOTH)


def test_the_other_router_runs_everything() -> None:
    chosen = asyncio.run(EveryCheckRouter(checks=BOTH).route(Sample.of("Hi", ["x"])))
    assert chosen.checks == BOTH
