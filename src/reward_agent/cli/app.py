"""The application: its commands, in the order in which help lists them."""

from typing import Annotated

import typer

from reward_agent.cli import (
    annotate,
    best_of_n,
    checkers,
    corpus,
    generating,
    judging,
    models,
    runs,
    serving,
    train,
    viewing,
)

COMMANDS = (
    runs.demo,
    judging.judge,
    judging.explain,
    runs.benchmark,
    runs.report,
    runs.compare,
    viewing.view,
    runs.plan,
    generating.generate,
    best_of_n.best_of_n,
    annotate.annotate,
    annotate.pairs,
    train.train_dpo,
    models.doctor,
    models.calibrate,
    corpus.index,
    corpus.search,
    serving.serve,
    checkers.sandbox_check,
    checkers.run_checker,
)

app = typer.Typer(
    name="reward-agent",
    help="Reward agents: human preference joined with checkable correctness.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in COMMANDS:
    app.command()(command)


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False) -> None:
    if version:
        from importlib.metadata import version as installed_version

        typer.echo(installed_version("reward-agent"))
        raise typer.Exit
