"""The chat models: each is asked one short question, past the cache and without a second try."""

import time
from collections.abc import AsyncIterator

from pydantic import BaseModel

from reward_agent.build.chat import open_client
from reward_agent.chat.openai import OpenAIChat
from reward_agent.config import Settings
from reward_agent.config.chat import OpenAIChatSettings
from reward_agent.doctor.check import Finding
from reward_agent.errors import ConfigError, SignalError
from reward_agent.prompting import Fence, ask, load_prompt

WORD = "harbour"
SLOW_S = 30.0
"""A reply of one word that takes longer makes a run of thousands hopeless."""


class Ready(BaseModel):
    """The reply to "doctor.ready"."""

    word: str


async def chat_models(settings: Settings) -> AsyncIterator[Finding]:
    """Reachable, the right name, a key that is taken, and whether replies come in the schema that is asked for."""
    for name in dict.fromkeys(settings.asked.values()):
        model = settings.chat[name]
        subject = f"chat.{name}"
        if not isinstance(model, OpenAIChatSettings):
            yield Finding(state="note", subject=subject, what="is simulated: its replies say nothing of a real model")
            continue
        try:
            async with open_client(name, model) as client:
                yield await _asked(subject, client)
        except (ConfigError, SignalError) as error:
            kind = error.kind if isinstance(error, SignalError) else "settings"
            yield Finding(state="failed", subject=subject, what=f"{model.model} did not answer ({kind}): {error}")


async def _asked(subject: str, client: OpenAIChat) -> Finding:
    fence = Fence(WORD)
    started = time.perf_counter()
    reply = await ask(
        client,
        load_prompt(__package__, "ready"),
        Ready,
        purpose="doctor.ready",
        max_tokens=200,
        rule=fence.rule,
        word=fence("word", WORD),
    )
    seconds = time.perf_counter() - started
    schemas = "takes JSON schemas" if client.dialect.schemas else "gets JSON schemas in its prompts"
    what = f"{client.model} at {client.server} answers, in {seconds:.2f} s, and {schemas}"
    if WORD not in reply.word.casefold():
        what += f"; it was to repeat {WORD!r} and said {reply.word[:40]!r}: expect poor verdicts"
        return Finding(state="note", subject=subject, what=what)
    if seconds > SLOW_S:
        return Finding(state="note", subject=subject, what=what, remedy="see what `reward-agent plan` makes of that")
    return Finding(state="ok", subject=subject, what=what)
