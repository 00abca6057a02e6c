"""What an agent holds open while it works: chat models, evidence, the sandbox.

    async with open_resources(settings) as resources:
        agent = build_agent(settings, resources)

Only what the settings use is opened. Each stage gets its models from here by name, so that stages which ask the same
model share its cache, its limits and its connections.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reward_agent.build.chat import open_chat_models
from reward_agent.build.evidence import open_evidence
from reward_agent.build.kept import open_kept
from reward_agent.build.preference import open_preference
from reward_agent.build.say import Say
from reward_agent.config import Settings
from reward_agent.config.instructions import ModelInstructions
from reward_agent.errors import ConfigError
from reward_agent.protocols import ChatModel, EvidenceSource, PreferenceModel, Sandbox
from reward_agent.store import Store

if TYPE_CHECKING:
    from reward_agent.sandbox import FusionSandbox, JailedSandbox

__all__ = ["NOTHING_OPEN", "Resources", "Say", "open_resources", "open_sandbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What is open. `store` is the cache's, for what else is worth keeping between runs (None where the cache is off or
    cannot be used). `tier` names the sandbox's tier, as findings and reports show it."""

    chat: Mapping[str, ChatModel] = field(default_factory=dict)
    store: Store | None = None
    evidence: EvidenceSource | None = None
    sandbox: Sandbox | None = None
    preference: Mapping[str, PreferenceModel] = field(default_factory=dict)
    tier: str = ""

    def chat_model(self, name: str, *, asked_by: str) -> ChatModel:
        """Raises ConfigError where it was not opened."""
        if name not in self.chat:
            raise ConfigError(
                f"{asked_by} asks the chat model {name!r}, which is not open: use `async with open_agent(settings)`"
            )
        return self.chat[name]

    def preference_model(self, name: str) -> PreferenceModel:
        """Raises ConfigError where it was not opened."""
        if name not in self.preference:
            raise ConfigError(f"the preference model {name!r} is not open: use `async with open_agent(settings)`")
        return self.preference[name]


NOTHING_OPEN = Resources()
"""Enough for settings that ask no model, no source and no sandbox, as `offline` does."""


@asynccontextmanager
async def open_resources(settings: Settings, *, say: Say = lambda line: None) -> AsyncIterator[Resources]:
    """Opens what the settings use and closes it in the end; `say` gets a line about each, for the person.

    Raises ConfigError where something cannot be opened.
    """
    async with AsyncExitStack() as stack:
        kept = await stack.enter_async_context(open_kept(settings, say=say))
        chat = await stack.enter_async_context(open_chat_models(settings, kept, say=say))
        evidence = await stack.enter_async_context(open_evidence(settings, chat, kept, say=say))
        sandbox, tier = await opened_sandbox(settings, stack, say)
        preference = await open_preference(settings.prefer, stack)
        yield Resources(
            chat=chat, store=kept.cache, evidence=evidence, sandbox=sandbox, tier=tier, preference=preference
        )


async def opened_sandbox(settings: Settings, stack: AsyncExitStack, say: Say) -> tuple[Sandbox | None, str]:
    """The sandbox and its tier, where the settings have checkers written; no sandbox where they do not."""
    instructions = settings.verify.instructions
    if not (isinstance(instructions, ModelInstructions) and instructions.write):
        return None, ""
    try:
        sandbox = await stack.enter_async_context(open_sandbox(settings))
    except ConfigError as error:
        raise ConfigError(f"{error}. Or do without written checkers: verify.instructions.write = false") from error
    tier = sandbox.report().tier
    say(f"written checkers run in the sandbox, tier {tier}")
    return sandbox, tier


def open_sandbox(settings: Settings) -> AbstractAsyncContextManager["JailedSandbox | FusionSandbox"]:
    """The sandbox these settings describe, for `async with`. Entering raises ConfigError where the host cannot give it.

    Presets that run no generated code never call this.
    """
    from reward_agent.sandbox import FusionSandbox
    from reward_agent.sandbox import open_sandbox as opened

    sandbox = settings.sandbox
    if sandbox.server is not None:
        return nullcontext(FusionSandbox(url=sandbox.server, timeout_s=sandbox.wall_s))
    return opened(
        require=sandbox.require,
        tier=sandbox.tier,
        workers=sandbox.workers,
        cpu_s=sandbox.cpu_s,
        wall_s=sandbox.wall_s,
        memory_mb=sandbox.memory_mb,
        in_flight=sandbox.in_flight,
    )
