"""What a figure is made of: the leaf subsets it counts and how much each weighs.

A benchmark's rows lie in leaf subsets. Its aggregates are weighted means of subsets or of earlier aggregates; here
they are resolved to weights on the leaves, so that a figure and its interval are computed in one way.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from reward_agent.errors import ReportError
from reward_agent.types import Aggregate

OVERALL = "overall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """`weights` by leaf subset, of those that have a row; `pooled` where they are only the subsets' shares of the
    rows, so that the figure is the plain mean over all comparisons."""

    name: str
    weights: Mapping[str, float]
    pooled: bool = False

    def mean(self, values: Mapping[str, Sequence[float]]) -> float | None:
        """The figure, from the values of each subset: those without a value are left out and the rest rescaled;
        None with none left."""
        present = {subset: values[subset] for subset in self.weights if values.get(subset)}
        if self.pooled:
            return _mean(list(chain.from_iterable(present.values()))) if present else None
        total = math.fsum(self.weights[subset] for subset in present)
        if not total:
            return None
        # fsum rounds once and so keeps the order: the mean of figures in [0, 1] cannot come out above 1.
        return math.fsum(self.weights[subset] * _mean(part) for subset, part in present.items()) / total


def divide(subsets: Iterable[str], aggregates: Sequence[Aggregate]) -> tuple[list[Division], Division]:
    """The figures to report, leaves first in the order first seen, then the aggregates; and apart, the overall one.

    `subsets` names the leaf of every comparison, one entry a comparison. An aggregate none of whose subsets has a
    row is left out. Raises ReportError where an aggregate has the name of a subset or of another aggregate.
    """
    sizes: dict[str, int] = {}
    for subset in subsets:
        sizes[subset] = sizes.get(subset, 0) + 1
    leaves = {name: Division(name=name, weights={name: 1.0}) for name in sizes}
    resolved: dict[str, Division] = dict(leaves)
    for aggregate in aggregates:
        if aggregate.name in resolved:
            raise ReportError(
                f"the aggregate {aggregate.name!r} has the name of another figure of this benchmark; rename it or "
                "the subset, so that each figure can be told apart."
            )
        resolved[aggregate.name] = Division(name=aggregate.name, weights=_on_leaves(aggregate, resolved))
    made = [division for name, division in resolved.items() if name not in leaves]
    named = next((division for division in made if division.name == OVERALL), None)
    overall = named or Division(name=OVERALL, weights={k: float(n) for k, n in sizes.items()}, pooled=True)
    return [*leaves.values(), *(d for d in made if d.weights and d is not named)], overall


def _on_leaves(aggregate: Aggregate, resolved: Mapping[str, Division]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for name, weight in aggregate.weights.items():
        part = resolved[name].weights if name in resolved else {}
        total = math.fsum(part.values())
        for subset, share in part.items():
            weights[subset] = weights.get(subset, 0.0) + weight * share / total
    return {subset: weight for subset, weight in weights.items() if weight > 0}


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
