"""Two runs on the same benchmark, compared question by question.

report = compare_runs("offline", comparisons_a, "vllm", comparisons_b, aggregates)
report.overall.difference, report.overall.ci95, report.overall.p_value
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reward_agent.errors import ReportError
from reward_agent.reports.divisions import Division, divide
from reward_agent.reports.intervals import Outcome, interval95
from reward_agent.types import Aggregate, Comparison

NAMED = 5
"""How many unmatched ids a report names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedFigures:
    """One division of the benchmark, over the `n` comparisons that both runs have.

    `difference` is accuracy B − accuracy A, in [−1, 1]; `ci95` its 95 % interval by drawing samples, with both
    answers to each. `only_a_right` and `only_b_right` count the comparisons that one run got fully right (credit 1)
    and the other did not: the b and c of McNemar's exact two-sided test, whose `p_value` takes comparisons as
    independent and unweighted, which the interval does not.
    """

    n: int
    accuracy_a: float | None
    accuracy_b: float | None
    difference: float | None
    ci95: tuple[float, float] | None
    only_a_right: int
    only_b_right: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedReport:
    """The comparison of runs A and B. `unmatched_a` counts the comparisons that only A has; `unmatched_ids_a`
    names the first few."""

    name_a: str
    name_b: str
    overall: PairedFigures
    subsets: Mapping[str, PairedFigures]
    unmatched_a: int
    unmatched_b: int
    unmatched_ids_a: tuple[str, ...]
    unmatched_ids_b: tuple[str, ...]


def compare_runs(
    name_a: str,
    comparisons_a: Sequence[Comparison],
    name_b: str,
    comparisons_b: Sequence[Comparison],
    aggregates: Sequence[Aggregate],
) -> PairedReport:
    """The paired difference, matched by comparison id; subsets as run A has them.

    Raises ReportError when no id is in both runs, or the aggregates cannot be told apart.
    """
    in_b = {comparison.id: comparison for comparison in comparisons_b}
    in_a = {comparison.id for comparison in comparisons_a}
    pairs = [(a, in_b[a.id]) for a in comparisons_a if a.id in in_b]
    if not pairs:
        raise ReportError(
            f"{name_a} ({len(comparisons_a)} comparisons) and {name_b} ({len(comparisons_b)}) have no question in "
            "common, so there is no difference to report. Compare two runs on the same data."
        )
    only_a = [comparison.id for comparison in comparisons_a if comparison.id not in in_b]
    only_b = [comparison.id for comparison in comparisons_b if comparison.id not in in_a]
    divisions, overall = divide((a.subset for a, _ in pairs), aggregates)
    parts: dict[str, list[tuple[Comparison, Comparison]]] = {}
    for pair in pairs:
        parts.setdefault(pair[0].subset, []).append(pair)
    return PairedReport(
        name_a=name_a,
        name_b=name_b,
        overall=_figures(parts, overall),
        subsets={division.name: _figures(parts, division) for division in divisions},
        unmatched_a=len(only_a),
        unmatched_b=len(only_b),
        unmatched_ids_a=tuple(only_a[:NAMED]),
        unmatched_ids_b=tuple(only_b[:NAMED]),
    )


def mcnemar(b: int, c: int) -> float:
    """The exact two-sided p-value of McNemar's test for `b` and `c` discordant pairs; 1.0 where there are none.

    Twice the smaller tail of Binomial(b + c, 1/2), at most 1.
    """
    n = b + c
    log_scale = math.lgamma(n + 1) - n * math.log(2)
    terms = (math.exp(log_scale - math.lgamma(k + 1) - math.lgamma(n - k + 1)) for k in range(min(b, c) + 1))
    return min(1.0, 2 * math.fsum(terms))


def _figures(parts: Mapping[str, Sequence[tuple[Comparison, Comparison]]], division: Division) -> PairedFigures:
    members = [pair for subset in division.weights for pair in parts[subset]]
    accuracy_a = division.mean({s: [a.credit for a, _ in parts[s]] for s in division.weights})
    accuracy_b = division.mean({s: [b.credit for _, b in parts[s]] for s in division.weights})
    only_a = sum(a.credit == 1 != b.credit for a, b in members)
    only_b = sum(b.credit == 1 != a.credit for a, b in members)
    return PairedFigures(
        n=len(members),
        accuracy_a=accuracy_a,
        accuracy_b=accuracy_b,
        difference=None if accuracy_a is None or accuracy_b is None else accuracy_b - accuracy_a,
        ci95=interval95(
            [Outcome(a.sample_id, a.subset, b.credit - a.credit) for a, b in members],
            division,
            lowest=-1.0,
            highest=1.0,
        ),
        only_a_right=only_a,
        only_b_right=only_b,
        p_value=mcnemar(only_a, only_b),
    )
