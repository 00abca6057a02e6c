"""The factuality verifier: one signal, whichever way it comes about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from reward_agent.types import Sample, Signal, Verdict


class Way(Protocol):
    """How candidates are held against evidence: `GroupedClaims` or `PairedDifferences`."""

    async def verdicts(self, sample: Sample) -> Sequence[Verdict]:
        """A verdict a candidate, None where nothing about it was decided. Raises SignalError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FactualityVerifier:
    """Checks what candidates state as fact."""

    way: Way
    name: str = "factuality"
    purpose: str = (
        "Holds what the answer states as fact (names, dates, numbers, events, definitions, science) against evidence."
    )

    async def verify(self, sample: Sample) -> Signal:
        """Raises SignalError where a model, a reply or a look-up failed: no score rests on half of the evidence."""
        return Signal(name=self.name, kind="verification", verdicts=tuple(await self.way.verdicts(sample)))
