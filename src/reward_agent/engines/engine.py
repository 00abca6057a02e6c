"""The seam between a job and the place where its samples are judged."""

from typing import Protocol, runtime_checkable

from reward_agent.config import Settings
from reward_agent.types import Judgment, Sample


class Judge(Protocol):
    """Judges one sample; see `RewardAgent.judge`, which is one."""

    async def judge(self, sample: Sample) -> Judgment: ...


@runtime_checkable
class Engine(Judge, Protocol):
    """A `Judge` that says how many samples it wants at once to be busy."""

    @property
    def in_flight(self) -> int: ...


def in_flight(judge: Judge, settings: Settings) -> int:
    """How many samples a job should have in flight."""
    return judge.in_flight if isinstance(judge, Engine) else settings.run.concurrency
