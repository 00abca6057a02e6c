"""The command that shows runs in a browser: view."""

from pathlib import Path
from typing import Annotated

import typer

from reward_agent.cli.console import say


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
    with Viewing.open(folders) as viewing:
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
