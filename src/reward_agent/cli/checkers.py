"""Commands on the sandbox: sandbox-check, run-checker."""

from pathlib import Path
from typing import Annotated

import typer

from reward_agent.cli.console import say
from reward_agent.cli.options import Config, Set


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
            say(f"tier: {sandbox.report().tier}")
            if isinstance(sandbox, JailedSandbox):
                for reason in await sandbox.admit(source):
                    say(f"lint: {reason}")
            for outcome in await sandbox.run(source, texts):
                typer.echo(outcome.value)

    asyncio.run(run())
