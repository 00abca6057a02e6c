"""What rewards do over time, in bounded memory: their correlation with length, their drift, the rates of the last hour.

trends.scored("decision", scores, lengths)
trends.correlation("decision")      # None where there is too little to say
"""

import math
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

WINDOW = 4096  # candidates for the correlation
LEAST = 30  # candidates, for a correlation or a drift to be said
MINUTE_S = 60.0
MINUTES = 60


@dataclass(slots=True, kw_only=True)
class Moments:
    """How many, and the sums of them and of their squares."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        """One more."""
        self.count += 1
        self.total += value
        self.squares += value * value

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(
            count=self.count + other.count, total=self.total + other.total, squares=self.squares + other.squares
        )

    @property
    def mean(self) -> float:
        return self.total / self.count

    @property
    def deviation(self) -> float:
        return math.sqrt(max(0.0, self.squares / self.count - self.mean**2))


@dataclass(slots=True, kw_only=True)
class Recent:
    """Counts of the last hour, by name, in minutes."""

    clock: Callable[[], float]
    _minutes: "deque[tuple[int, Counter[str]]]" = field(default_factory=lambda: deque(maxlen=MINUTES))

    def add(self, name: str, by: int = 1) -> None:
        """Counts now."""
        minute = int(self.clock() // MINUTE_S)
        if not self._minutes or self._minutes[-1][0] != minute:
            self._minutes.append((minute, Counter()))
        self._minutes[-1][1][name] += by

    def counts(self) -> Counter[str]:
        """The last hour's."""
        since = int(self.clock() // MINUTE_S) - MINUTES
        return sum((counts for minute, counts in self._minutes if minute > since), Counter())


@dataclass(slots=True, kw_only=True)
class _Voice:
    """What one signal's scores did."""

    pairs: "deque[tuple[float, int]]" = field(default_factory=lambda: deque(maxlen=WINDOW))
    first: Moments = field(default_factory=Moments)
    minutes: "deque[tuple[int, Moments]]" = field(default_factory=lambda: deque(maxlen=MINUTES))
    began_at: float | None = None


@dataclass(slots=True, kw_only=True)
class Trends:
    """By the name of a signal, of which there are as many as the settings name."""

    first_hour_s: float
    clock: Callable[[], float]
    recent: Recent = field(init=False)
    _voices: dict[str, _Voice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.recent = Recent(clock=self.clock)

    @property
    def names(self) -> tuple[str, ...]:
        """The signals heard so far."""
        return tuple(self._voices)

    def scored(self, name: str, scores: Sequence[float | None], lengths: Sequence[int]) -> None:
        """One sample's scores, with the lengths of its candidates in characters."""
        now = self.clock()
        voice = self._voices.setdefault(name, _Voice())
        for score, length in zip(scores, lengths, strict=True):
            if score is None:
                continue
            if voice.began_at is None:
                voice.began_at = now
            voice.pairs.append((score, length))
            if now - voice.began_at < self.first_hour_s:
                voice.first.add(score)
            else:
                minute = int(now // MINUTE_S)
                if not voice.minutes or voice.minutes[-1][0] != minute:
                    voice.minutes.append((minute, Moments()))
                voice.minutes[-1][1].add(score)

    def correlation(self, name: str) -> float | None:
        """Pearson's, of the last candidates; None where they are few, or all scores or all lengths are the same."""
        pairs = self._voices[name].pairs
        if len(pairs) < LEAST:
            return None
        mean_s = math.fsum(score for score, _ in pairs) / len(pairs)
        mean_l = math.fsum(length for _, length in pairs) / len(pairs)
        both = math.fsum((score - mean_s) * (length - mean_l) for score, length in pairs)
        squares_s = math.fsum((score - mean_s) ** 2 for score, _ in pairs)
        squares_l = math.fsum((length - mean_l) ** 2 for _, length in pairs)
        spread = math.sqrt(squares_s) * math.sqrt(squares_l)
        return both / spread if spread > 1e-12 and math.isfinite(spread) else None

    def drift(self, name: str) -> float | None:
        """How many of the first hour's standard deviations the last hour's mean lies above the first hour's; None
        during the first hour, and where either holds too little or the first did not vary."""
        voice = self._voices[name]
        since = int(self.clock() // MINUTE_S) - MINUTES
        late = sum((moments for minute, moments in voice.minutes if minute > since), Moments())
        if voice.first.count < LEAST or late.count < LEAST or voice.first.deviation < 1e-9:
            return None
        return (late.mean - voice.first.mean) / voice.first.deviation
