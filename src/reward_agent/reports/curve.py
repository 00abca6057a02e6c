"""The curve of best-of-n: what the pick is worth against n, one line a way of picking, with 95 % intervals.

    points = {"reward agent": [[0.4, 0.6], ...], "random": [[0.4, 0.4], ...]}       # a row a prompt, a column a size
    curve = curve_of("exact match", sizes=(1, 8), points=points)

Rows are in the order of the prompts' ids, so that the same figures give the same intervals.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reward_agent.reports.intervals import Mean, means95


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One way of picking: the mean value of its picks at each size, with the 95 % interval by a bootstrap over
    prompts."""

    name: str
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """As in curve.json. `metric` names what the values are."""

    metric: str
    sizes: tuple[int, ...]
    methods: tuple[Line, ...]

    def line(self, name: str) -> Line:
        """Raises KeyError where no method has the name."""
        for line in self.methods:
            if line.name == name:
                return line
        raise KeyError(name)


def curve_of(
    metric: str,
    sizes: Sequence[int],
    points: Mapping[str, Sequence[Sequence[float]]],
    *,
    weights: Sequence[float] | None = None,
    lowest: float,
    highest: float,
) -> Curve:
    """The curve; values lie in [`lowest`, `highest`]. `weights`: one a prompt, all equal by default. All methods have
    the same prompts, and at least one."""
    count = len(next(iter(points.values())))
    columns = [[value for rows in points.values() for value in rows[place]] for place in range(count)]
    means = means95(columns, weights or [1.0] * count, lowest=lowest, highest=highest)
    parts = (means[start : start + len(sizes)] for start in range(0, len(means), len(sizes)))
    lines = (_line(name, part) for name, part in zip(points, parts, strict=True))
    return Curve(metric=metric, sizes=tuple(sizes), methods=tuple(lines))


def shares_of_the_way(curve: Curve, name: str, *, worst: str, best: str) -> Iterator[float | None]:
    """At every size, how far a method comes from one line to another: 0 on `worst`, 1 on `best`; None where the two
    meet."""
    rows = zip(curve.line(name).values, curve.line(worst).values, curve.line(best).values, strict=True)
    for value, low, high in rows:
        yield (value - low) / (high - low) if high - low > 1e-9 else None


def _line(name: str, means: Sequence[Mean]) -> Line:
    return Line(
        name=name,
        values=tuple(mean.value for mean in means),
        low=tuple(mean.low for mean in means),
        high=tuple(mean.high for mean in means),
    )
