from collections.abc import Mapping
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from reward_agent.errors import ReportError
from reward_agent.reports.paired import PairedReport, compare_runs, mcnemar
from reward_agent.types import Aggregate, Comparison


def run(credits: Mapping[str, float], *, subset: str = "x") -> list[Comparison]:
    return [
        Comparison(id=id, sample_id=id.split("/")[0], subset=subset, credit=credit, published=credit)
        for id, credit in credits.items()
    ]


def test_figures_worked_out_by_hand() -> None:
    a = run({"1": 1, "2": 0, "3": 0.5, "4": 0})
    b = run({"1": 1, "2": 1, "3": 1, "4": 0.5})
    overall = compare_runs("A", a, "B", b, []).overall
    assert (overall.n, overall.accuracy_a, overall.accuracy_b, overall.difference) == (4, 0.375, 0.875, 0.5)
    assert (overall.only_a_right, overall.only_b_right) == (0, 2)
    assert overall.p_value == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("b", "c", "p"), [(0, 0, 1.0), (5, 5, 1.0), (1, 0, 1.0), (0, 6, 2 / 64), (2, 8, 2 * 56 / 1024)]
)
def test_mcnemars_test_by_hand(b: int, c: int, p: float) -> None:
    assert mcnemar(b, c) == pytest.approx(p)


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemars_test_is_the_exact_binomial_tail(b: int, c: int) -> None:
    tail = Fraction(sum(comb(b + c, k) for k in range(min(b, c) + 1)), 2 ** (b + c))
    assert mcnemar(b, c) == pytest.approx(float(min(Fraction(1), 2 * tail)), rel=1e-9)
    assert mcnemar(b, c) == mcnemar(c, b)


def test_mcnemars_test_takes_large_counts() -> None:
    assert mcnemar(50_000, 50_000) == pytest.approx(1.0)
    assert mcnemar(40_000, 60_000) < 1e-300


@given(st.lists(st.tuples(*[st.sampled_from([0.0, 0.5, 1.0])] * 2), min_size=1, max_size=30))
def test_swapping_the_runs_turns_every_sign(credits: list[tuple[float, float]]) -> None:
    a = run({f"{k // 2}/{k}": first for k, (first, _) in enumerate(credits)})
    b = run({f"{k // 2}/{k}": second for k, (_, second) in enumerate(credits)})
    one, other = compare_runs("a", a, "b", b, []).overall, compare_runs("b", b, "a", a, []).overall
    assert one.difference is not None
    assert other.difference == -one.difference
    assert one.ci95 is not None
    assert other.ci95 == pytest.approx((-one.ci95[1], -one.ci95[0]))
    assert -1 <= one.ci95[0] <= one.difference + 1e-12
    assert one.difference - 1e-12 <= one.ci95[1] <= 1
    assert (other.only_a_right, other.p_value) == (one.only_b_right, one.p_value)


def test_what_only_one_run_has_is_counted_named_and_in_no_figure() -> None:
    a = run({"1": 1, "2": 1} | {f"a{k}": 0 for k in range(7)})
    b = run({"2": 1, "b": 0})
    report = compare_runs("A", a, "B", b, [])
    assert (report.overall.n, report.overall.accuracy_a) == (1, 1.0)
    assert (report.unmatched_a, report.unmatched_b) == (8, 1)
    assert report.unmatched_ids_a == ("1", "a0", "a1", "a2", "a3")
    assert report.unmatched_ids_b == ("b",)


@pytest.mark.parametrize("b", [run({"2": 1}), []])
def test_runs_with_no_question_in_common_are_refused(b: list[Comparison]) -> None:
    with pytest.raises(ReportError, match="no question in common"):
        compare_runs("A", run({"1": 1}), "B", b, [])


def test_subsets_and_aggregates_have_their_own_difference() -> None:
    a = run({"1": 1, "2": 1}, subset="x") + run({"3": 0}, subset="y")
    b = run({"1": 0, "2": 1}, subset="x") + run({"3": 1}, subset="y")
    report = compare_runs("A", a, "B", b, [Aggregate(name="overall", weights={"x": 1, "y": 3})])
    assert list(report.subsets) == ["x", "y"]
    assert report.subsets["x"].difference == -0.5
    assert report.subsets["y"].difference == 1
    assert report.overall.difference == pytest.approx((-0.5 + 3) / 4)


def test_pairing_gives_a_narrower_interval_than_the_accuracies_alone() -> None:
    a = run({f"{k:03}": float(k % 2) for k in range(200)})
    b = run({f"{k:03}": 1.0 if k < 10 else float(k % 2) for k in range(200)})
    low, high = compare_runs("A", a, "B", b, []).overall.ci95 or (0, 0)
    assert 0 < low < 0.025 < high < 0.06


def test_a_paired_report_survives_the_way_to_json_and_back() -> None:
    report = compare_runs("A", run({"1": 1, "2": 0}), "B", run({"1": 0, "2": 0, "3": 1}), [])
    adapter = TypeAdapter(PairedReport)
    assert adapter.validate_json(adapter.dump_json(report)) == report
