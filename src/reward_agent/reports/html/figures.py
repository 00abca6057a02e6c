"""Figures of the whole run, counted in its index: outcomes, what each signal did, how scores and margins lie."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reward_agent.reports.divisions import Division
from reward_agent.reports.html.index import RunIndex
from reward_agent.reports.intervals import Outcome as Value
from reward_agent.reports.intervals import interval95
from reward_agent.types import Usage

BINS = 20
CHANCE_BINS = 8
SUBSETS = 40
SIGNALS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Counts in equal bins from `low` to `high`, a list for each of `names`."""

    title: str
    low: float
    high: float
    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Of `n` samples whose first and second candidate lie about `margin` apart, the share in which the higher one is
    right, with Wilson's 95 % interval."""

    margin: float
    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLine:
    """What one signal did over the run: samples in which it was for the answer key (without one: for the decision),
    level, against it, or silent; in which it decided, and of these, in which the outcome was right."""

    name: str
    kind: str
    support: int
    level: int
    oppose: int
    silent: int
    failed: int
    decided: int
    decided_right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """Where a run stands. `accuracy` is the mean credit of the judged samples of each subset and of all, by sample."""

    total: int
    judged: int
    outcomes: Mapping[str, int]
    failed: int
    accuracy: float | None
    ci95: tuple[float, float] | None
    subsets: Mapping[str, tuple[int, float | None]]


def so_far(index: RunIndex) -> SoFar:
    """From the rows alone."""
    outcomes = dict(index.rows("SELECT outcome, count(*) FROM samples GROUP BY outcome"))
    total = sum(outcomes.values())
    credits = index.rows(
        "SELECT subset, credit, count(*) FROM samples WHERE credit IS NOT NULL AND outcome != 'waiting' "
        "GROUP BY subset, credit"
    )
    n = sum(count for _, _, count in credits)
    mean = math.fsum(credit * count for _, credit, count in credits) / n if n else None
    number = itertools.count()
    values = [Value(str(next(number)), "all", credit) for _, credit, count in credits for _ in range(count)]
    subsets: dict[str, tuple[int, float | None]] = {}
    for subset, count, credit in index.rows(
        f"SELECT subset, count(*), avg(credit) FROM samples GROUP BY subset ORDER BY min(no) LIMIT {SUBSETS}"  # noqa: S608  # a number
    ):
        subsets[subset] = (count, credit)
    return SoFar(
        total=total,
        judged=total - outcomes.get("waiting", 0),
        outcomes=outcomes,
        failed=int(index.rows("SELECT count(*) FROM samples WHERE failures > 0")[0][0]),
        accuracy=mean,
        ci95=interval95(values, Division(name="all", weights={"all": 1.0}, pooled=True)) if values else None,
        subsets=subsets,
    )


def signal_lines(index: RunIndex) -> list[SignalLine]:
    """By name."""
    failed = dict(index.rows("SELECT source, count(DISTINCT sample) FROM failures GROUP BY source"))
    rows = index.rows(
        "SELECT g.name, min(g.kind), sum(g.side = 1), sum(g.side = 0), sum(g.side = -1), sum(g.side IS NULL), "
        "sum(g.decided), sum(g.decided AND s.outcome IN ('right', 'picked')) "
        "FROM signals g JOIN samples s ON s.no = g.sample GROUP BY g.name ORDER BY g.name"
    )
    lines = [
        SignalLine(
            name=name,
            kind=kind,
            support=support or 0,
            level=level or 0,
            oppose=oppose or 0,
            silent=silent,
            failed=failed.get(name, 0),
            decided=decided,
            decided_right=right,
        )
        for name, kind, support, level, oppose, silent, decided, right in rows
    ]
    named = {line.name for line in lines}
    none = {"kind": "", "support": 0, "level": 0, "oppose": 0, "silent": 0, "decided": 0, "decided_right": 0}
    lines += [
        SignalLine(name=name, failed=count, **none)  # type: ignore[arg-type]  # by name
        for name, count in failed.items()
        if name not in named
    ]
    return lines[:SIGNALS]


def agreement(index: RunIndex) -> dict[tuple[str, str], tuple[int, int, int]]:
    """For each two signals that both spoke: in how many samples they were on one side, on two sides, or one of them
    level."""
    rows = index.rows(
        "SELECT a.name, b.name, sum(a.side * b.side = 1), sum(a.side * b.side = -1), sum(a.side * b.side = 0) "
        "FROM signals a JOIN signals b ON a.sample = b.sample AND a.name < b.name "
        "WHERE a.side IS NOT NULL AND b.side IS NOT NULL GROUP BY a.name, b.name"
    )
    return {(a, b): (same, two, level) for a, b, same, two, level in rows}


def margins(index: RunIndex, *, labelled: bool) -> Histogram | None:
    """How far apart the right and the other candidates came out; without a key, the first and the second."""
    title = "right candidate's score less the best other's" if labelled else "first candidate's score less the second's"
    values = index.rows("SELECT min(margin), max(margin) FROM samples WHERE margin IS NOT NULL")[0]
    if values[0] is None:
        return None
    far = max(abs(values[0]), abs(values[1])) or 1.0
    low = -far if labelled else 0.0
    counts = _binned(
        index, "SELECT {bin}, count(*) FROM samples WHERE margin IS NOT NULL GROUP BY 1", "margin", low, far
    )
    return Histogram(title=title, low=low, high=far, names=("samples",), counts=(counts,))


def distributions(index: RunIndex, *, labelled: bool) -> list[Histogram]:
    """Every signal's scores, of the right candidate (without a key: the first) and of the best other."""
    names = ("right candidate", "best other") if labelled else ("first candidate", "best other")
    found = []
    ranges = index.rows(
        "SELECT name, min(min(high, low)), max(max(high, low)) FROM signals WHERE high IS NOT NULL AND low IS NOT NULL "
        "GROUP BY name ORDER BY name LIMIT ?",
        (SIGNALS,),
    )
    for name, low, high in ranges:
        if low >= 0 and high <= 1:
            low, high = 0.0, 1.0
        if low == high:
            low, high = low - 0.5, high + 0.5
        counts = tuple(
            _binned(
                index,
                "SELECT {bin}, count(*) FROM signals WHERE name = ? AND high + low IS NOT NULL GROUP BY 1",
                column,
                low,
                high,
                (name,),
            )
            for column in ("high", "low")
        )
        found.append(Histogram(title=name, low=low, high=high, names=names, counts=counts))
    return found


def chances(index: RunIndex) -> list[Chance]:
    """How often the higher candidate is the right one, by how far apart the two came out; empty without a key."""
    rows = index.rows(
        "SELECT abs(margin), margin > 0 FROM samples WHERE credit IS NOT NULL AND margin IS NOT NULL AND margin != 0 "
        "ORDER BY 1"
    )
    if len(rows) < 2 * CHANCE_BINS:
        return []
    found = []
    for part in range(CHANCE_BINS):
        group = rows[len(rows) * part // CHANCE_BINS : len(rows) * (part + 1) // CHANCE_BINS]
        n, right = len(group), sum(won for _, won in group)
        low, high = wilson(right, n)
        found.append(
            Chance(margin=math.fsum(margin for margin, _ in group) / n, share=right / n, low=low, high=high, n=n)
        )
    return found


def failure_counts(index: RunIndex) -> list[tuple[str, int]]:
    """By "source: kind", most frequent first."""
    return [
        (f"{source}: {kind}", count)
        for source, kind, count in index.rows(
            "SELECT source, kind, count(*) FROM failures GROUP BY source, kind ORDER BY 3 DESC, 1, 2 LIMIT 100"
        )
    ]


def spent(index: RunIndex) -> dict[str, Usage]:
    """What models were asked for, by role."""
    return {
        role: Usage(calls=calls, tokens=tokens, completion_tokens=completion, cached=cached, seconds=seconds, cost=cost)
        for role, calls, tokens, completion, cached, seconds, cost in index.rows("SELECT * FROM spent ORDER BY role")
    }


def wilson(right: int, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    share, square = right / n, z * z
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = z * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def _binned(
    index: RunIndex, sql: str, column: str, low: float, high: float, values: Sequence[Any] = ()
) -> tuple[int, ...]:
    place = f"min({BINS - 1}, max(0, CAST(({column} - ({low!r})) * {BINS} / ({high!r} - ({low!r})) AS INTEGER)))"
    counts = dict(index.rows(sql.format(bin=place), values))
    return tuple(counts.get(k, 0) for k in range(BINS))
