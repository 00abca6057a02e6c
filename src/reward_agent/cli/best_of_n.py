"""The command best-of-n, and what report and compare show of its runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reward_agent.cli.console import say, say_problems, show_paired, shown, stoppable, terminal
from reward_agent.cli.options import (
    Config,
    Engine,
    EngineName,
    Preset,
    RayAddress,
    RayWorkers,
    Record,
    Replay,
    Set,
    opened_agent,
    settings_from,
)

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from reward_agent.config import Settings
    from reward_agent.engines import Judge
    from reward_agent.jobs.best_of_n import BestOfNJob


def best_of_n(
    data: Annotated[
        str, typer.Option(help='JSON lines or Parquet with "prompt" and "responses", as `generate` writes them.')
    ],
    out: Annotated[Path, typer.Option(help="The run folder; the same command again goes on where it stopped.")],
    sizes: Annotated[str, typer.Option(help="Pick from so many candidates; the sizes nest.")] = "1,2,4,8,16,32",
    evaluate: Annotated[
        str | None,
        typer.Option(help="What the picks are worth: ifeval, triviaqa, cello or values (a value per candidate)."),
    ] = None,
    references: Annotated[
        str | None, typer.Option(help="Where the evaluator's columns are, if not in --data; joined by id or prompt.")
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE|COUNT",
            help="Let at most this share of all candidates (0.5, 50%), or so many (2000), get the expensive signals, "
            "chat and reward models: those that can still win after rules, checkers and embedded models.",
        ),
    ] = None,
    audit: Annotated[
        int,
        typer.Option(min=0, help="With --budget: judge so many samples in full beside, to see if the picks differ."),
    ] = 0,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first samples.")] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, help="Samples in flight at once.")] = None,
    record: Record = None,
    replay: Replay = None,
    engine: Engine = EngineName.local,
    ray_address: RayAddress = None,
    ray_workers: RayWorkers = None,
) -> None:
    """Pick the best of n responses, and see what it is worth.

    Every candidate is judged once and every size is read from that, so --sizes and --evaluate may change afterwards for
    nothing.
    """
    from reward_agent.jobs.best_of_n import BestOfNJob, Reading, keep_reading, sizes_of
    from reward_agent.jobs.valued import References, evaluator_named

    try:
        reading = Reading(sizes=sizes_of(sizes), evaluate=evaluate)
    except ValueError as error:
        raise typer.BadParameter(f"--sizes takes numbers such as 1,2,4,8, got {sizes!r} ({error})") from None
    if audit and budget is None:
        raise typer.BadParameter("--audit shows what a --budget changes: give both")
    if references is not None and evaluate is None:
        raise typer.BadParameter("--references is for an evaluator: give --evaluate too")
    if evaluate is not None:
        evaluator_named(evaluate)
    settings = settings_from(preset, config, set_, record, replay, concurrency)
    known = None if references is None else References.read(references, max_row_bytes=settings.run.max_row_bytes)
    opening = opened_agent(settings, engine, ray_address, ray_workers)
    _judge(BestOfNJob(data=data, limit=limit, budget=budget, audit=audit), settings, out, opening)
    keep_reading(reading, out, references=known)
    rebuild(out, problems=True)


def rebuild(out: Path, *, problems: bool = False) -> None:
    """Writes results and reports anew and shows them."""
    from reward_agent.jobs.html import LARGE, write_html
    from reward_agent.jobs.picking import write_picks
    from reward_agent.reports.best_of_n_pages import best_of_n_table

    report = write_picks(out, say=say)
    if problems:
        say_problems(report.integrity.problems, len(report.integrity.problems))
    terminal().print(best_of_n_table(report))
    if report.n <= LARGE:
        typer.echo(shown(f"report: {write_html(out)} to look at"))
    else:
        typer.echo(shown(f"to look at: reward-agent view {out}"))
    results = [f"results_best_of_{size.size}.jsonl" for size in report.sizes[-1:]]
    typer.echo(shown(f"in {out}: {', '.join(['selected.jsonl', *results, 'report.md and report.json'])}"))


def compare_runs(folder_a: Path, folder_b: Path, *, json: bool, markdown: bool) -> None:
    """Two best-of-n runs, paired by prompt."""
    from reward_agent.jobs.picks_compared import compare_picks
    from reward_agent.reports.best_of_n_pages import paired_curves_markdown, paired_curves_table

    paired = compare_picks(folder_a, folder_b)
    show_paired(paired, json=json, markdown=markdown, as_table=paired_curves_table, as_markdown=paired_curves_markdown)


def _judge(job: "BestOfNJob", settings: "Settings", out: Path, opening: "AbstractAsyncContextManager[Judge]") -> None:
    """`opening`: the agent, here or on Ray; the cheap one of a budget is always here, since it finds no room there."""
    import asyncio
    from contextlib import AsyncExitStack

    from reward_agent.build import open_agent
    from reward_agent.config.cheap import cheap_part
    from reward_agent.jobs.best_of_n import Agents, judge_candidates
    from reward_agent.jobs.budget import Budget
    from reward_agent.jobs.progress import shown_progress

    cheap = None if job.budget is None else cheap_part(settings)
    if job.budget is not None:
        Budget.parse(job.budget)
    console = terminal(stderr=True)

    async def judged() -> None:
        async with AsyncExitStack() as stack:
            full = await stack.enter_async_context(opening)
            first = None if cheap is None else await stack.enter_async_context(open_agent(cheap, eager=True))
            agents = Agents(full=full, cheap=first)
            await judge_candidates(job, settings, agents, out, shown=lambda title: shown_progress(title, console))

    with stoppable():
        asyncio.run(judged())
