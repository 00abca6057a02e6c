"""Settings -> preference models that must be opened: weights on devices, connections to servers."""

import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from reward_agent.config.prefer import ArmoPrefer, ClassifierPrefer, LocalPrefer, PreferSettings, ServerPrefer
from reward_agent.errors import ConfigError
from reward_agent.prefer.addresses import Addresses
from reward_agent.prefer.armorm import open_armorm
from reward_agent.prefer.classifier import open_classifier
from reward_agent.prefer.dialects import DIALECTS
from reward_agent.prefer.local.load import Checkpoint
from reward_agent.prefer.local.template import ChatTemplate
from reward_agent.prefer.server import ServerPreference, open_server
from reward_agent.protocols import PreferenceModel


async def open_preference(settings: Sequence[PreferSettings], stack: AsyncExitStack) -> Mapping[str, PreferenceModel]:
    """The models that must be opened, by name; `stack` closes them. Raises ConfigError where one cannot be had."""
    opened: dict[str, PreferenceModel] = {}
    for model in settings:
        if isinstance(model, LocalPrefer):
            opener = open_armorm if isinstance(model, ArmoPrefer) else open_classifier
            opened[model.name] = await stack.enter_async_context(opener(model.name, checkpoint_of(model)))
        elif isinstance(model, ServerPrefer):
            opened[model.name] = await stack.enter_async_context(open_server(server_of(model)))
    return opened


def checkpoint_of(settings: ClassifierPrefer | ArmoPrefer | LocalPrefer) -> Checkpoint:
    """What to load, and where to."""
    return Checkpoint(
        model=settings.model,
        revision=settings.revision,
        devices=settings.devices,
        dtype=settings.dtype,
        max_tokens=settings.max_tokens,
        batch_tokens=settings.batch_tokens,
        share=settings.share_prompts,
    )


def server_of(settings: ServerPrefer) -> ServerPreference:
    """The client of a server; nothing is connected yet. Raises ConfigError for a key that is not set."""
    return ServerPreference(
        name=settings.name,
        dialect=DIALECTS[settings.dialect],
        model=settings.model,
        template=_template(settings),
        unit_scores=settings.unit_scores,
        addresses=Addresses(
            urls=settings.urls,
            key=_key(settings.api_key_env),
            concurrency=settings.concurrency,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
        ),
    )


def _template(settings: ServerPrefer) -> ChatTemplate | None:
    if settings.tokenizer is None:
        return None
    return Checkpoint(model=settings.tokenizer, max_tokens=settings.max_tokens).template()


def _key(name: str | None) -> str | None:
    if name is None:
        return None
    if not (key := os.environ.get(name)):
        raise ConfigError(f"the environment variable {name} is not set, and prefer.api_key_env names it")
    return key
