"""The command that shows runs in a browser: view."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reward_agent.cli.console import say

if TYPE_CHECKING:
    from reward_agent.jobs.run_index import ReadRun
    from reward_agent.types import Sample

SHOWN_CALLS = 200
SHOWN_CHARS = 50_000


def view(
    folders: Annotated[list[Path], typer.Argument(help="A run folder, or two to compare.", metavar="DIR...")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
) -> None:
    """Look at a run in the browser, or compare two.

    Every sample with search and filters, however many there are, and while the run goes on. Ctrl-C ends it.
    """
    import webbrowser

    from reward_agent.errors import ConfigError
    from reward_agent.jobs.viewing import Viewing
    from reward_agent.reports.html.serve import ViewServer

    if len(folders) > 2:
        raise typer.BadParameter("give one run folder, or two to compare")
    with Viewing.open(folders, talk=replayed_talk) as viewing:
        try:
            server = ViewServer(viewing, port=port)
        except OSError as error:
            raise ConfigError(f"port {port} cannot be used ({error.strerror}): choose another --port") from error
        with server:
            typer.echo(server.url)
            say("Ctrl-C ends it")
            if not no_open:
                webbrowser.open(server.url)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                say("")


def replayed_talk(run: "ReadRun", sample: "Sample") -> Mapping[str, Any]:
    """The prompts of the sample with the replies that the run's record holds: it is judged again from that alone."""
    import asyncio

    from reward_agent.build import open_agent
    from reward_agent.config.record import RecordSettings
    from reward_agent.errors import RewardAgentError
    from reward_agent.prompting import Exchange, overheard
    from reward_agent.reports.plain import harmless

    record = RecordSettings(file=run.settings.record.file, mode="replay")
    settings = run.settings.model_copy(update={"record": record})

    async def judge_again() -> None:
        async with open_agent(settings) as agent:
            await agent.judge(sample)

    def shown(exchange: Exchange) -> dict[str, Any]:
        return {
            "purpose": exchange.request.purpose,
            "messages": [
                {"role": m.role, "content": harmless(m.content, limit=SHOWN_CHARS)} for m in exchange.request.messages
            ],
            "reply": harmless(exchange.reply, limit=SHOWN_CHARS),
            "error": harmless(exchange.error, limit=SHOWN_CHARS),
        }

    problem = ""
    with overheard() as exchanges:
        try:
            asyncio.run(judge_again())
        except RewardAgentError as error:
            problem = f"The record cannot be replayed: {error}"
    calls = [shown(exchange) for exchange in exchanges[:SHOWN_CALLS]]
    if not calls and not problem:
        problem = "This sample asked no model."
    return {"calls": calls, "problem": problem}
