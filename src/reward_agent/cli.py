"""The command line. A thin door: it reads the settings, calls a job and shows what comes back.

Results go to standard output, progress and warnings to standard error. Exit codes: 0 done, 1 no sample could be read,
2 the request or the data cannot be used (the message says what to change), 130 stopped by Ctrl-C (run the same
command again to go on).
"""

import io
import itertools
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reward_agent.errors import RewardAgentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console

    from reward_agent.config import Settings
    from reward_agent.jobs.benchmark import BenchmarkJob
    from reward_agent.reports.metrics import BenchmarkReport
    from reward_agent.types import Judgment, Problem, Sample

SHOWN_PROBLEMS = 10

app = typer.Typer(
    name="reward-agent",
    help="Reward agents: human preference joined with checkable correctness.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Preset = Annotated[str | None, typer.Option(help="Settings to start from.", show_default="offline")]
Config = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="A TOML file of settings over the preset.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One setting, such as judge.weights.instructions=0.5. Repeatable."),
]


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False) -> None:
    if version:
        from importlib.metadata import version as installed_version

        typer.echo(installed_version("reward-agent"))
        raise typer.Exit


@app.command()
def demo(
    out: Annotated[Path | None, typer.Option(help="Where the run goes; a new folder under runs/ by default.")] = None,
    preset: Preset = None,
) -> None:
    """Judge the starter set: no key, GPU or download."""
    from importlib.resources import as_file

    from reward_agent.config import load_settings
    from reward_agent.jobs.benchmark import BenchmarkJob
    from reward_agent.starter import PAIRS

    folder = out or _unused(Path("runs"), "demo")
    with as_file(PAIRS) as pairs:
        _benchmark(BenchmarkJob(benchmark="pairs", data=str(pairs)), load_settings(preset=preset), folder)
    program = "reward-agent" if shutil.which("reward-agent") else str(Path(sys.executable).with_name("reward-agent"))
    typer.echo("To see why one sample is judged as it is:")
    typer.echo(
        f'  {program} judge --prompt "Say hi in exactly two words." --candidate "Hi there" --candidate "Hi, you all"'
    )


@app.command()
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
) -> None:
    """Benchmark a reward agent by published rules."""
    from reward_agent.config import load_settings
    from reward_agent.jobs.benchmark import BenchmarkJob

    overrides = list(set_ or [])
    if concurrency is not None:
        overrides.append(f"run.concurrency={concurrency}")
    settings = load_settings(preset=preset, config=config, overrides=overrides)
    _benchmark(BenchmarkJob(benchmark=name, data=data, limit=limit, both_orders=both_orders), settings, out)


@app.command()
def report(folder: Annotated[Path, typer.Argument(help="A run folder.")]) -> None:
    """Rebuild a run's report from its journal."""
    from reward_agent.jobs.benchmark import write_report

    _show(write_report(folder), folder)


@app.command()
def compare(
    folder_a: Annotated[Path, typer.Argument(help="A run folder.")],
    folder_b: Annotated[Path, typer.Argument(help="Another run of the same benchmark.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
) -> None:
    """The paired difference of two runs, by subset.

    With a 95 % bootstrap interval and McNemar's test.
    """
    from reward_agent.jobs.benchmark import compare_folders
    from reward_agent.reports.render import paired_markdown, paired_table

    paired = compare_folders(folder_a, folder_b)
    if json:
        from pydantic import TypeAdapter

        typer.echo(TypeAdapter(type(paired)).dump_json(paired, indent=2))
    elif markdown:
        typer.echo(paired_markdown(paired), nl=False)
    else:
        _console().print(paired_table(paired))


@app.command()
def judge(
    prompt: Annotated[str | None, typer.Option(help="What was asked.")] = None,
    candidate: Annotated[list[str] | None, typer.Option(help="One response. Repeatable.")] = None,
    file: Annotated[
        str | None, typer.Option(help="JSON lines with prompt and candidates; - for standard input.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one judgment a line as JSON.")] = False,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
) -> None:
    """Judge candidates and print why.

    Every finding with its reason, the scores, what failed.
    """
    import asyncio

    from reward_agent.build import build_agent
    from reward_agent.config import load_settings
    from reward_agent.jobs.judging import judge_each
    from reward_agent.jobs.samples import read_samples
    from reward_agent.types import Sample

    if (file is None) == (prompt is None) or (prompt is not None and not candidate):
        raise typer.BadParameter("give either --prompt with at least one --candidate, or --file")
    settings = load_settings(preset=preset, config=config, overrides=set_ or [])
    agent = build_agent(settings)
    items = [Sample.of(prompt or "", candidate or [])] if file is None else read_samples(file, settings)
    show = _judgment_printer(json)

    async def judge_and_show() -> int:
        judged = 0
        async for sample, judgment in judge_each(agent, _sound(items), concurrency=settings.run.concurrency):
            show(sample, judgment)
            judged += 1
        return judged

    if not asyncio.run(judge_and_show()):
        _say("no sample could be read")
        raise typer.Exit(1)


@app.command()
def explain(
    prompt: Annotated[str, typer.Option(help="What was asked.")],
    candidate: Annotated[list[str] | None, typer.Option(help="One response. Repeatable.")] = None,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
) -> None:
    """Show the constraints found in an instruction.

    With the words they come from and how each is checked; with candidates, their verdicts too.
    """
    import asyncio

    from reward_agent.build import build_agent, build_instruction_verifier
    from reward_agent.config import load_settings
    from reward_agent.reports.explain import findings_text
    from reward_agent.types import Sample

    settings = load_settings(preset=preset, config=config, overrides=set_ or [])
    _console().print(findings_text(build_instruction_verifier(settings).explain(prompt)))
    if candidate:
        sample = Sample.of(prompt, candidate)
        judgment = asyncio.run(build_agent(settings).judge(sample))
        _judgment_printer(as_json=False)(sample, judgment)


@app.command("sandbox-check")
def sandbox_check(
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    require: Annotated[str, typer.Option(help="The least tier to accept: strict, wasm or degraded.")] = "strict",
    tier: Annotated[str, typer.Option(help="auto, or wasm for WebAssembly where the kernel's jail would do.")] = "auto",
) -> None:
    """What the sandbox gives on this host.

    The tier, each layer, and what became of hostile and honest checkers. Exit code 1 if one was not contained.
    """
    import asyncio

    from reward_agent.config import load_settings
    from reward_agent.sandbox.suite.check import check_host, host_check_json, host_check_text

    settings = load_settings(overrides=[f"sandbox.require={require}", f"sandbox.tier={tier}"])
    found = asyncio.run(check_host(require=settings.sandbox.require, tier=settings.sandbox.tier))
    typer.echo(host_check_json(found) if json else host_check_text(found))
    if not found.sound:
        raise typer.Exit(1)


@app.command("run-checker")
def run_checker(
    code: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Python with check_following(response).")],
    responses: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="JSON lines: texts, or objects with `response`.")
    ],
    config: Config = None,
    set_: Set = None,
) -> None:
    """Run a checker on responses in the sandbox.

    One outcome a line; the tier, and what the lint says, go to standard error.
    """
    import asyncio

    from reward_agent.build import open_sandbox
    from reward_agent.config import load_settings
    from reward_agent.sandbox import JailedSandbox
    from reward_agent.sandbox.try_out import read_source, read_texts

    settings = load_settings(config=config, overrides=set_ or [])
    source, texts = read_source(code), read_texts(responses)

    async def run() -> None:
        async with open_sandbox(settings) as sandbox:
            _say(f"tier: {sandbox.report().tier}")
            if isinstance(sandbox, JailedSandbox):
                for reason in await sandbox.admit(source):
                    _say(f"lint: {reason}")
            for outcome in await sandbox.run(source, texts):
                typer.echo(outcome.value)

    asyncio.run(run())


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line. An error meant for people is printed as such; a bug keeps its traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a sign shows another, and goes on
    try:
        app(arguments)
    except RewardAgentError as error:
        _say(f"error: {error}")
        sys.exit(2)
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _benchmark(job: "BenchmarkJob", settings: "Settings", out: Path) -> None:
    import asyncio

    from reward_agent.build import build_agent
    from reward_agent.jobs.benchmark import read_data, run_benchmark
    from reward_agent.jobs.progress import shown_progress

    agent = build_agent(settings, eager=True)
    reading = read_data(job, settings)
    for problem in reading.problems[:SHOWN_PROBLEMS]:
        _say(f"warning: {problem}")
    if len(reading.problems) > SHOWN_PROBLEMS:
        _say(f"warning: {len(reading.problems) - SHOWN_PROBLEMS} more in {out / 'integrity.json'}")
    try:
        with shown_progress(job.benchmark, _console(stderr=True)) as watch:
            report = asyncio.run(run_benchmark(job, reading, settings, agent, out, watch=watch))
    except KeyboardInterrupt:
        _say("stopped; run the same command again to go on where it stopped")
        raise typer.Exit(130) from None
    _show(report, out)


def _show(report: "BenchmarkReport", out: Path) -> None:
    from reward_agent.reports.render import benchmark_table

    console = _console()
    console.print(benchmark_table(report))
    typer.echo(_shown(f"report: {out / 'report.md'} and report.json"))


def _judgment_printer(as_json: bool) -> "Callable[[Sample, Judgment], None]":
    if as_json:
        from pydantic import TypeAdapter

        from reward_agent.types import Judgment

        adapter = TypeAdapter(Judgment)
        return lambda sample, judgment: typer.echo(adapter.dump_json(judgment))

    from reward_agent.reports.explain import judgment_text

    console = _console()
    return lambda sample, judgment: console.print(judgment_text(sample, judgment))


def _sound(items: "Iterable[Sample | Problem]") -> "Iterator[Sample]":
    """The samples; problems are said as they come."""
    from reward_agent.types import Problem

    for item in items:
        if isinstance(item, Problem):
            _say(f"warning: {item}")
        else:
            yield item


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr)


def _say(text: str) -> None:
    """A line for the person, on standard error."""
    typer.echo(_shown(text), err=True)


def _shown(text: str) -> str:
    """The text with control characters shown, not obeyed."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def _unused(parent: Path, name: str) -> Path:
    """`parent/name`, or the first of `name-2`, `name-3` ... that is not there yet."""
    numbers = itertools.count(2)
    path = parent / name
    while path.exists():
        path = parent / f"{name}-{next(numbers)}"
    return path


if __name__ == "__main__":
    main()
