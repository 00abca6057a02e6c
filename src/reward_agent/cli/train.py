"""The command that trains: train-dpo."""

import json
from pathlib import Path
from typing import Annotated

import typer

from reward_agent.cli.console import say, shown, stoppable
from reward_agent.cli.options import Config, Set


def train_dpo(
    pairs: Annotated[Path, typer.Option(help="A folder that annotate made, or a file in TRL's preference format.")],
    out: Annotated[Path, typer.Option(help="The training folder; the same command again goes on where it stopped.")],
    model: Annotated[str | None, typer.Option(help="A folder or a hub id.", show_default="the preset's")] = None,
    preset: Annotated[str | None, typer.Option(help="trl, paper or lora.", show_default="trl")] = None,
    config: Config = None,
    set_: Set = None,
) -> None:
    """Train a model on preference pairs (DPO).

    A thin door to TRL's DPOTrainer: --set dpo.NAME=VALUE takes any argument of its DPOConfig, --set lora.rank=16
    trains low-rank adapters. Needs pip install 'reward-agent[train]'.
    """
    from reward_agent.config import load_train_settings
    from reward_agent.jobs.training.run import train_dpo as run_training

    overrides = [*(set_ or []), *([] if model is None else [f"model={json.dumps(model)}"])]
    settings = load_train_settings(preset=preset, config=config, overrides=overrides)
    with stoppable("run the same command again to go on from the last state saved"):
        report = run_training(pairs, settings, out, say=say)
    typer.echo(f"{report.steps:,} steps on {report.pairs:,} pairs")
    if report.curve:
        first, last = report.curve[0], report.curve[-1]
        typer.echo(f"loss {first.loss:.4f} at step {first.step:,}, {last.loss:.4f} at step {last.step:,}")
        if first.margin is not None and last.margin is not None:
            typer.echo(f"reward margin {first.margin:.4f} at step {first.step:,}, {last.margin:.4f} at {last.step:,}")
    typer.echo(shown(f"model: {out / 'model'}; curves: {out / 'curves.json'}"))
