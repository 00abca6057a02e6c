"""What every Router does."""

import asyncio

import pytest

from reward_agent.protocols import Router
from reward_agent.route.every import EveryCheckRouter
from reward_agent.route.model import ModelRouter
from reward_agent.route.rules import RuleRouter
from reward_agent.testing import FixedRouter
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Plan, Sample

CHECKS = ("instructions", "factuality", "safety")
ROUTERS = [
    RuleRouter(checks=CHECKS),
    EveryCheckRouter(checks=CHECKS),
    ModelRouter(chat=SimulatedChat(), purposes=dict.fromkeys(CHECKS, "A check.")),
    FixedRouter(CHECKS),
]
SAMPLES = [
    Sample.of("", [""]),
    Sample.of("Who won? Use three words.", ["a"] * 64),
    Sample.of("¿Qué? 何 \x00\ud800", ["x"]),
    Sample.of("word " * 200_000, ["x"]),
]


@pytest.mark.parametrize("router", ROUTERS, ids=lambda router: type(router).__name__)
class TestRouter:
    def test_it_is_a_router(self, router: Router) -> None:
        assert isinstance(router, Router)

    @pytest.mark.parametrize("sample", SAMPLES, ids=["empty", "many", "odd", "long"])
    def test_it_plans_known_checks_once_and_says_why(self, router: Router, sample: Sample) -> None:
        plan = asyncio.run(router.route(sample))
        assert isinstance(plan, Plan)
        assert set(plan.checks) <= set(CHECKS)
        assert len(set(plan.checks)) == len(plan.checks)
        assert plan.reason

    def test_it_decides_from_the_prompt_alone(self, router: Router) -> None:
        one = asyncio.run(router.route(Sample.of("Who won? Use three words.", ["a"])))
        other = asyncio.run(router.route(Sample.of("Who won? Use three words.", ["b", "c"])))
        assert one == other
