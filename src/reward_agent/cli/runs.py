"""Commands on runs: demo, benchmark, plan, report, compare."""

import itertools
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reward_agent.cli.console import SHOWN_PROBLEMS, say, show_paired, shown, sound, stoppable, terminal
from reward_agent.cli.options import (
    Config,
    Engine,
    EngineName,
    Parquet,
    Preset,
    RayAddress,
    RayWorkers,
    Record,
    Replay,
    Set,
    as_parquet,
    opened_agent,
    settings_from,
)

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from reward_agent.config import Settings
    from reward_agent.engines import Judge
    from reward_agent.jobs.benchmark import BenchmarkJob
    from reward_agent.reports.metrics import BenchmarkReport

BEST_OF_N = "best-of-n"


def demo(
    out: Annotated[Path | None, typer.Option(help="Where the run goes; a new folder under runs/ by default.")] = None,
    preset: Preset = None,
) -> None:
    """Judge the starter set: no key, GPU or download.

    Facts are held against the starter set's own documents, unless the preset brings other evidence.
    """
    import json
    from importlib.resources import as_file

    from reward_agent.config import load_settings
    from reward_agent.config.section import Off
    from reward_agent.jobs.benchmark import BenchmarkJob
    from reward_agent.jobs.index import starter_index
    from reward_agent.starter import PAIRS

    folder = out or unused(Path("runs"), "demo")
    settings = load_settings(preset=preset)
    if isinstance(settings.evidence, Off):
        index = json.dumps(str(starter_index(folder / "corpus")))  # TOML takes the same string
        settings = load_settings(preset=preset, overrides=["evidence.type=corpus", f"evidence.path={index}"])
    with as_file(PAIRS) as pairs:
        run_and_show(
            BenchmarkJob(benchmark="pairs", data=str(pairs)),
            settings,
            folder,
            opened_agent(settings, EngineName.local, None, None),
        )
    program = "reward-agent" if shutil.which("reward-agent") else str(Path(sys.executable).with_name("reward-agent"))
    typer.echo("To see why one sample is judged as it is:")
    typer.echo(
        f'  {program} judge --prompt "Say hi in exactly two words." --candidate "Hi there" --candidate "Hi, you all"'
    )


def benchmark(
    name: Annotated[
        str, typer.Argument(help="rm-bench, judgebench, ifbench, rewardbench, rewardbench2, llmbar or pairs.")
    ],
    data: Annotated[str, typer.Option(help="A file or folder as published, or hf:OWNER/NAME[@REV][:SPLIT].")],
    out: Annotated[Path, typer.Option(help="The run folder; the same command again goes on where it stopped.")],
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Judge only the first samples.")] = None,
    both_orders: Annotated[
        bool, typer.Option("--both-orders", help="Judge each sample with its candidates in both orders.")
    ] = False,
    concurrency: Annotated[int | None, typer.Option(min=1, help="Samples in flight at once.")] = None,
    record: Record = None,
    replay: Replay = None,
    engine: Engine = EngineName.local,
    ray_address: RayAddress = None,
    ray_workers: RayWorkers = None,
    parquet: Parquet = False,
) -> None:
    """Benchmark a reward agent by published rules."""
    from reward_agent.jobs.benchmark import BenchmarkJob

    settings = settings_from(preset, config, set_, record, replay, concurrency)
    job = BenchmarkJob(benchmark=name, data=data, limit=limit, both_orders=both_orders)
    with as_parquet(out, wanted=parquet):
        run_and_show(job, settings, out, opened_agent(settings, engine, ray_address, ray_workers))


def plan(
    data: Annotated[str, typer.Option(help="A benchmark's data, or samples as `judge --file` takes them.")],
    name: Annotated[str | None, typer.Option("--benchmark", help="The benchmark whose data these are.")] = None,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Plan for the first samples only.")] = None,
    both_orders: Annotated[bool, typer.Option("--both-orders", help="As for benchmark.")] = False,
    latency_s: Annotated[float, typer.Option(min=0.01, help="How long a call will take, in seconds.")] = 2.0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Estimate a run's calls, tokens, cost and time.

    From a rehearsal on a few of its samples, with simulated models: nothing is asked and no key is needed.
    """
    import asyncio
    from itertools import islice

    from reward_agent.build.rehearsal import open_rehearsal
    from reward_agent.config import load_settings
    from reward_agent.jobs.benchmark import BenchmarkJob, read_data
    from reward_agent.jobs.plan import REHEARSED_LATENCY_S, make_plan, terms_of
    from reward_agent.jobs.samples import read_samples
    from reward_agent.reports.planned import RunPlan, plan_table

    settings = load_settings(preset=preset, config=config, overrides=set_ or [])
    if name is None:
        samples = list(islice(sound(read_samples(data, settings)), limit))
    else:
        reading = read_data(BenchmarkJob(benchmark=name, data=data, limit=limit), settings)
        samples = [labeled.sample for labeled in reading.samples]
    if not samples:
        say("no sample could be read")
        raise typer.Exit(1)

    async def planned() -> RunPlan:
        async with open_rehearsal(settings, latency_s=REHEARSED_LATENCY_S, say=say) as rehearsal:
            return await make_plan(
                rehearsal.agent,
                samples,
                asked=rehearsal.asked,
                searched=rehearsal.searched,
                spans=rehearsal.spans,
                models=terms_of(settings),
                concurrency=settings.run.concurrency,
                latency_s=latency_s,
                both_orders=both_orders,
            )

    found = asyncio.run(planned())
    if json:
        from pydantic import TypeAdapter

        typer.echo(TypeAdapter(RunPlan).dump_json(found, indent=2))
    else:
        terminal().print(plan_table(found))


def report(folder: Annotated[Path, typer.Argument(help="A run folder.")]) -> None:
    """Rebuild a run's report from its journal."""
    if _kind(folder) == BEST_OF_N:
        from reward_agent.cli.best_of_n import rebuild

        rebuild(folder)
        return
    from reward_agent.jobs.benchmark import write_report

    show_report(write_report(folder), folder)


def compare(
    folder_a: Annotated[Path, typer.Argument(help="A run folder.")],
    folder_b: Annotated[Path, typer.Argument(help="Another run of the same benchmark.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
) -> None:
    """The paired difference of two runs, by subset.

    With a 95 % bootstrap interval and McNemar's test; of two best-of-n runs, by size.
    """
    if _kind(folder_a) == _kind(folder_b) == BEST_OF_N:
        from reward_agent.cli.best_of_n import compare_runs

        compare_runs(folder_a, folder_b, json=json, markdown=markdown)
        return
    from reward_agent.jobs.benchmark import compare_folders
    from reward_agent.reports.render import paired_markdown, paired_table

    paired = compare_folders(folder_a, folder_b)
    show_paired(paired, json=json, markdown=markdown, as_table=paired_table, as_markdown=paired_markdown)


def run_and_show(
    job: "BenchmarkJob", settings: "Settings", out: Path, opened: "AbstractAsyncContextManager[Judge]"
) -> None:
    import asyncio

    from reward_agent.jobs.benchmark import read_data, run_benchmark
    from reward_agent.jobs.progress import shown_progress

    reading = read_data(job, settings)
    for problem in reading.problems[:SHOWN_PROBLEMS]:
        say(f"warning: {problem}")
    if len(reading.problems) > SHOWN_PROBLEMS:
        say(f"warning: {len(reading.problems) - SHOWN_PROBLEMS} more in {out / 'integrity.json'}")

    async def judged() -> "BenchmarkReport":
        async with opened as agent:
            with shown_progress(job.benchmark, terminal(stderr=True)) as watch:
                return await run_benchmark(job, reading, settings, agent, out, watch=watch)

    with stoppable():
        report = asyncio.run(judged())
    show_report(report, out)


def show_report(report: "BenchmarkReport", out: Path) -> None:
    from reward_agent.reports.render import benchmark_table

    console = terminal()
    console.print(benchmark_table(report))
    typer.echo(shown(f"report: {out / 'report.html'} to look at, {out / 'report.md'} and report.json"))


def _kind(folder: Path) -> object:
    """Which job made the run. Raises RunError where there is none."""
    from reward_agent.jobs.folder import RunFolder

    job, _ = RunFolder(path=folder).recall()
    return job.get("kind")


def unused(parent: Path, name: str) -> Path:
    """`parent/name`, or the first of `name-2`, `name-3` ... that is not there yet."""
    numbers = itertools.count(2)
    path = parent / name
    while path.exists():
        path = parent / f"{name}-{next(numbers)}"
    return path
