"""The options that commands share."""

from pathlib import Path
from typing import Annotated

import typer

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


def recorded(record: Path | None, replay: Path | None) -> list[str]:
    """The settings that --record and --replay stand for."""
    import json

    if record is not None and replay is not None:
        raise typer.BadParameter("give either --record or --replay")
    file, mode = (record, "record") if replay is None else (replay, "replay")
    return [] if file is None else [f"record.file={json.dumps(str(file))}", f"record.mode={mode}"]
