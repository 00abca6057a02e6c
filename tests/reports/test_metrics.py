import json
import time

import pytest
from pydantic import TypeAdapter

from reward_agent.reports.metrics import BenchmarkReport, Controls, Integrity, SignalFigures, build_report
from reward_agent.types import Aggregate, Comparison, Failure, Judgment, Plan, Signal, Usage, Verdict

CLEAN = Integrity(rows=0, set_aside=0, duplicates=0, label_counts={}, fingerprint="none", problems=())


def answer(id: str, credit: float, *, subset: str = "x", sample: str | None = None) -> Comparison:
    return Comparison(
        id=id, sample_id=sample or id, subset=subset, credit=credit, published=float(credit == 1), tied=credit == 0.5
    )


def judged(id: str, *, failed: str | None = None) -> Judgment:
    failures = (Failure(source=failed, kind="timeout", error="late"),) if failed else ()
    return Judgment(sample_id=id, plan=Plan(checks=(), reason="none"), failures=failures)


def reported(
    comparisons: list[Comparison],
    *,
    aggregates: tuple[Aggregate, ...] = (),
    judgments: tuple[Judgment, ...] = (),
    longer: list[Comparison] | None = None,
    n: int = 0,
) -> BenchmarkReport:
    return build_report(
        benchmark="pairs",
        preset="offline",
        version="1",
        n=n,
        comparisons=comparisons,
        longer=longer or [],
        shorter=[],
        aggregates=aggregates,
        judgments=judgments,
        integrity=CLEAN,
        sample_of=lambda id: id.removesuffix("@reversed"),
    )


def test_figures_worked_out_by_hand(report: BenchmarkReport) -> None:
    overall = report.overall
    assert (overall.n, overall.accuracy, overall.published, overall.coverage) == (4, 0.5, 0.25, 0.75)
    assert (overall.ties, overall.failures, overall.flipped) == (1, 1, 1)
    chat = report.subsets["chat"]
    assert (chat.n, chat.accuracy, chat.coverage, chat.failures) == (2, 0.5, 1.0, 0)
    assert report.subsets["<b>x|y</b>"].failures == 1
    assert report.failures == {"factuality: timeout": 1}


def test_length_controls_stand_beside_every_figure(report: BenchmarkReport) -> None:
    both = Controls(longer_wins=1.0, shorter_wins=0.0)
    assert report.controls == report.overall.controls == report.subsets["chat"].controls == both


def test_controls_are_weighted_as_the_figure_they_stand_beside() -> None:
    rows = [answer("1", 1, subset="x"), answer("2", 0, subset="y"), answer("3", 0, subset="y")]
    overall = Aggregate(name="overall", weights={"x": 1, "y": 1})
    report = reported(rows, aggregates=(overall,), longer=rows)
    assert report.overall.accuracy == report.controls.longer_wins == 0.5
    assert report.controls.shorter_wins is None


def test_an_aggregate_is_a_weighted_mean_and_counts_its_comparisons() -> None:
    rows = [answer("1", 1, subset="x"), answer("2", 0.5, subset="x"), answer("3", 0, subset="y")]
    report = reported(rows, aggregates=(Aggregate(name="both", weights={"x": 1, "y": 3}),))
    assert list(report.subsets) == ["x", "y", "both"]
    assert report.subsets["both"].accuracy == pytest.approx(0.75 / 4)
    assert report.subsets["both"].published == pytest.approx(0.5 / 4)
    assert (report.subsets["both"].n, report.subsets["both"].ties) == (3, 1)
    assert report.overall.accuracy == 0.5


def test_an_empty_run_reports_absence_and_no_made_up_number() -> None:
    overall = reported([]).overall
    assert (overall.n, overall.ties, overall.failures) == (0, 0, 0)
    assert [overall.accuracy, overall.ci95, overall.coverage, overall.published] == [None] * 4


def test_signals_are_counted_by_whether_they_scored_every_candidate(report: BenchmarkReport) -> None:
    assert report.signals["instructions"] == SignalFigures(
        kind="verification", scored=3, abstained=1, failed=0, mean=(3 * 1.5 + 0.0) / 7
    )
    assert report.signals["factuality"] == SignalFigures(kind=None, scored=0, abstained=0, failed=1, mean=None)


def test_a_failed_router_or_judger_is_not_a_signal() -> None:
    report = reported([answer("1", 1)], judgments=(judged("1", failed="route"), judged("2", failed="judge")))
    assert report.signals == {}
    assert report.failures == {"route: timeout": 1, "judge: timeout": 1}


def test_a_sample_judged_in_both_orders_fails_once() -> None:
    twice = (judged("1", failed="m"), judged("1@reversed", failed="m"))
    report = reported([answer("1", 1)], judgments=twice, n=1)
    assert report.overall.failures == report.subsets["x"].failures == 1
    assert report.failures == {"m: timeout": 2}
    assert report.missing == 0


def test_a_failure_is_found_where_comparisons_are_grouped_by_prompt() -> None:
    rows = [answer("p/1", 1, sample="p"), answer("p/2", 0, sample="p")]
    report = reported(rows, judgments=(judged("p/1"), judged("p/2", failed="m")), n=2)
    assert report.overall.failures == report.subsets["x"].failures == 1


def test_the_order_of_the_journal_changes_nothing() -> None:
    sources = ("a", "c", "b", "b")
    judgments = tuple(judged(str(k), failed=source) for k, source in enumerate(sources))
    forth, back = reported([], judgments=judgments), reported([], judgments=judgments[::-1])
    assert forth == back
    assert list(forth.failures) == list(back.failures) == ["b: timeout", "a: timeout", "c: timeout"]


def test_samples_without_a_judgment_are_counted() -> None:
    assert reported([answer("1", 1), answer("2", 0.5)], judgments=(judged("1"),), n=2).missing == 1


def test_usage_is_the_sum_over_judgments() -> None:
    usage = Usage(calls=2, tokens=30, cached=1, seconds=0.5)
    plan = Plan(checks=(), reason="")
    judgments = tuple(Judgment(sample_id=id, plan=plan, usage=usage) for id in "ab")
    assert reported([], judgments=judgments).usage == usage + usage


def test_preference_means_are_in_the_models_own_unit() -> None:
    verdicts = (Verdict(score=-4.0), Verdict(score=1.0))
    judgment = Judgment(
        sample_id="1",
        plan=Plan(checks=(), reason=""),
        signals=(Signal(name="rm", kind="preference", verdicts=verdicts),),
    )
    assert reported([], judgments=(judgment,)).signals["rm"].mean == -1.5


def test_a_report_survives_the_way_to_json_and_back(report: BenchmarkReport) -> None:
    adapter = TypeAdapter(BenchmarkReport)
    assert adapter.validate_json(adapter.dump_json(report)) == report


def test_report_json_has_the_promised_keys(report: BenchmarkReport) -> None:
    tree = json.loads(TypeAdapter(BenchmarkReport).dump_json(report))
    assert {"benchmark", "preset", "n", "overall", "subsets", "controls", "integrity", "usage"} <= set(tree)
    for figures in (tree["overall"], *tree["subsets"].values()):
        assert {"accuracy", "ci95", "coverage", "ties", "failures"} <= set(figures)
    assert set(tree["controls"]) == {"longer_wins", "shorter_wins"}
    assert {"duplicates", "label_counts", "fingerprint"} <= set(tree["integrity"])


def test_three_thousand_comparisons_take_well_under_a_second_of_processor_time() -> None:
    rows = [answer(str(k), (0, 0.5, 1)[k * k % 3], subset=f"s{k % 25}") for k in range(3_000)]
    overall = Aggregate(name="overall", weights={f"s{k}": float(k + 1) for k in range(25)})
    reported(rows[:10], aggregates=(overall,))  # numpy is loaded here
    start = time.thread_time()
    reported(rows, aggregates=(overall,), longer=rows)
    assert time.thread_time() - start < 1
