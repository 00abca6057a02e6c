"""The command that answers over HTTP: serve."""

from typing import Annotated

import typer

from reward_agent.cli.console import say
from reward_agent.cli.options import Config, Preset, Set


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes that judge, with an agent each.")] = 1,
    preset: Preset = None,
    config: Config = None,
    set_: Set = None,
) -> None:
    """Answer over HTTP: judgments, scores, signals, and the dialects of RL trainers.

    GET /docs lists the endpoints. See docs/service.md.
    """
    import asyncio

    from reward_agent.config import load_settings
    from reward_agent.errors import ConfigError
    from reward_agent.extras import not_installed

    settings = load_settings(preset=preset, config=config, overrides=set_ or [])
    for needed in not_installed(("fastapi", "prometheus_client", "uvicorn")):
        raise ConfigError(f"serve needs {needed}: pip install 'reward-agent[service]'")
    from reward_agent.service.serving import serve as serve_until_stopped

    asyncio.run(serve_until_stopped(settings, host=host, port=port, workers=workers, say=say))
