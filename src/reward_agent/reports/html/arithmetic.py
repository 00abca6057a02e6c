"""The arithmetic of a final score: each signal's score, on the scale on which it is weighed, times its weight."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reward_agent.types import Judgment, Signal

CLOSE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How the run's judger weighs. `rule` "sum" adds weighted scores, "vote" gives a signal's weight to its best
    candidate, "model" asks a model, of which there is no arithmetic. `scales` bring a preference model's scores to
    (0, 1); `scale_words` say how. A weight is 1 where none is named."""

    rule: Literal["sum", "vote", "model"] = "model"
    weights: Mapping[str, float] = field(default_factory=dict)
    scales: Mapping[str, Callable[[float], float]] = field(default_factory=dict)
    scale_words: Mapping[str, str] = field(default_factory=dict)

    def weight(self, name: str) -> float:
        return self.weights.get(name, 1.0)

    def units(self, signal: Signal) -> tuple[float, ...] | None:
        """The signal's scores as they are weighed; None where it did not score every candidate."""
        scale = self.scales.get(signal.name)
        if signal.scores is None or scale is None:
            return signal.scores
        return tuple(scale(score) for score in signal.scores)


def products(signals: Sequence[Signal], terms: Terms) -> dict[str, list[float]]:
    """What each signal adds to each candidate's score, of those that scored every candidate; empty for a model."""
    if terms.rule == "model":
        return {}
    found = {}
    for signal in signals:
        if (values := terms.units(signal)) is not None:
            weight = terms.weight(signal.name)
            found[signal.name] = _votes(values, weight) if terms.rule == "vote" else [weight * v for v in values]
    return found


def _votes(values: Sequence[float], weight: float) -> list[float]:
    winners = [k for k, value in enumerate(values) if value == max(values)]
    return [weight / len(winners) if k in winners else 0.0 for k in range(len(values))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One signal in the sum, a value a candidate. `unit` is None where the score is weighed as it is."""

    signal: str
    weight: float
    raw: tuple[float, ...]
    unit: tuple[float, ...] | None
    scale: str
    product: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """The sum, line by line. `holds`: whether it comes to the judgment's own scores."""

    rule: str
    lines: tuple[Line, ...]
    totals: tuple[float, ...]
    holds: bool


def arithmetic_of(judgment: Judgment, terms: Terms) -> Arithmetic | None:
    """None where nothing was decided, or a model decided."""
    added = products(judgment.signals, terms)
    if judgment.decision is None or not added:
        return None
    lines = tuple(
        Line(
            signal=signal.name,
            weight=terms.weight(signal.name),
            raw=signal.scores or (),
            unit=terms.units(signal) if signal.name in terms.scales else None,
            scale=terms.scale_words.get(signal.name, ""),
            product=tuple(added[signal.name]),
        )
        for signal in judgment.signals
        if signal.name in added
    )
    totals = tuple(map(sum, zip(*(line.product for line in lines), strict=True)))
    near = (abs(a - b) <= CLOSE * max(1.0, abs(b)) for a, b in zip(totals, judgment.decision.scores, strict=True))
    return Arithmetic(rule=terms.rule, lines=lines, totals=totals, holds=all(near))
