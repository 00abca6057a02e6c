"""What a run will ask for, before it starts: calls, tokens, cost and time, from a rehearsal on a few of its samples.

    plan = await make_plan(rehearsal.agent, samples, ledger=..., searches=..., models=..., concurrency=32)

Each of the few samples is judged alone by an agent whose models are simulated: that shows which calls it takes, how
long their prompts are, and how many of them wait for one another. Scaled to the whole, that is the plan. What it does
not promise: a token is taken to be four characters, real replies are longer or shorter than simulated ones and decide
what is asked next, and samples that share an instruction or a cache cost less than planned.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from reward_agent.agent import RewardAgent
from reward_agent.config import Settings
from reward_agent.config.chat import OpenAIChatSettings, SimulatedChatSettings
from reward_agent.reports.planned import PlannedCalls, RunPlan
from reward_agent.types import Sample, Usage

REHEARSED = 12
"""Samples that are rehearsed, spread over the data."""
REHEARSED_LATENCY_S = 0.05
"""How long a simulated reply takes: long beside our own work between two calls, so that calls which do not wait for
one another overlap."""

Span = tuple[float, float]
"""When a call began and ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTerms:
    """What is known of a model beforehand. Prices in dollars per million tokens, None where not configured."""

    in_flight: int
    prompt_price: float | None = None
    completion_price: float | None = None


def terms_of(settings: Settings) -> dict[str, ModelTerms]:
    """The terms of the models that the settings' stages ask, by name."""
    return {name: _terms(settings.chat[name]) for name in settings.asked.values()}


def spread(samples: Sequence[Sample], count: int) -> list[Sample]:
    """At most `count` of the samples, evenly from first to last."""
    count = min(count, len(samples))
    return [samples[place * len(samples) // count] for place in range(count)]


def depth_of(spans: Collection[Span]) -> int:
    """How many of the calls came one after another: the most of them that do not overlap."""
    depth, free_from = 0, float("-inf")
    for began, ended in sorted(spans, key=lambda span: span[1]):
        if began >= free_from:
            depth, free_from = depth + 1, ended
    return depth


async def make_plan(
    agent: RewardAgent,
    samples: Sequence[Sample],
    *,
    asked: Callable[[], Mapping[tuple[str, str], Usage]],
    searched: Callable[[], int],
    spans: Callable[[], Sequence[Span]],
    models: Mapping[str, ModelTerms],
    concurrency: int,
    latency_s: float,
    both_orders: bool = False,
    rehearsed: int = REHEARSED,
) -> RunPlan:
    """The plan for judging `samples` (at least one) with what `agent` rehearses. `asked`: what was asked so far, by
    purpose and model; `searched`: the searches so far; `spans`: when each call so far began and ended."""
    some = spread(samples, rehearsed)
    judgments = len(samples) * (2 if both_orders else 1)
    depths: list[int] = []
    failures: list[str] = []
    for sample in some:
        before = set(spans())
        judgment = await agent.judge(sample)
        depths.append(depth_of(set(spans()) - before))
        failures.extend(f"{failure.source}: {failure.error}" for failure in judgment.failures)
    factor = judgments / len(some)
    rows = tuple(_row(*place, usage, models, factor) for place, usage in sorted(asked().items()))
    depth = sum(depths) / len(depths)
    return RunPlan(
        judgments=judgments,
        rehearsed=len(some),
        calls=rows,
        searches=round(searched() * factor),
        depth=depth,
        latency_s=latency_s,
        concurrency=concurrency,
        seconds=_seconds(rows, models, judgments, depth=depth, latency_s=latency_s, concurrency=concurrency),
        failures=tuple(dict.fromkeys(failures)),
    )


def _terms(chat: OpenAIChatSettings | SimulatedChatSettings) -> ModelTerms:
    if isinstance(chat, SimulatedChatSettings):
        return ModelTerms(in_flight=1, prompt_price=0.0, completion_price=0.0)
    prices = chat.prices
    return ModelTerms(
        in_flight=chat.in_flight,
        prompt_price=None if prices is None else prices.prompt,
        completion_price=None if prices is None else prices.completion,
    )


def _row(purpose: str, model: str, usage: Usage, models: Mapping[str, ModelTerms], factor: float) -> PlannedCalls:
    prompt = (usage.tokens - usage.completion_tokens) * factor
    completion = usage.completion_tokens * factor
    terms = models[model]
    cost = None
    if terms.prompt_price is not None and terms.completion_price is not None:
        cost = (prompt * terms.prompt_price + completion * terms.completion_price) / 1e6
    return PlannedCalls(
        purpose=purpose,
        model=model,
        calls=round(usage.calls * factor),
        prompt_tokens=round(prompt),
        completion_tokens=round(completion),
        cost=cost,
    )


def _seconds(
    rows: Sequence[PlannedCalls],
    models: Mapping[str, ModelTerms],
    judgments: int,
    *,
    depth: float,
    latency_s: float,
    concurrency: int,
) -> float:
    """The longer of two waits: for the calls that follow one another within a sample, and for a model's places."""
    in_a_row = depth * latency_s * -(-judgments // concurrency)
    by_model = {name: sum(row.calls for row in rows if row.model == name) for name in models}
    queued = [calls * latency_s / models[name].in_flight for name, calls in by_model.items()]
    return max([in_a_row, *queued])
