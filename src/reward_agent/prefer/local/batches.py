"""Which rows go through the model together.

A row is one conversation as token ids. Rows of like length are batched up to a budget of tokens, padding counted. Rows
that begin alike (the candidates of one prompt) can form a unit whose beginning is computed once.

Plain arithmetic: no torch, no clock, no thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass

SHARING_PAYS_FROM = 0.4
"""The share of the tokens that must be saved for a beginning to be computed once. Below it, a second pass over a small
model on a CPU costs as much as it saves: most pairs go plain, most best-of-n are shared (python -m
benchmarks.preference_speed --sharing)."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One conversation. `places`: the positions whose hidden states the model's head reads."""

    ids: list[int]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """Rows whose first `shared` tokens are the same and are computed once; with `shared` 0 it is a single row."""

    rows: tuple[Row, ...]
    shared: int = 0

    @property
    def longest(self) -> int:
        """Tokens of the longest row, without what is shared."""
        return max(len(row.ids) for row in self.rows) - self.shared


def units_of(rows: Sequence[Row], *, budget: int, share: bool) -> list[Unit]:
    """The rows of one prompt as units: shared where that pays, and small enough for the budget where they can be."""
    shared = common_beginning([row.ids for row in rows]) if share and len(rows) > 1 else 0
    total = sum(len(row.ids) for row in rows)
    if shared * (len(rows) - 1) < SHARING_PAYS_FROM * total or shared == 0:
        return [Unit((row,)) for row in rows]
    by_length = sorted(rows, key=lambda row: len(row.ids))
    units: list[Unit] = []
    while by_length:
        count = len(by_length)
        while count > 1 and _tokens([Unit(tuple(by_length[:count]), shared)]) > budget:
            count -= 1
        units.append(Unit(tuple(by_length[:count]), shared if count > 1 else 0))
        by_length = by_length[count:]
    return units


def common_beginning(rows: Sequence[list[int]]) -> int:
    """How many tokens all rows begin with; at least one token of each row is left over."""
    most = min(len(ids) for ids in rows) - 1
    first, last = min(rows), max(rows)  # in dictionary order, what these two share all share
    return next((at for at in range(most) if first[at] != last[at]), most)


def next_batch(waiting: Sequence[Unit], budget: int) -> list[Unit]:
    """The oldest unit and those most like it in length, within the budget; a unit over the budget goes alone.

    The oldest is always taken, so that nothing waits for ever.
    """
    oldest = waiting[0]
    alike = sorted((unit for unit in waiting if bool(unit.shared) == bool(oldest.shared)), key=_size)
    low = high = next(index for index, unit in enumerate(alike) if unit is oldest)
    while True:
        below = alike[low - 1 : high + 1] if low > 0 else None
        above = alike[low : high + 2] if high + 1 < len(alike) else None
        choices = [batch for batch in (below, above) if batch and _tokens(batch) <= budget]
        if not choices:
            return alike[low : high + 1]
        if min(choices, key=_waste) is below:
            low -= 1
        else:
            high += 1


def halved(batch: Sequence[Unit]) -> list[Unit]:
    """The batch as smaller units, for a device that could not hold it; an empty list where it is a single row."""
    if len(batch) > 1:
        return list(batch)
    rows, shared = batch[0].rows, batch[0].shared
    if len(rows) == 1:
        return []
    middle = len(rows) // 2
    return [Unit(half, shared if len(half) > 1 else 0) for half in (rows[:middle], rows[middle:])]


def _tokens(batch: Sequence[Unit]) -> int:
    """Tokens that go through the model, padding counted."""
    rows = sum(len(unit.rows) for unit in batch)
    return len(batch) * max(unit.shared for unit in batch) + rows * max(unit.longest for unit in batch)


def _waste(batch: Sequence[Unit]) -> float:
    """The share of padding."""
    real = sum(len(row.ids) for unit in batch for row in unit.rows)
    real -= sum(unit.shared * (len(unit.rows) - 1) for unit in batch)
    return 1 - real / _tokens(batch)


def _size(unit: Unit) -> tuple[int, int]:
    return unit.longest + unit.shared, unit.longest
