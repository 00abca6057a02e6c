"""What a run is expected to ask for: the figures of `reward-agent plan`, and how they are shown."""

from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from reward_agent.reports.plain import one_line
from reward_agent.reports.render import sheet_table
from reward_agent.reports.wording import Sheet

LINE = 300
NOTE = (
    "Estimated with simulated replies; four characters a token. Real replies differ in length, and decide what is "
    "asked next. What the cache holds, and instructions that samples share, cost less."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCalls:
    """What one purpose will ask of one model, over the whole run. `cost` in dollars, None without prices."""

    purpose: str
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """The estimate. `judgments`: samples, twice in both orders. `depth`: calls of one sample that wait for one another,
    on average. `seconds`: at `latency_s` a call. `failures`: of the rehearsal, which make it too low."""

    judgments: int
    rehearsed: int
    calls: tuple[PlannedCalls, ...]
    searches: int
    depth: float
    latency_s: float
    concurrency: int
    seconds: float
    failures: tuple[str, ...] = ()

    @property
    def cost(self) -> float | None:
        """Dollars; None where a model that is asked has no prices."""
        costs = [row.cost for row in self.calls if row.cost is not None]
        return sum(costs) if len(costs) == len(self.calls) else None


def plan_table(plan: RunPlan) -> RenderableType:
    """The plan for a terminal."""
    lines = [Text(f"{plan.judgments:,} judgments, from a rehearsal on {plan.rehearsed:,}", style="bold")]
    if not plan.calls:
        lines.append(Text("no model is asked: no cost but the time of this machine"))
        return Group(*lines, *_failures(plan))
    lines.append(
        Text(
            f"{_lasting(plan.seconds)} at {plan.latency_s:g} s a call with {plan.concurrency:,} samples in flight; "
            f"{plan.depth:.1f} calls of a sample wait for one another"
        )
    )
    if plan.searches:
        lines.append(Text(f"{plan.searches:,} web searches"))
    if plan.cost is None:
        lines.append(Text("cost: not known; set chat.NAME.prices, in dollars per million tokens", style="yellow"))
    return Group(*lines, sheet_table(_sheet(plan)), *_failures(plan), Text(NOTE, style="dim"))


def _sheet(plan: RunPlan) -> Sheet:
    rows = [
        [
            f"{row.purpose} ({row.model})",
            f"{row.calls:,}",
            f"{row.prompt_tokens:,}",
            f"{row.completion_tokens:,}",
            _dollars(row.cost),
        ]
        for row in plan.calls
    ]
    calls = sum(row.calls for row in plan.calls)
    prompt, completion = sum(row.prompt_tokens for row in plan.calls), sum(r.completion_tokens for r in plan.calls)
    rows.append(["all", f"{calls:,}", f"{prompt:,}", f"{completion:,}", _dollars(plan.cost)])
    return Sheet(
        headers=["purpose (model)", "calls", "prompt\ntokens", "reply\ntokens", "dollars"], rows=rows, total=True
    )


def _failures(plan: RunPlan) -> list[RenderableType]:
    """A stage that fails in the rehearsal asks for less than it would."""
    return [
        Text(one_line(f"warning: failed in the rehearsal, so the figures are too low: {failure}", limit=LINE), "yellow")
        for failure in plan.failures
    ]


def _dollars(cost: float | None) -> str:
    return "-" if cost is None else f"{cost:,.2f}"


def _lasting(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
