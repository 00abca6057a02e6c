"""The evidence source: it can be opened, and one look-up comes back. For a web search that is one search."""

from collections.abc import AsyncIterator

from reward_agent.build.evidence import open_evidence
from reward_agent.build.kept import Kept
from reward_agent.config import Settings
from reward_agent.config.evidence import RecallSource
from reward_agent.config.section import Off
from reward_agent.doctor.check import Finding
from reward_agent.errors import ConfigError, SignalError

QUERY = "lighthouse"


async def evidence(settings: Settings) -> AsyncIterator[Finding]:
    if isinstance(settings.evidence, Off):
        return
    if isinstance(settings.evidence, RecallSource):
        yield Finding(
            state="note",
            subject="evidence",
            what="recall is the model's own memory: it finds slips, not false beliefs",
            remedy="evidence.type = corpus or web, where you have one",
        )
        return
    try:
        async with open_evidence(settings, {}, Kept(), say=lambda line: None) as source:
            found = () if source is None else await source.search(QUERY)
    except (ConfigError, SignalError) as error:
        yield Finding(state="failed", subject="evidence", what=str(error))
        return
    yield Finding(state="ok", subject="evidence", what=f"answers: {len(found)} passages for {QUERY!r}")
