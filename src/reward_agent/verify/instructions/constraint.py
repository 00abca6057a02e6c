"""What an instruction asks for, and how a response measures up to it.

A `Constraint` names a kind of the catalog and its parameters, and keeps the words it comes from. A checker is a
small function from a response and typed parameters to a `Measurement`: whether the constraint is met, the measured
value in words, and how far off it is (a near miss is worth more than a far one where both miss).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Reading = Literal["literal", "natural"]
"""How to count where people differ. `literal`: the way short published scripts count (the default, it agrees best
with labels); `natural`: the way a careful person counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A range of allowed counts, ends included; None leaves an end open."""

    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("a quantity needs a low or a high end")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"a quantity's low end {self.low} is above its high end {self.high}")

    @classmethod
    def exactly(cls, count: int) -> Quantity:
        return cls(low=count, high=count)

    @classmethod
    def at_least(cls, count: int) -> Quantity:
        return cls(low=count)

    @classmethod
    def at_most(cls, count: int) -> Quantity:
        return cls(high=count)

    def allows(self, count: int) -> bool:
        return (self.low is None or count >= self.low) and (self.high is None or count <= self.high)

    def distance(self, count: int) -> float:
        """0 inside the range; outside, the gap relative to the missed end, in (0, 1), growing with the gap."""
        if self.low is not None and count < self.low:
            gap, end = self.low - count, self.low
        elif self.high is not None and count > self.high:
            gap, end = count - self.high, self.high
        else:
            return 0.0
        return 1 - math.exp(-gap / max(end, 1))

    def __str__(self) -> str:
        if self.low == self.high:
            return f"exactly {self.low}"
        if self.high is None:
            return f"at least {self.low}"
        if self.low is None:
            return f"at most {self.high}"
        return f"between {self.low} and {self.high}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a checker found. `met` is None where it cannot tell (a text too short to know its language).

    `measured` says in words what was counted or seen, with the offending piece where there is one. `distance` is 0
    when met, and in (0, 1] otherwise: how far the response is from meeting the constraint. `lenient` marks one that
    is met only by the more generous of two ways of counting (a keyword in another case).
    """

    met: bool | None
    measured: str
    distance: float = 0.0
    lenient: bool = False

    @classmethod
    def of(cls, met: bool, measured: str) -> Measurement:
        """A yes or no without degrees."""
        return cls(met=met, measured=measured, distance=0.0 if met else 1.0)

    @classmethod
    def count(cls, count: int, quantity: Quantity, unit: str) -> Measurement:
        """A count against its allowed range."""
        return cls(
            met=quantity.allows(count), measured=f"{count} {unit}, {quantity}", distance=quantity.distance(count)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """One checkable requirement: a `kind` of the catalog with its parameters, and the words that ask for it."""

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    span: str = ""

    def at(self, span: str) -> Constraint:
        """The same, asked for by these words."""
        return Constraint(kind=self.kind, params=self.params, span=span)
