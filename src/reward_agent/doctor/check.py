"""What a check is. One is an async generator of findings:

    async def searching(settings: Settings) -> AsyncIterator[Finding]:
        yield Finding(state="ok", subject="evidence", what="the source answers")

A check that does not apply to the settings yields nothing.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from reward_agent.config import Settings
from reward_agent.errors import RewardAgentError

State = Literal["ok", "note", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`what` was found about the `subject`; `remedy` says what to do where it failed. A note is no failure."""

    state: State
    subject: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        mark = {"ok": "✔", "note": "·", "failed": "✘"}[self.state]
        return f"{mark} {self.subject}: {self.what}" + (f"\n    -> {self.remedy}" if self.remedy else "")


Check = Callable[[Settings], AsyncIterator[Finding]]


async def examined(settings: Settings, checks: Sequence[Check]) -> AsyncIterator[Finding]:
    """The findings of every check, as they come. A check that cannot go on has failed; a bug propagates."""
    for one in checks:
        try:
            async for finding in one(settings):
                yield finding
        except RewardAgentError as error:
            yield Finding(state="failed", subject=one.__name__.replace("_", " "), what=str(error))
