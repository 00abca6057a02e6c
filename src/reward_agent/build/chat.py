"""The chat models that the stages ask, each wrapped: record(meter(cache(retry(throttle(openai)))))."""

import json
import os
import urllib.parse
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from reward_agent.build.kept import Kept
from reward_agent.build.say import Say
from reward_agent.chat.cache import CachedChat, keeping_replies
from reward_agent.chat.meter import Ledger, MeteredChat
from reward_agent.chat.openai import OpenAIChat, open_openai
from reward_agent.chat.rate import Rate
from reward_agent.chat.record import NAMESPACE, RecordingChat, ReplayedChat
from reward_agent.chat.retry import RetryingChat
from reward_agent.chat.throttle import Gate, ThrottledChat
from reward_agent.chat.wire import Prices
from reward_agent.config import Settings
from reward_agent.config.chat import OpenAIChatSettings, SimulatedChatSettings
from reward_agent.errors import ConfigError
from reward_agent.protocols import ChatModel
from reward_agent.store import Record, Store

OPENAI_URL = "https://api.openai.com/v1"


@asynccontextmanager
async def open_chat_models(
    settings: Settings, kept: Kept, *, say: Say, names: Iterable[str] | None = None
) -> AsyncIterator[Mapping[str, ChatModel]]:
    """The models of these names, else those that a stage asks; at the end says what was asked of them.

    Raises ConfigError where a key is missing.
    """
    ledger = Ledger()
    async with AsyncExitStack() as stack:
        models = {}
        for name in dict.fromkeys(settings.asked.values() if names is None else names):
            models[name] = await _opened(name, settings.chat[name], kept, ledger, say, stack)
        try:
            yield models
        finally:
            for line in ledger.lines():
                say(line)


async def _opened(
    name: str,
    settings: OpenAIChatSettings | SimulatedChatSettings,
    kept: Kept,
    ledger: Ledger,
    say: Say,
    stack: AsyncExitStack,
) -> ChatModel:
    recorded = json.dumps(["chat", name, settings.model if isinstance(settings, OpenAIChatSettings) else "simulated"])
    if kept.record is not None and kept.replays:
        replayed = ReplayedChat(record=_record(kept.record, kept.file), identity=recorded)
        return MeteredChat(model=replayed, name=name, ledger=ledger)
    if isinstance(settings, SimulatedChatSettings):
        metered = MeteredChat(model=_simulated(), name=name, ledger=ledger)
    else:
        served = await _served(name, settings, stack)
        cached = CachedChat(model=served, keeping=keeping_replies(kept.cache, say=say), identity=_identity(settings))
        metered = MeteredChat(model=cached, name=name, ledger=ledger)
    if kept.record is None:
        return metered
    return RecordingChat(model=metered, record=_record(kept.record, kept.file), identity=recorded)


def _record(store: Store, file: str) -> Record:
    return Record(store=store, namespace=NAMESPACE, file=file)


def _simulated() -> ChatModel:
    from reward_agent.testing.simulated import SimulatedChat

    return SimulatedChat()


async def _served(name: str, settings: OpenAIChatSettings, stack: AsyncExitStack) -> ChatModel:
    client = await stack.enter_async_context(open_client(name, settings))
    gate = Gate(
        most=settings.in_flight, requests=_rate(settings.requests_per_minute), tokens=_rate(settings.tokens_per_minute)
    )
    return RetryingChat(
        model=ThrottledChat(model=client, gate=gate), retries=settings.retries, patience_s=settings.patience_s
    )


def open_client(name: str, settings: OpenAIChatSettings) -> AbstractAsyncContextManager[OpenAIChat]:
    """The model alone, for `async with`: no cache, no second try. Raises ConfigError where a key is missing."""
    url = _base_url(settings)
    prices = settings.prices
    return open_openai(
        model=settings.model,
        base_url=url,
        api_key=_key(name, settings, url),
        headers={header: _needed(name, f"headers_env.{header}", env) for header, env in settings.headers_env.items()},
        connections=settings.in_flight,
        timeout_s=settings.timeout_s,
        structured=settings.structured,
        least_tokens=settings.least_tokens,
        prices=Prices() if prices is None else Prices(prompt=prices.prompt, completion=prices.completion),
        extra=settings.extra,
    )


def _rate(per_minute: int | None) -> Rate | None:
    return None if per_minute is None else Rate(per_minute=per_minute)


def _base_url(settings: OpenAIChatSettings) -> str:
    return settings.base_url or os.environ.get(settings.base_url_env) or OPENAI_URL


def _identity(settings: OpenAIChatSettings) -> str:
    """All of the settings that a reply depends on, and the server. A different one asks anew."""
    told = [_base_url(settings).rstrip("/"), settings.model, settings.structured, settings.least_tokens, settings.extra]
    return json.dumps(told, sort_keys=True)


def _key(name: str, settings: OpenAIChatSettings, url: str) -> str | None:
    if urllib.parse.urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1"):
        return os.environ.get(settings.api_key_env)
    return _needed(name, "api_key_env", settings.api_key_env)


def _needed(name: str, key: str, variable: str) -> str:
    value = os.environ.get(variable, "").strip()
    if not value:
        raise ConfigError(
            f"chat.{name} needs the environment variable {variable}, which is not set: `export {variable}=...`, or "
            f"name another one by chat.{name}.{key}"
        )
    return value
