import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.route.every import EveryCheckRouter
from reward_agent.route.rules import MAX_CHARS, RuleRouter
from reward_agent.types import Plan, Sample

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


@given(st.text(max_size=300))
def test_any_text_can_be_routed(text: str) -> None:
    assert set(plan(text).checks) <= set(BOTH)


def test_the_other_router_runs_everything() -> None:
    chosen = asyncio.run(EveryCheckRouter(checks=BOTH).route(Sample.of("Hi", ["x"])))
    assert chosen.checks == BOTH
