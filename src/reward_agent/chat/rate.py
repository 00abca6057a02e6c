"""So much a minute: a bucket that fills evenly and holds a second's worth.

More than it holds may be taken once it is full; what was taken too much is waited for by the next.
"""

from dataclasses import dataclass, field

BURST_S = 1.0


@dataclass(slots=True, kw_only=True)
class Rate:
    """`per_minute`: how much may be taken in any minute, and a second's worth."""

    per_minute: float
    _level: float = field(init=False, default=0.0)
    _at: float | None = None

    def wait_s(self, amount: float, now: float) -> float:
        """Seconds until so much may be taken."""
        self._fill(now)
        lacking = min(amount, self._size) - self._level
        return max(0.0, lacking / (self.per_minute / 60)) if lacking > 1e-9 else 0.0

    def take(self, amount: float, now: float) -> None:
        """Takes it, at a moment when `wait_s` was 0."""
        self._fill(now)
        self._level -= amount

    def give_back(self, amount: float) -> None:
        """What was taken and not used; negative for what was used beyond."""
        self._level = min(self._size, self._level + amount)

    @property
    def _size(self) -> float:
        return max(1.0, self.per_minute / 60 * BURST_S)

    def _fill(self, now: float) -> None:
        if self._at is None:
            self._level = self._size
        else:
            self._level = min(self._size, self._level + (now - self._at) * self.per_minute / 60)
        self._at = now
