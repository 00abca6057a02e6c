"""The options that commands share."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from reward_agent.config import Settings
    from reward_agent.engines import Judge

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


class EngineName(StrEnum):
    """Where samples are judged."""

    local = "local"
    ray = "ray"


Engine = Annotated[
    EngineName, typer.Option("--engine", help="Judge in this process, or on Ray: this machine's cores, or a cluster.")
]
RayAddress = Annotated[
    str | None,
    typer.Option(help="The Ray cluster: HOST:6379 of its head node, or auto. Without it Ray runs here alone."),
]
RayWorkers = Annotated[
    int | None, typer.Option(min=1, help="Workers on Ray.", show_default="one a CPU, or GPU that the settings use")
]

Parquet = Annotated[bool, typer.Option("--parquet", help="Write the judgments as judgments.parquet, too.")]


def opened_agent(
    settings: "Settings", engine: EngineName, ray_address: str | None, ray_workers: int | None
) -> "AbstractAsyncContextManager[Judge]":
    """The agent, here or on Ray, for `async with`."""
    from reward_agent.build import open_agent
    from reward_agent.cli.console import say

    if engine is EngineName.ray:
        from reward_agent.engines.ray import open_ray

        return open_ray(settings, open_agent, address=ray_address, workers=ray_workers, say=say)
    if ray_address is not None or ray_workers is not None:
        raise typer.BadParameter("--ray-address and --ray-workers go with --engine ray")
    return open_agent(settings, eager=True, say=say)


@contextmanager
def as_parquet(out: Path, *, wanted: bool) -> Iterator[None]:
    """After a run that ended well, its judgments as Parquet; what that needs is looked for before it."""
    if not wanted:
        yield
        return
    from reward_agent.cli.console import shown
    from reward_agent.jobs.folder import RunFolder
    from reward_agent.jobs.parquet import require_parquet, write_parquet

    require_parquet()
    yield
    typer.echo(shown(f"judgments: {write_parquet(RunFolder(path=out))}"))


def settings_from(
    preset: str | None,
    config: Path | None,
    set_: list[str] | None,
    record: Path | None,
    replay: Path | None,
    concurrency: int | None = None,
) -> "Settings":
    """The settings that a run's options stand for."""
    from reward_agent.config import load_settings

    overrides = [*(set_ or []), *recorded(record, replay)]
    if concurrency is not None:
        overrides.append(f"run.concurrency={concurrency}")
    return load_settings(preset=preset, config=config, overrides=overrides)


def recorded(record: Path | None, replay: Path | None) -> list[str]:
    """The settings that --record and --replay stand for."""
    import json

    if record is not None and replay is not None:
        raise typer.BadParameter("give either --record or --replay")
    file, mode = (record, "record") if replay is None else (replay, "replay")
    return [] if file is None else [f"record.file={json.dumps(str(file))}", f"record.mode={mode}"]
