"""The rule most benchmarks share: does the better candidate score higher than the worse one?

Candidates may have been shown in one order or in both. Each order says +1 (the better scores higher), -1 or 0, and
the sign of the sum decides, which is JudgeBench's rule and, with one order, the strict comparison of the others.
"""

from collections.abc import Mapping, Sequence

from reward_agent.types import Comparison, LabeledSample

# One entry an order in which the candidates were shown, aligned to their original order; None where unjudged.
Orders = Sequence[Sequence[float] | None]


def judged_orders(orders: Orders) -> list[Sequence[float]]:
    """The orders that were judged."""
    return [scores for scores in orders if scores is not None]


def pair_comparison(*, id: str, sample_id: str, subset: str, orders: Orders, better: int, worse: int) -> Comparison:
    """Whether candidate `better` beats candidate `worse`."""
    signs = [_sign(scores[better], scores[worse]) for scores in judged_orders(orders)]
    total = sum(signs)
    return Comparison(
        id=id,
        sample_id=sample_id,
        subset=subset,
        credit=0.5 if total == 0 else float(total > 0),
        published=float(total > 0),
        judged=bool(signs),
        tied=bool(signs) and total == 0,
        flipped=len(set(signs)) > 1,
    )


def compare_pairs(samples: Sequence[LabeledSample], scores: Mapping[str, Orders]) -> list[Comparison]:
    """One comparison for each (best, rest) pair of candidates; a sample with one pair lends it its id."""
    return [
        pair_comparison(
            id=labeled.sample.id if len(labeled.sample.candidates) == 2 else f"{labeled.sample.id}/{better}-{worse}",
            sample_id=labeled.sample.id,
            subset=labeled.subset,
            orders=scores.get(labeled.sample.id, ()),
            better=better,
            worse=worse,
        )
        for labeled in samples
        for better in labeled.best
        for worse in labeled.rest
    ]


def _sign(better: float, worse: float) -> int:
    return (better > worse) - (better < worse)
