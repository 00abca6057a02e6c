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
    """`width` is that of a bin; it doubles whenever more than `MOST_BINS` would be kept. Up to that many different
    values are counted as they are, and the median is exact."""

    width: float
    _values: Counter[float] = field(default_factory=Counter)
    _bins: Counter[int] = field(default_factory=Counter)
    _total: float = 0.0
    _least: float = math.inf
    _most: float = -math.inf

    def add(self, value: float) -> None:
        self._values[value] += 1
        if len(self._values) > MOST_BINS:
            self._put_into_bins()

    def _put_into_bins(self) -> None:
        self._total, self._least, self._most = self.total, self._lowest(), self._highest()
        for value, count in self._values.items():
            self._bins[self._place(value)] += count
        self._values.clear()
        while len(self._bins) > MOST_BINS:
            self.width *= 2
            wider: Counter[int] = Counter()
            for place, count in self._bins.items():
                wider[place // 2] += count
            self._bins = wider

    def _place(self, value: float) -> int:
        return math.floor(max(-_LARGEST, min(_LARGEST, value)) / self.width)

    def _lowest(self) -> float:
        return min(self._least, min(self._values, default=math.inf))

    def _highest(self) -> float:
        return max(self._most, max(self._values, default=-math.inf))

    @property
    def n(self) -> int:
        return self._bins.total() + self._values.total()

    @property
    def total(self) -> float:
        return self._total + sum(value * count for value, count in self._values.items())

    @property
    def least(self) -> float | None:
        return self._lowest() if self.n else None

    @property
    def most(self) -> float | None:
        return self._highest() if self.n else None

    @property
    def mean(self) -> float | None:
        return self.total / self.n if self.n else None

    @property
    def median(self) -> float | None:
        """The lower one of two in the middle; to within a bin's width once there are bins."""
        half, seen = self.n / 2, 0
        for value, count in self._counts():
            seen += count
            if seen >= half and count:
                return value
        return None

    def bins(self, count: int) -> list[tuple[float, float, int]]:
        """From, to, and how many values, in `count` equal steps from the least value to the most; one where all are
        equal, none without a value."""
        least, most = self.least, self.most
        if least is None or most is None:
            return []
        step = (most - least) / count
        if step <= 0 or not math.isfinite(step):
            return [(least, most, self.n)]
        numbers = [0] * count
        for value, number in self._counts():
            numbers[min(count - 1, max(0, int((value - least) / step)))] += number
        return [(least + k * step, least + (k + 1) * step, number) for k, number in enumerate(numbers)]

    def _counts(self) -> list[tuple[float, int]]:
        """Values with their numbers, ascending; of a bin its middle."""
        middles = [((place + 0.5) * self.width, count) for place, count in self._bins.items()]
        return sorted([*middles, *self._values.items()])
