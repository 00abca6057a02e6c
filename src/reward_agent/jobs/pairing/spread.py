"""A distribution in constant memory: exact count, sum and extremes, and a histogram whose bins widen as values come.

spread = Spread(width=1.0)
for value in values: spread.add(value)
spread.mean, spread.median, spread.bins(10)
"""

import math
from collections import Counter
from dataclasses import dataclass, field

MOST_BINS = 4_096
_LARGEST = 1e300  # what can still be divided by a small width


@dataclass(slots=True)
class Spread:
    """`width` is that of a bin at first; it doubles whenever more than `MOST_BINS` would be kept."""

    width: float
    n: int = 0
    total: float = 0.0
    least: float = math.inf
    most: float = -math.inf
    _counts: Counter[int] = field(default_factory=Counter)

    def add(self, value: float) -> None:
        self.n += 1
        self.total += value
        self.least, self.most = min(self.least, value), max(self.most, value)
        self._counts[math.floor(max(-_LARGEST, min(_LARGEST, value)) / self.width)] += 1
        while len(self._counts) > MOST_BINS:
            self.width *= 2
            wider: Counter[int] = Counter()
            for place, count in self._counts.items():
                wider[place // 2] += count
            self._counts = wider

    @property
    def mean(self) -> float | None:
        return self.total / self.n if self.n else None

    @property
    def median(self) -> float | None:
        """To within a bin's width: the lower edge of the bin that holds it, no lower than the least value."""
        seen = 0
        for place in sorted(self._counts):
            seen += self._counts[place]
            if 2 * seen >= self.n:
                return max(self.least, place * self.width)
        return None

    def bins(self, count: int) -> list[tuple[float, float, int]]:
        """From, to, and how many values, in `count` equal steps from the least value to the most; one where all are
        equal, none without a value."""
        if not self.n:
            return []
        step = (self.most - self.least) / count
        if step <= 0 or not math.isfinite(step):
            return [(self.least, self.most, self.n)]
        numbers = [0] * count
        for place, number in self._counts.items():
            middle = (place + 0.5) * self.width
            numbers[min(count - 1, max(0, int((middle - self.least) / step)))] += number
        return [(self.least + k * step, self.least + (k + 1) * step, number) for k, number in enumerate(numbers)]
