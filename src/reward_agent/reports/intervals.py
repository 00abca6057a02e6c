"""95 % intervals: a percentile bootstrap over samples, and Wilson's bound where a bootstrap has nothing to say.

Comparisons of one sample are not independent, so whole samples (clusters) are drawn, with replacement. A figure that
weighs subsets is stratified: clusters are drawn within the group that touches the same subsets, so every resample
has the benchmark's own make-up.

When every outcome is alike, all resamples are alike too and the interval would have no width, which lies: ten right
of ten do not prove that all are. Then the interval is Wilson's: the share of outcomes that would have been otherwise
is at most u = z²/(n + z²), and these are taken as far off as credits can be. For all right it is [1 − u, 1].

The same figures give the same interval, always: the seed is a constant and clusters are taken in order of their ids.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from reward_agent.reports.divisions import Division

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RESAMPLES = 2_000
SEED = 20_250_226
SMALLEST_STRATUM = 5
"""Strata of fewer clusters are drawn as one: a stratum of one cluster would never vary."""

_Z = 1.959963984540054
_BLOCK = 2_000_000
_MARGIN = 1e-12


class Outcome(NamedTuple):
    """One value of one comparison; those of a `cluster` are drawn together."""

    cluster: str
    subset: str
    value: float


Kind = tuple[tuple[str, int, float], ...]
"""What a cluster holds: for each subset it touches, how many values and their sum."""

Stratum = dict[Kind, int]
"""Clusters of one kind are exchangeable, so they are counted: drawing kinds by a multinomial with these counts is
exactly drawing clusters with replacement, and where credits are 0, 0.5 or 1 there are few kinds."""


def interval95(
    outcomes: Iterable[Outcome], division: Division, *, lowest: float = 0.0, highest: float = 1.0
) -> tuple[float, float] | None:
    """The 95 % interval of the division's weighted mean; values lie in [`lowest`, `highest`].

    None without outcomes, or where the division weighs none of their subsets.
    """
    values: dict[str, list[float]] = {}
    chosen = [outcome for outcome in outcomes if outcome.subset in division.weights]
    for outcome in chosen:
        values.setdefault(outcome.subset, []).append(outcome.value)
    estimate = division.mean(values)
    if estimate is None:
        return None
    # A pooled figure is that of one big subset.
    weights = {"": 1.0} if division.pooled else division.weights
    strata = _strata((o.cluster, "" if division.pooled else o.subset, o.value) for o in chosen)
    if all(len(stratum) == 1 for stratum in strata):
        return _otherwise(estimate, _effective(strata, weights), lowest, highest)
    import numpy as np

    low, high = np.quantile(_resampled(strata, weights), (0.025, 0.975)).tolist()
    if high - low <= _MARGIN:
        return _otherwise(estimate, _effective(strata, weights), lowest, highest)
    # Leaving out subsets that come up empty can shift a resample; an interval still holds its own estimate.
    return max(lowest, min(low, estimate)), min(highest, max(high, estimate))


class Mean(NamedTuple):
    """A weighted mean with its 95 % interval."""

    value: float
    low: float
    high: float


def means95(rows: Sequence[Sequence[float]], weights: Sequence[float], *, lowest: float, highest: float) -> list[Mean]:
    """The weighted mean of every column over the rows, with its 95 % interval by drawing rows.

    All columns see the same resamples, so that figures of the same rows (the points of curves) go together. A row is a
    cluster, and has one value a column, in [`lowest`, `highest`]; rows come in the order of their ids. Raises
    ValueError without rows.
    """
    if not rows:
        raise ValueError("a mean needs at least one row")
    import numpy as np

    weight = np.array(weights)
    weighed = np.array(rows) * weight[:, None]
    means = weighed.sum(axis=0) / weight.sum()
    rng = np.random.default_rng(SEED)
    drawn = np.empty((RESAMPLES, means.size))
    step = max(1, _BLOCK // len(rows))
    for start in range(0, RESAMPLES, step):
        stop = min(start + step, RESAMPLES)
        times = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=stop - start).astype(float)
        drawn[start:stop] = (times @ weighed) / (times @ weight)[:, None]
    bounds = np.quantile(drawn, (0.025, 0.975), axis=0)
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    found = []
    for mean, low, high in zip(means.tolist(), *bounds.tolist(), strict=True):
        if high - low <= _MARGIN:
            low, high = _otherwise(mean, effective, lowest, highest)
        found.append(Mean(mean, max(lowest, min(low, mean)), min(highest, max(high, mean))))
    return found


def _strata(outcomes: Iterable[tuple[str, str, float]]) -> list[Stratum]:
    """The clusters, by the set of subsets they touch; small groups as one."""
    touched: dict[str, dict[str, tuple[int, float]]] = {}
    for cluster, subset, value in outcomes:
        parts = touched.setdefault(cluster, {})
        count, total = parts.get(subset, (0, 0.0))
        parts[subset] = (count + 1, total + value)
    strata: dict[tuple[str, ...], Counter[Kind]] = {}
    for _, parts in sorted(touched.items()):
        subsets = tuple(sorted(parts))
        strata.setdefault(subsets, Counter())[tuple((s, *parts[s]) for s in subsets)] += 1
    large = [dict(stratum) for stratum in strata.values() if stratum.total() >= SMALLEST_STRATUM]
    small: Stratum = {}
    for stratum in strata.values():
        if stratum.total() < SMALLEST_STRATUM:
            small.update(stratum)  # kinds of different strata touch different subsets, so none is overwritten
    return [*large, small] if small else large


def _resampled(strata: Sequence[Stratum], weights: Mapping[str, float]) -> "NDArray[np.float64]":
    """The weighted mean in each of `RESAMPLES` resamples."""
    import numpy as np

    subsets = _subsets(strata)
    column = {subset: k for k, subset in enumerate(subsets)}
    sums, counts = np.zeros((2, RESAMPLES, len(subsets)))
    rng = np.random.default_rng(SEED)
    for stratum in strata:
        touched = _subsets([stratum])
        where = [column[subset] for subset in touched]
        value, size = _cells(stratum, touched)
        clusters = np.array(list(stratum.values()))
        step = max(1, _BLOCK // len(stratum))
        for start in range(0, RESAMPLES, step):
            stop = min(start + step, RESAMPLES)
            drawn = rng.multinomial(clusters.sum(), clusters / clusters.sum(), size=stop - start).astype(float)
            sums[start:stop, where] += drawn @ value
            counts[start:stop, where] += drawn @ size
    present = np.array([weights[subset] for subset in subsets]) * (counts > 0)
    total = present.sum(axis=1)
    means = (sums / np.maximum(counts, 1) * present).sum(axis=1)
    return np.asarray(means[total > 0] / total[total > 0])


def _cells(stratum: Stratum, touched: Sequence[str]) -> tuple["NDArray[np.float64]", "NDArray[np.float64]"]:
    """The sums and the numbers of values, kinds × subsets touched."""
    import numpy as np

    column = {subset: k for k, subset in enumerate(touched)}
    value, size = np.zeros((2, len(stratum), len(touched)))
    for row, kind in enumerate(stratum):
        for subset, count, total in kind:
            value[row, column[subset]] = total
            size[row, column[subset]] = count
    return value, size


def _subsets(strata: Iterable[Stratum]) -> list[str]:
    return sorted({subset for stratum in strata for kind in stratum for subset, _, _ in kind})


def _effective(strata: Sequence[Stratum], weights: Mapping[str, float]) -> float:
    """Kish's effective number of clusters: (Σ w)² / Σ w², where w is what a cluster weighs in the figure."""
    sizes: Counter[str] = Counter()
    for stratum in strata:
        for kind, clusters in stratum.items():
            for subset, count, _ in kind:
                sizes[subset] += count * clusters
    weighed = [
        (math.fsum(weights[subset] * count / sizes[subset] for subset, count, _ in kind), clusters)
        for stratum in strata
        for kind, clusters in stratum.items()
    ]
    total = math.fsum(weight * clusters for weight, clusters in weighed)
    return total**2 / math.fsum(weight**2 * clusters for weight, clusters in weighed)


def _otherwise(estimate: float, n: float, lowest: float, highest: float) -> tuple[float, float]:
    """Wilson's bound u on the share of outcomes that would have been otherwise, spent on either side."""
    share = _Z**2 / (n + _Z**2)
    return (1 - share) * estimate + share * lowest, (1 - share) * estimate + share * highest
