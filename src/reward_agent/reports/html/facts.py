"""What the list of samples says of one sample: how it came out, by how much, and which signal decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reward_agent.reports.html.arithmetic import Terms, products
from reward_agent.types import Comparison, Judgment, LabeledSample, Sample, Signal, SignalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSample:
    """A line of a run folder's `samples.jsonl`, of a benchmark (with `best`, `rest`, `subset`) or of a file of the
    user's (with `columns`, `place`)."""

    sample: Sample
    best: tuple[int, ...] = ()
    rest: tuple[int, ...] = ()
    subset: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""

    @property
    def labeled(self) -> LabeledSample | None:
        """With its answer key; None where it has none."""
        if not self.best:
            return None
        return LabeledSample(sample=self.sample, best=self.best, rest=self.rest, subset=self.subset)


class Outcome(StrEnum):
    """How a sample came out. PICKED: judged, and there is no answer key; WAITING: not judged yet."""

    WRONG = "wrong"
    UNJUDGED = "unjudged"
    TIE = "tie"
    PART = "part"
    RIGHT = "right"
    PICKED = "picked"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Where one signal stands on one sample. `side`: +1 with the answer key (without one: with the decision), -1
    against it, 0 level, None where it abstained. `high` and `low`: its score of the best right candidate (the first
    one) and of the best other, on the scale on which it is weighed. `share`: what it adds to the lead of the first
    candidate over the second; None where that cannot be told."""

    name: str
    kind: SignalKind
    side: int | None
    decided: bool = False
    high: float | None = None
    low: float | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One sample's line. `credit` in [0, 1] by the benchmark's rules; `margin`: the best right candidate's score less
    the best other's (without a key: first less second); `chosen` the first candidate's index, None for a tie."""

    outcome: Outcome
    credit: float | None = None
    margin: float | None = None
    chosen: int | None = None
    flipped: bool = False
    sides: tuple[Side, ...] = ()

    @property
    def decider(self) -> str | None:
        """The signal that adds most to the first candidate's lead."""
        return next((side.name for side in self.sides if side.decided), None)

    @property
    def disagree(self) -> bool:
        """Whether one signal is for what another is against."""
        stands = {side.side for side in self.sides}
        return {1, -1} <= stands


def facts_of(
    kept: KeptSample, judgment: Judgment | None, comparisons: Sequence[Comparison], terms: Terms, *, flipped: bool
) -> Facts:
    """The line of a sample; `comparisons` are the benchmark's of it, none where there is no key."""
    if judgment is None:
        return Facts(outcome=Outcome.WAITING)
    scores = judgment.decision.scores if judgment.decision is not None else None
    first = _first(scores) if scores is not None else ()
    credit = sum(c.credit for c in comparisons) / len(comparisons) if comparisons else None
    right = kept.best or first[:1]
    return Facts(
        outcome=_outcome(scores, first, comparisons, credit),
        credit=credit,
        margin=None if scores is None else _lead(scores, right),
        chosen=first[0] if len(first) == 1 else None,
        flipped=flipped or any(c.flipped for c in comparisons),
        sides=_sides(judgment, right, scores, terms),
    )


def _outcome(
    scores: Sequence[float] | None, first: Sequence[int], comparisons: Sequence[Comparison], credit: float | None
) -> Outcome:
    if credit is None:
        if scores is None:
            return Outcome.UNJUDGED
        return Outcome.TIE if len(first) > 1 else Outcome.PICKED
    if not any(c.judged for c in comparisons):
        return Outcome.UNJUDGED
    if credit >= 1:
        return Outcome.RIGHT
    if all(c.tied for c in comparisons):
        return Outcome.TIE
    return Outcome.WRONG if credit < 0.5 else Outcome.PART


def _sides(judgment: Judgment, right: Sequence[int], scores: Sequence[float] | None, terms: Terms) -> tuple[Side, ...]:
    shares = _shares(judgment.signals, scores, terms)
    largest = max((share for share in shares.values() if share > 0), default=None)
    sides = []
    for signal in judgment.signals:
        values = terms.units(signal)
        others = [k for k in range(len(values or ())) if k not in right]
        high = max((values[k] for k in right), default=None) if values else None
        low = max((values[k] for k in others), default=None) if values else None
        share = shares.get(signal.name)
        sides.append(
            Side(
                name=signal.name,
                kind=signal.kind,
                side=None if high is None or low is None else (high > low) - (high < low),
                decided=share is not None and share == largest,
                high=high,
                low=low,
                share=share,
            )
        )
    return tuple(sides)


def _shares(signals: Sequence[Signal], scores: Sequence[float] | None, terms: Terms) -> dict[str, float]:
    """What each signal adds to the lead of the first candidate over the second."""
    if scores is None or len(scores) < 2:
        return {}
    order = sorted(range(len(scores)), key=lambda k: -scores[k])
    if scores[order[0]] == scores[order[1]]:
        return {}
    return {name: row[order[0]] - row[order[1]] for name, row in products(signals, terms).items()}


def _lead(scores: Sequence[float], right: Sequence[int]) -> float | None:
    others = [score for k, score in enumerate(scores) if k not in right]
    return max(scores[k] for k in right) - max(others) if right and others else None


def _first(scores: Sequence[float]) -> tuple[int, ...]:
    return tuple(k for k, score in enumerate(scores) if score == max(scores))
