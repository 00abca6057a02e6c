from rich.console import Console

from reward_agent.reports.planned import PlannedCalls, RunPlan, plan_table


def shown(plan: RunPlan) -> str:
    console = Console(width=120, force_terminal=False)
    with console.capture() as capture:
        console.print(plan_table(plan))
    return capture.get()


def plan_of(*calls: PlannedCalls, failures: tuple[str, ...] = ()) -> RunPlan:
    return RunPlan(
        judgments=1_000,
        rehearsed=12,
        calls=calls,
        searches=0,
        depth=2.5,
        latency_s=2.0,
        concurrency=32,
        seconds=9_000,
        failures=failures,
    )


def test_a_plan_shows_calls_tokens_cost_and_time() -> None:
    row = PlannedCalls(
        purpose="route.checks", model="default", calls=1_000, prompt_tokens=250_000, completion_tokens=9_000, cost=1.5
    )
    text = shown(plan_of(row))
    assert "1,000 judgments, from a rehearsal on 12" in text
    assert "2.5 h at 2 s a call" in text
    assert "route.checks (default)" in text
    assert "250,000" in text
    assert "1.50" in text


def test_an_unknown_cost_is_said_and_a_failure_warns() -> None:
    row = PlannedCalls(purpose="a.b", model="m", calls=1, prompt_tokens=1, completion_tokens=1, cost=None)
    text = shown(plan_of(row, failures=("factuality: no evidence",)))
    assert "cost: not known" in text
    assert "too low: factuality: no evidence" in text


def test_a_run_without_models_says_so() -> None:
    assert "no model is asked" in shown(plan_of())
