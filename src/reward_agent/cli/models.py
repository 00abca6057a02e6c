"""Commands on what a run will ask: calibrate, doctor."""

from typing import Annotated

import typer

from reward_agent.cli.console import SHOWN_PROBLEMS, say, shown
from reward_agent.cli.options import Config, Preset, Set


def calibrate(
    prefer: Annotated[str, typer.Option(help="The name of a configured preference model.")],
    data: Annotated[
        str | None,
        typer.Option(help="Preference pairs: a file in one of TRL's shapes.", show_default="the starter set"),
    ] = None,
    isotonic: Annotated[bool, typer.Option("--isotonic", help="Fit a curve on the labels, too.")] = False,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
) -> None:
    """Fit a preference model's scale once.

    Prints the lines for the configuration. Best on pairs like those to be judged; the starter set's 180 answers give a
    first one.
    """
    import asyncio
    from importlib.resources import as_file

    from reward_agent.build import open_preference_model
    from reward_agent.config import load_settings
    from reward_agent.jobs.calibrate import fit_scale, read_pairs
    from reward_agent.starter import PAIRS

    raw = ["judge.type=weighted", "judge.normalize=false", "judge.weights={}"]  # no scale is there yet
    settings = load_settings(preset=preset, config=config, overrides=[*(set_ or []), *raw])
    with as_file(PAIRS) as starter:
        pairs, problems = read_pairs(data or str(starter), settings)
    for problem in problems[:SHOWN_PROBLEMS]:
        say(f"warning: {problem}")

    async def fitted() -> str:
        async with open_preference_model(settings, prefer) as model:
            fit = await fit_scale(model, pairs, curve=isotonic, concurrency=settings.run.concurrency)
            return fit.lines()

    typer.echo(shown(asyncio.run(fitted())))


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
            typer.echo(shown(str(finding)))
            count += finding.state == "failed"
        return count

    if count := asyncio.run(failed()):
        say(f"{count} failed")
        raise typer.Exit(1)
