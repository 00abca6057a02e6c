"""Commands on preference pairs: annotate, pairs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reward_agent.cli.console import say_problems, shown, stoppable, terminal
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
    from reward_agent.jobs.annotate import PairOptions
    from reward_agent.jobs.pairing.push import HuggingFaceHub
    from reward_agent.jobs.pairing.tally import PairsReport
    from reward_agent.reports.metrics import Integrity

Rule = Annotated[str, typer.Option(help="best-worst (the paper's), best-random or all.")]
MinMargin = Annotated[float, typer.Option(min=0, help="The least difference of scores; a tie never makes a pair.")]
Require = Annotated[
    str, typer.Option(metavar="SIGNALS", help="Signals the winner must not lose on: factuality,instructions.")
]
NearDuplicates = Annotated[
    float, typer.Option(min=0, max=1, help="Leave out candidates this similar to a better one; 0 keeps them.")
]
MaxPairs = Annotated[int | None, typer.Option(min=1, help="At most so many pairs a prompt.", show_default="no limit")]
Format = Annotated[str, typer.Option("--format", help="conversational (messages) or plain (texts).")]
Write = Annotated[str, typer.Option(metavar="SHAPES", help="pairs, kto, ultrafeedback, scores; with commas.")]
Files = Annotated[str, typer.Option(help="jsonl, parquet or both.")]
Push = Annotated[
    str | None, typer.Option(metavar="hf:OWNER/NAME", help="Upload data and card; the token comes from HF_TOKEN.")
]
Public = Annotated[bool, typer.Option("--public", help="A data set that --push makes is public, not private.")]


def annotate(
    data: Annotated[str, typer.Option(help="Prompts with responses: JSON lines, JSON, Parquet, a folder or hf:...")],
    out: Annotated[Path, typer.Option(help="The run folder; the same command again goes on where it stopped.")],
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first samples.")] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, help="Samples in flight at once.")] = None,
    rule: Rule = "best-worst",
    min_margin: MinMargin = 0.0,
    require: Require = "",
    near_duplicates: NearDuplicates = 0.9,
    max_pairs: MaxPairs = None,
    format: Format = "conversational",
    write: Write = "pairs",
    files: Files = "jsonl",
    push: Push = None,
    public: Public = False,
    record: Record = None,
    replay: Replay = None,
    engine: Engine = EngineName.local,
    ray_address: RayAddress = None,
    ray_workers: RayWorkers = None,
) -> None:
    """Judge every response and make preference pairs.

    Other pair options on the same folder make other pairs without judging anything again; see also `pairs`.
    """
    import asyncio

    from reward_agent.jobs.annotate import KIND, check_required
    from reward_agent.jobs.annotate import annotate as run_annotation
    from reward_agent.jobs.intake import FileJob
    from reward_agent.jobs.progress import shown_progress

    options = _options(rule, min_margin, require, near_duplicates, max_pairs, format, write, files)
    hub = _hub(push)
    settings = settings_from(preset, config, set_, record, replay, concurrency)
    check_required(options.rules, settings)
    job = FileJob(kind=KIND, data=data, limit=limit)
    opening = opened_agent(settings, engine, ray_address, ray_workers)

    async def judged() -> "tuple[Integrity, PairsReport]":
        async with opening as agent:
            with shown_progress(KIND, terminal(stderr=True)) as watch:
                return await run_annotation(job, options, settings, agent, out, watch=watch)

    with stoppable():
        integrity, report = asyncio.run(judged())
    say_problems(integrity.problems, len(integrity.problems))
    _show(report, out, push, hub, public)


def pairs(
    folder: Annotated[Path, typer.Argument(help="A folder that annotate made.")],
    rule: Rule = "best-worst",
    min_margin: MinMargin = 0.0,
    require: Require = "",
    near_duplicates: NearDuplicates = 0.9,
    max_pairs: MaxPairs = None,
    format: Format = "conversational",
    write: Write = "pairs",
    files: Files = "jsonl",
    push: Push = None,
    public: Public = False,
) -> None:
    """Make other pairs of the same judgments.

    Nothing is judged: data, card and report in the folder are written anew from its journal.
    """
    from reward_agent.jobs.annotate import write_pairs

    options = _options(rule, min_margin, require, near_duplicates, max_pairs, format, write, files)
    hub = _hub(push)
    _show(write_pairs(folder, options), folder, push, hub, public)


def _options(
    rule: str,
    min_margin: float,
    require: str,
    near_duplicates: float,
    max_pairs: int | None,
    format: str,
    write: str,
    files: str,
) -> "PairOptions":
    from pydantic import TypeAdapter, ValidationError

    from reward_agent.jobs.annotate import PairOptions

    tree = {
        "rules": {
            "rule": rule,
            "min_margin": min_margin,
            "require": _names(require),
            "near_duplicates": near_duplicates or None,
            "max_pairs": max_pairs,
        },
        "format": format,
        "shapes": _names(write),
        "files": ("jsonl", "parquet") if files == "both" else (files,),
    }
    try:
        return TypeAdapter(PairOptions).validate_python(tree)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = next(str(part) for part in reversed(first["loc"]) if isinstance(part, str))
        option = {"shapes": "write"}.get(name, name).replace("_", "-")
        raise typer.BadParameter(f"--{option}: {first['msg']}, got {first['input']!r}") from None


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _hub(push: str | None) -> "HuggingFaceHub | None":
    """Whatever is missing for --push is said before anything is judged."""
    if push is None:
        return None
    from reward_agent.jobs.pairing.push import HuggingFaceHub, repository_of

    repository_of(push)
    return HuggingFaceHub.from_environment()


def _show(report: "PairsReport", out: Path, push: str | None, hub: "HuggingFaceHub | None", public: bool) -> None:
    from reward_agent.jobs.annotate import CARD, pushed_files
    from reward_agent.jobs.pairing.card import length_bias
    from reward_agent.jobs.pairing.push import repository_of

    typer.echo(f"{report.pairs:,} pairs from {report.prompts_with_pairs:,} of {report.prompts:,} prompts")
    for reason, count in report.no_pair.items():
        typer.echo(f"  no pair from {count:,}: {reason}")
    for reason, count in report.refused.items():
        typer.echo(f"  {count:,} pairs refused: {reason}")
    if report.near_duplicates:
        typer.echo(f"  {report.near_duplicates:,} near-duplicate candidates left out")
    typer.echo(length_bias(report).replace("**", ""))
    names = ", ".join(f"{name} ({count:,} rows)" for name, count in report.files.items())
    typer.echo(shown(f"{out}: {names}; {CARD}; to look at: reward-agent view {out}"))
    if hub is not None and push is not None:
        address = hub.upload(repository_of(push), pushed_files(out, report), private=not public)
        typer.echo(shown(f"uploaded: {address}"))
