"""The command line. A thin door: it reads the settings, calls a job and shows what comes back.

Results go to standard output, progress and warnings to standard error. Exit codes: 0 done, 1 no sample could be read
or a check failed, 2 the request or the data cannot be used (the message says what to change), 130 stopped by
Ctrl-C (run the same command again to go on).
"""

import io
import itertools
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from reward_agent.errors import RewardAgentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console

    from reward_agent.config import Settings
    from reward_agent.evidence.corpus import Cutter, IndexReport
    from reward_agent.evidence.corpus.cluster import Scheme
    from reward_agent.jobs.benchmark import BenchmarkJob
    from reward_agent.jobs.index import IndexJob
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

Record = Annotated[
    Path | None, typer.Option(help="Keep every reply and search result in this file, to --replay it.", dir_okay=False)
]
Replay = Annotated[
    Path | None,
    typer.Option(help="Take replies and search results from this record alone.", exists=True, dir_okay=False),
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
    record: Record = None,
    replay: Replay = None,
) -> None:
    """Benchmark a reward agent by published rules."""
    from reward_agent.config import load_settings
    from reward_agent.jobs.benchmark import BenchmarkJob

    overrides = [*(set_ or []), *_recorded(record, replay)]
    if concurrency is not None:
        overrides.append(f"run.concurrency={concurrency}")
    settings = load_settings(preset=preset, config=config, overrides=overrides)
    _benchmark(BenchmarkJob(benchmark=name, data=data, limit=limit, both_orders=both_orders), settings, out)


@app.command()
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
        samples = list(islice(_sound(read_samples(data, settings)), limit))
    else:
        reading = read_data(BenchmarkJob(benchmark=name, data=data, limit=limit), settings)
        samples = [labeled.sample for labeled in reading.samples]
    if not samples:
        _say("no sample could be read")
        raise typer.Exit(1)

    async def planned() -> RunPlan:
        async with open_rehearsal(settings, latency_s=REHEARSED_LATENCY_S, say=_say) as rehearsal:
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
        _console().print(plan_table(found))


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
    record: Record = None,
    replay: Replay = None,
) -> None:
    """Judge candidates and print why.

    Every finding with its reason, the scores, what failed.
    """
    import asyncio

    from reward_agent.build import open_agent
    from reward_agent.config import load_settings
    from reward_agent.jobs.judging import judge_each
    from reward_agent.jobs.samples import read_samples
    from reward_agent.types import Sample

    if (file is None) == (prompt is None) or (prompt is not None and not candidate):
        raise typer.BadParameter("give either --prompt with at least one --candidate, or --file")
    overrides = [*(set_ or []), *_recorded(record, replay)]
    settings = load_settings(preset=preset, config=config, overrides=overrides)
    items = [Sample.of(prompt or "", candidate or [])] if file is None else read_samples(file, settings)
    show = _judgment_printer(json)

    async def judge_and_show() -> int:
        judged = 0
        async with open_agent(settings, say=_say) as agent:
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

    from reward_agent.build import instruction_verifier_of, open_agent
    from reward_agent.config import load_settings
    from reward_agent.reports.explain import findings_text
    from reward_agent.types import Sample

    settings = load_settings(preset=preset, config=config, overrides=set_ or [])

    async def show() -> None:
        async with open_agent(settings, say=_say) as agent:
            _console().print(findings_text(await instruction_verifier_of(agent).explain(prompt)))
            if candidate:
                sample = Sample.of(prompt, candidate)
                _judgment_printer(as_json=False)(sample, await agent.judge(sample))

    asyncio.run(show())


@app.command()
def index(
    docs: Annotated[
        list[str],
        typer.Argument(help="Files or folders: text, Markdown, HTML, PDF, JSON lines, Parquet; or hf:OWNER/NAME."),
    ],
    out: Annotated[str, typer.Option(help="The index's folder, or https://HOST:PORT/INDEX of a search cluster.")],
    replace: Annotated[bool, typer.Option("--replace", help="Build an index anew that is there.")] = False,
    text_column: Annotated[str | None, typer.Option(help="The rows' column of text; guessed by default.")] = None,
    title_column: Annotated[str | None, typer.Option(help="... of titles.")] = None,
    source_column: Annotated[str | None, typer.Option(help="... of addresses.")] = None,
    passage_chars: Annotated[int, typer.Option(min=100, max=4000, help="Characters of a passage, at most.")] = 800,
    max_file_mb: Annotated[int, typer.Option(min=1, help="A larger file is left out.")] = 256,
    key_env: Annotated[str | None, typer.Option(help="The variable with the cluster's key.")] = None,
    key_scheme: Annotated[Literal["apikey", "bearer", "basic"], typer.Option(help="How it is sent.")] = "apikey",
) -> None:
    """Index documents as evidence.

    Then set evidence.type=corpus and evidence.path=INDEX.
    """
    from reward_agent.evidence.corpus import Cutter
    from reward_agent.evidence.corpus.rows import Columns
    from reward_agent.jobs.index import IndexJob, Problems, index_in_folder, shown_indexing

    columns = Columns(text=text_column, title=title_column, source=source_column)
    job = IndexJob(docs=tuple(docs), columns=columns, max_file_bytes=max_file_mb << 20)
    problems = Problems()
    cutter = Cutter(passage_chars=passage_chars, overlap_chars=passage_chars // 6, note=problems.note)
    try:
        with shown_indexing(cutter, _console(stderr=True)):
            if out.startswith(("http://", "https://")):
                report = _index_in_cluster(job, out, cutter, key_env, key_scheme)
            else:
                report = index_in_folder(job, Path(out), cutter, replace=replace)
    finally:
        _say_problems(problems.first, problems.count)
    typer.echo(_shown(f"{out}: {report.passages:,} passages, fingerprint {report.fingerprint[:12]}"))


@app.command()
def search(
    index: Annotated[Path, typer.Argument(help="A folder made by `reward-agent index`.")],
    query: Annotated[str, typer.Argument(help="A question or a claim.")],
    passages: Annotated[int, typer.Option(min=1, max=50, help="How many to show.")] = 5,
) -> None:
    """Look into an index.

    The passages that a claim would be held against.
    """
    from reward_agent.evidence.corpus import open_corpus
    from reward_agent.reports.passages import passages_text

    _console().print(passages_text(open_corpus(index, passages=passages).found(query)))


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


@app.command()
def calibrate(
    data: Annotated[str, typer.Option(help="Preference pairs: a file in one of TRL's shapes.")],
    prefer: Annotated[str, typer.Option(help="The name of a configured preference model.")],
    isotonic: Annotated[bool, typer.Option("--isotonic", help="Fit a curve on the labels, too.")] = False,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
) -> None:
    """Fit a preference model's scale once.

    Prints the lines for the configuration.
    """
    import asyncio

    from reward_agent.build import open_preference_model
    from reward_agent.config import load_settings
    from reward_agent.jobs.calibrate import fit_scale, read_pairs

    raw = ["judge.type=weighted", "judge.normalize=false", "judge.weights={}"]  # no scale is there yet
    settings = load_settings(preset=preset, config=config, overrides=[*(set_ or []), *raw])
    pairs, problems = read_pairs(data, settings)
    for problem in problems[:SHOWN_PROBLEMS]:
        _say(f"warning: {problem}")

    async def fitted() -> str:
        async with open_preference_model(settings, prefer) as model:
            fit = await fit_scale(model, pairs, curve=isotonic, concurrency=settings.run.concurrency)
            return fit.lines()

    typer.echo(_shown(asyncio.run(fitted())))


@app.command()
def doctor(preset: Preset = None, config: Config = None, set_: Set = None) -> None:
    """Check what a run needs before it.

    Every configured endpoint and model, sandbox, disk room, keys. Exit code 1 if a check failed.
    """
    import asyncio

    from reward_agent.config import load_settings
    from reward_agent.doctor import CHECKS, examined

    settings = load_settings(preset=preset, config=config, overrides=set_ or [])

    async def failed() -> int:
        count = 0
        async for finding in examined(settings, CHECKS):
            typer.echo(_shown(str(finding)))
            count += finding.state == "failed"
        return count

    if count := asyncio.run(failed()):
        _say(f"{count} failed")
        raise typer.Exit(1)


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


def _index_in_cluster(
    job: "IndexJob", url: str, cutter: "Cutter", key_env: str | None, scheme: "Scheme"
) -> "IndexReport":
    import asyncio

    from reward_agent.build.evidence import open_indexer
    from reward_agent.jobs.index import index_in_cluster

    async def indexed() -> "IndexReport":
        async with open_indexer(url, key_env=key_env, key_scheme=scheme) as indexer:
            return await index_in_cluster(job, indexer, cutter)

    return asyncio.run(indexed())


def _say_problems(problems: "Iterable[Problem]", count: int) -> None:
    for problem in itertools.islice(problems, SHOWN_PROBLEMS):
        _say(f"warning: {problem}")
    if count > SHOWN_PROBLEMS:
        _say(f"warning: {count - SHOWN_PROBLEMS} more like these")


def _benchmark(job: "BenchmarkJob", settings: "Settings", out: Path) -> None:
    import asyncio

    from reward_agent.build import open_agent
    from reward_agent.jobs.benchmark import read_data, run_benchmark
    from reward_agent.jobs.progress import shown_progress

    reading = read_data(job, settings)
    for problem in reading.problems[:SHOWN_PROBLEMS]:
        _say(f"warning: {problem}")
    if len(reading.problems) > SHOWN_PROBLEMS:
        _say(f"warning: {len(reading.problems) - SHOWN_PROBLEMS} more in {out / 'integrity.json'}")

    async def judged() -> "BenchmarkReport":
        async with open_agent(settings, eager=True, say=_say) as agent:
            with shown_progress(job.benchmark, _console(stderr=True)) as watch:
                return await run_benchmark(job, reading, settings, agent, out, watch=watch)

    try:
        report = asyncio.run(judged())
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


def _recorded(record: Path | None, replay: Path | None) -> list[str]:
    """The settings that --record and --replay stand for."""
    import json

    if record is not None and replay is not None:
        raise typer.BadParameter("give either --record or --replay")
    file, mode = (record, "record") if replay is None else (replay, "replay")
    return [] if file is None else [f"record.file={json.dumps(str(file))}", f"record.mode={mode}"]


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
