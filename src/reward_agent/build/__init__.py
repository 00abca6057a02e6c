"""Settings -> objects.

async with open_agent(load_settings(preset="offline")) as agent:
    judgment = await agent.judge(sample)

resources.py   what is opened and closed: chat models, evidence, the sandbox
chat.py        the chat models, each with its cache, limits and meter; kept.py: the files behind them
stages.py      router, verifiers, preference models, judger, made over what is open
instructions.py   the instruction verifier and its parts
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from reward_agent.agent import RewardAgent
from reward_agent.build.chat import open_chat_models
from reward_agent.build.instructions import instruction_verifier_of
from reward_agent.build.kept import open_kept
from reward_agent.build.resources import Say, open_resources, open_sandbox
from reward_agent.build.stages import build_agent
from reward_agent.config import Settings
from reward_agent.errors import ConfigError
from reward_agent.protocols import ChatModel, PreferenceModel

__all__ = [
    "build_agent",
    "instruction_verifier_of",
    "open_agent",
    "open_chat_model",
    "open_preference_model",
    "open_resources",
    "open_sandbox",
]


@asynccontextmanager
async def open_agent(
    settings: Settings, *, eager: bool = False, say: Say = lambda line: None
) -> AsyncIterator[RewardAgent]:
    """The agent these settings describe, with all that it needs open until the end. See `build_agent`."""
    async with open_resources(settings, say=say) as resources:
        yield build_agent(settings, resources, eager=eager)


@asynccontextmanager
async def open_chat_model(settings: Settings, name: str, *, say: Say = lambda line: None) -> AsyncIterator[ChatModel]:
    """One chat model of the settings with its cache, limits and meter, open until the end. Raises ConfigError where a
    key is missing, KeyError for a name that the settings lack."""
    async with (
        open_kept(settings, say=say, asks=True) as kept,
        open_chat_models(settings, kept, say=say, names=[name]) as models,
    ):
        yield models[name]


@asynccontextmanager
async def open_preference_model(settings: Settings, name: str) -> AsyncIterator[PreferenceModel]:
    """One preference model of the settings, open until the end. Raises ConfigError where there is none of that name."""
    chosen = tuple(model for model in settings.prefer if model.name == name)
    if not chosen:
        known = ", ".join(model.name for model in settings.prefer) or "none: add a [[prefer]] to the --config file"
        raise ConfigError(f"there is no preference model {name!r}; configured: {known}")
    alone = settings.model_copy(update={"prefer": chosen})
    async with open_resources(alone) as resources:
        (model,) = build_agent(alone, resources).preference_models
        yield model
