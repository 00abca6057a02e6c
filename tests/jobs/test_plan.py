import asyncio
from collections.abc import Sequence

import pytest

from reward_agent.build.rehearsal import open_rehearsal
from reward_agent.config import Settings, load_settings
from reward_agent.jobs.plan import ModelTerms, depth_of, make_plan, spread, terms_of
from reward_agent.reports.planned import RunPlan
from reward_agent.types import Sample

PROMPT = "Why is the sea salty? Answer in a calm tone."
CANDIDATES = ["The rivers carry salt. It took 500 years.", "The rivers carry salt. It took 900 years."]
PRICES = ["chat.default.prices={prompt=1000000,completion=0}", "prefer=[]"]


def samples(count: int) -> list[Sample]:
    return [Sample.of(f"{PROMPT} Case {number}.", CANDIDATES, id=str(number)) for number in range(count)]


def planned(settings: Settings, items: Sequence[Sample], *, rehearsed: int = 2, both_orders: bool = False) -> RunPlan:
    async def plan() -> RunPlan:
        async with open_rehearsal(settings, latency_s=0.01) as rehearsal:
            return await make_plan(
                rehearsal.agent,
                items,
                asked=rehearsal.asked,
                searched=rehearsal.searched,
                spans=rehearsal.spans,
                models=terms_of(settings),
                concurrency=4,
                latency_s=2.0,
                both_orders=both_orders,
                rehearsed=rehearsed,
            )

    return asyncio.run(plan())


def calls(plan: RunPlan) -> dict[str, int]:
    return {row.purpose: row.calls for row in plan.calls}


def test_a_plan_scales_what_a_few_samples_ask_for_to_all_of_them() -> None:
    settings = load_settings(preset="openai", overrides=PRICES)
    plan = planned(settings, samples(10))
    assert (plan.judgments, plan.rehearsed) == (10, 2)
    assert calls(plan)["instructions.parse"] == 10
    assert calls(plan)["instructions.soft"] == 10
    assert plan.cost == pytest.approx(sum(row.prompt_tokens for row in plan.calls), rel=0.01)
    assert plan.seconds >= 2.0 * plan.depth * 3  # ten samples, four at a time
    assert plan.failures == ()


def test_both_orders_judge_everything_twice() -> None:
    settings = load_settings(preset="openai", overrides=PRICES)
    assert planned(settings, samples(3), both_orders=True).judgments == 6


def test_without_prices_there_is_no_cost_rather_than_a_free_run() -> None:
    assert planned(load_settings(preset="openai"), samples(1)).cost is None


def test_web_searches_are_counted_and_none_is_made() -> None:
    web = ["evidence.type=web", "evidence.provider=serper"]
    plan = planned(load_settings(preset="openai", overrides=web), samples(4), rehearsed=4)
    assert plan.searches > 0
    assert "evidence.recall" not in calls(plan)


def test_the_offline_preset_asks_nobody() -> None:
    plan = planned(load_settings(preset="offline"), samples(2))
    assert plan.calls == ()
    assert plan.seconds == 0.0


def test_the_rehearsed_samples_are_spread_over_the_data() -> None:
    assert [sample.id for sample in spread(samples(10), 3)] == ["0", "3", "6"]
    assert len(spread(samples(2), 12)) == 2


def test_depth_counts_calls_that_do_not_overlap() -> None:
    assert depth_of([]) == 0
    assert depth_of([(0, 2), (1, 3), (3, 5), (4, 6)]) == 2


def test_a_simulated_model_costs_nothing() -> None:
    settings = load_settings(preset="paper", overrides=["chat.default.type=simulated"])
    assert terms_of(settings) == {"default": ModelTerms(in_flight=1, prompt_price=0.0, completion_price=0.0)}
