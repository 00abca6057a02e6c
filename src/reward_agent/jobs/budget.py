"""Which candidates get the expensive signals, within a budget: those that can still win.

    allowed = Budget.parse("0.5").of(candidates)
    finalists = choose({id: chances(scores, gain=1.0, bounded=True), ...}, allowed, lots=...)

After the cheap signals a candidate is so far behind the first. The expensive ones may add anything from 0 to their
weight, to anyone; under that assumption, `chances` says how likely each candidate is to end up first. All candidates of
all samples whose chance reaches one common level are finalists, and the level is the lowest that the budget allows. So
what is spent goes where the cheap signals left a question open. A sample with one finalist is settled and costs
nothing.

Where the budget ends among candidates with the same chance, lots are drawn by the samples' ids and the candidates'
texts. What this does not promise: that a candidate left out could not have won. `--audit` measures how often.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from reward_agent.errors import ConfigError

GRID = 200
DIGITS = 9
"""Chances that agree to so many digits are the same chance."""
LEAST = 0.02
"""A candidate with less than this part of the favourite's chance is out of the question, however large the budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """At most this share of all candidates, or this number of them, get the expensive signals."""

    share: float | None = None
    candidates: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "0.5" or "50%" (a share) or "2000" (candidates). Raises ConfigError."""
        told = text.strip()
        try:
            if told.isdecimal() and int(told) > 1:
                return cls(candidates=int(told))
            share = float(told.removesuffix("%")) / (100 if told.endswith("%") else 1)
        except ValueError:
            share = math.nan
        if not 0 < share <= 1:
            raise ConfigError(
                f"--budget takes a share of the candidates such as 0.5 or 50%, or a whole number of them above 1, "
                f"got {text!r}"
            )
        return cls(share=share)

    def of(self, total: int) -> int:
        """How many of `total` candidates it allows."""
        if self.share is not None:
            return int(self.share * total + 1e-9)
        return min(total, self.candidates or 0)


def chances(scores: Sequence[float], *, gain: float, bounded: bool) -> list[float]:
    """How likely each candidate ends up first when each gains anything from 0 to `gain` (above 0), all alike; 0 where
    it is out of the question.

    `bounded`: whether the gain cannot be more; else it is widened so that nobody is out of the question.
    """
    lead = np.array(scores, dtype=float) - max(scores)
    width = gain if bounded else gain - float(lead.min())
    levels, place, count = np.unique(lead, return_inverse=True, return_counts=True)
    points = np.linspace(0.0, width, GRID + 1)
    points = (points[1:] + points[:-1]) / 2  # what the first may end up with; below 0 nobody wins
    below = np.clip((points[None, :] - levels[:, None]) / width, 0.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        all_below = np.exp((count[:, None] * np.log(below)).sum(axis=0))
        others = np.where(below > 0, all_below[None, :] / below, 0.0)
    reached = (points[None, :] >= levels[:, None]) & (points[None, :] <= levels[:, None] + width)
    wins = (others * reached).mean(axis=1)
    wins[wins < LEAST * wins.max()] = 0.0
    return [round(float(wins[level]), DIGITS) for level in place]


def choose(
    samples: Mapping[str, Sequence[float]], allowed: int, *, lots: Mapping[str, Sequence[bytes]]
) -> dict[str, tuple[int, ...]]:
    """The finalists of each sample by its id, indices rising; one alone where a sample is decided.

    `samples` holds chances; `lots` a lot for each candidate, the same for equal texts. The finalists of samples with
    two or more of them are at most `allowed`.
    """
    level = _level(samples, allowed)
    chosen = {id: [k for k, chance in enumerate(found) if chance >= level] for id, found in samples.items()}
    left = allowed - sum(len(kept) for kept in chosen.values() if len(kept) > 1)
    for id, index in _next_in_line(samples, chosen, lots):
        kept = chosen[id]
        cost = 1 if len(kept) > 1 else len(kept) + 1 if kept else 0
        if cost > left:
            continue
        left -= cost
        kept.append(index)
    return {id: tuple(sorted(kept)) or (_first(samples[id], lots[id]),) for id, kept in chosen.items()}


def _level(samples: Mapping[str, Sequence[float]], allowed: int) -> float:
    """The lowest chance at which the candidates that reach it are within the budget; candidates without a chance are
    never asked about."""
    found = sorted({chance for chances in samples.values() for chance in chances if chance > 0}, reverse=True)
    ranked = [sorted(chances, reverse=True) for chances in samples.values()]
    low, high = 0, len(found)  # found[:low] is affordable
    while low < high:
        middle = (low + high + 1) // 2
        reached = (sum(chance >= found[middle - 1] for chance in chances) for chances in ranked)
        if sum(count for count in reached if count > 1) <= allowed:
            low = middle
        else:
            high = middle - 1
    return found[low - 1] if low else math.inf


def _next_in_line(
    samples: Mapping[str, Sequence[float]], chosen: Mapping[str, Sequence[int]], lots: Mapping[str, Sequence[bytes]]
) -> list[tuple[str, int]]:
    """The candidates below the level, the likeliest first; of those with the same chance, every sample's first lot
    comes before any sample's second."""
    line = []
    for id, found in samples.items():
        left = set(range(len(found))).difference(chosen[id])
        rest = sorted((index for index in left if found[index] > 0), key=lots[id].__getitem__)
        for turn, index in enumerate(rest):
            line.append((-found[index], turn / len(rest), lots[id][index], id, index))
    line.sort()
    return [(id, index) for *_, id, index in line]


def _first(found: Sequence[float], lots: Sequence[bytes]) -> int:
    return min(range(len(found)), key=lambda k: (-found[k], lots[k]))
