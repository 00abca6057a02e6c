"""No routing: every check runs on every sample."""

from dataclasses import dataclass

from reward_agent.types import Plan, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryCheckRouter:
    """Picks all of `checks`; for a set whose samples all need them, or to see what routing costs."""

    checks: tuple[str, ...]

    async def route(self, sample: Sample) -> Plan:
        return Plan(checks=self.checks, reason="every check runs, as configured")
