"""The agent that the settings describe, with simulated models and searches in place of those that cost something.

    async with open_rehearsal(settings) as rehearsal:
        judgment = await rehearsal.agent.judge(sample)
        rehearsal.ledger                              # what was asked of which model, by purpose

The corpus, the sandbox and the rules are the real ones; no key is needed and nothing leaves the machine.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from reward_agent.agent import RewardAgent
from reward_agent.build.evidence import open_evidence
from reward_agent.build.kept import Kept
from reward_agent.build.resources import Resources, Say, opened_sandbox
from reward_agent.build.stages import build_agent
from reward_agent.chat.meter import Ledger, MeteredChat
from reward_agent.config import Settings
from reward_agent.config.evidence import WebSource
from reward_agent.protocols import EvidenceSource
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.testing.simulated.search import SimulatedSearch
from reward_agent.types import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """An agent that costs nothing, and what it asks for. `models`: the simulated ones. `search` is None where no web
    search is configured."""

    agent: RewardAgent
    ledger: Ledger
    models: tuple[SimulatedChat, ...]
    search: SimulatedSearch | None

    def asked(self) -> dict[tuple[str, str], Usage]:
        """What was asked so far, by purpose and model."""
        return {place: entry.usage for place, entry in self.ledger.entries.items()}

    def spans(self) -> list[tuple[float, float]]:
        """When each call so far began and ended, by the loop's clock."""
        return [span for model in self.models for span in model.spans]

    def searched(self) -> int:
        """The web searches so far."""
        return 0 if self.search is None else self.search.searches


@asynccontextmanager
async def open_rehearsal(
    settings: Settings, *, latency_s: float = 0.0, say: Say = lambda line: None
) -> AsyncIterator[Rehearsal]:
    """The rehearsal's agent, open until the end; every simulated reply takes `latency_s`. Raises ConfigError."""
    ledger = Ledger()
    models = {name: SimulatedChat(latency_s=latency_s) for name in settings.asked.values()}
    chat = {name: MeteredChat(model=model, name=name, ledger=ledger) for name, model in models.items()}
    source = settings.evidence
    search = SimulatedSearch(passages=source.passages) if isinstance(source, WebSource) else None
    async with AsyncExitStack() as stack:
        evidence: EvidenceSource | None = search
        if search is None:
            evidence = await stack.enter_async_context(open_evidence(settings, chat, Kept(), say=say))
        sandbox, tier = await opened_sandbox(settings, stack, say)
        resources = Resources(chat=chat, evidence=evidence, sandbox=sandbox, tier=tier)
        agent = build_agent(settings, resources, eager=True)
        yield Rehearsal(agent=agent, ledger=ledger, models=tuple(models.values()), search=search)
