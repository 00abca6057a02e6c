from dataclasses import replace
from io import StringIO

from rich.console import Console

from reward_agent.reports.best_of_n import (
    BestOfNReport,
    BudgetFigures,
    Evaluation,
    PairedCurves,
    PairedPoint,
    SizeFigures,
)
from reward_agent.reports.best_of_n_pages import (
    best_of_n_markdown,
    best_of_n_table,
    paired_curves_markdown,
    paired_curves_table,
    signed,
)
from reward_agent.reports.curve import curve_of
from reward_agent.reports.metrics import Integrity
from reward_agent.types import Usage

CURVE = curve_of(
    "exact match",
    (1, 8),
    {"reward agent": [[0.25, 1.0], [0.25, 0.5]], "random": [[0.25, 0.25]] * 2, "best possible": [[0.25, 1.0]] * 2},
    lowest=0.0,
    highest=1.0,
)
BUDGET = BudgetFigures(
    told="0.5",
    candidates=100,
    allowed=50,
    asked=40,
    settled=3,
    by_lot=1,
    fell_back=2,
    audited=10,
    same=0.9,
    ci95=(0.7, 1.0),
    calls=80,
    full_calls=200,
)
REPORT = BestOfNReport(
    preset="offline",
    version="0",
    n=2,
    missing=0,
    unjudged=0,
    fewest=8,
    most=8,
    sizes=(SizeFigures(size=1, prompts=2, short=0, tied=0, unjudged=0),),
    skipped=(16, 32),
    evaluation=Evaluation(evaluator="triviaqa", measure="exact match", unit="0 or 1", evaluated=2, missing=0),
    curves=(CURVE,),
    budget=None,
    integrity=Integrity(rows=2, set_aside=0, duplicates=0, label_counts={}, fingerprint="f", problems=()),
    signals={},
    failures={},
    usage=Usage(),
)


def shown(renderable: object) -> str:
    out = StringIO()
    Console(file=out, width=200, color_system=None).print(renderable)
    return out.getvalue()


def test_page_and_terminal_show_the_curve_and_how_far_it_comes() -> None:
    for text in (best_of_n_markdown(REPORT, plots=["curve.png", "curve.svg"]), shown(best_of_n_table(REPORT))):
        assert "0.750" in text
        assert "0.67" in text
        assert "the sizes 16, 32" in text
    assert "![The curve](curve.svg)" in best_of_n_markdown(REPORT, plots=["curve.png", "curve.svg"])
    assert "curve.svg" not in best_of_n_markdown(REPORT)


def test_warnings_come_first() -> None:
    report = replace(REPORT, missing=1, unjudged=1)
    page = best_of_n_markdown(report)
    assert page.startswith("> **WARNING: 1 of 2 samples are not fully judged")
    assert "unjudged: no signal could decide" in page.split("# best-of-n")[0]
    assert shown(best_of_n_table(report)).startswith("WARNING")


def test_a_budget_says_what_was_saved_and_whether_the_picks_differ() -> None:
    page = best_of_n_markdown(replace(REPORT, budget=BUDGET))
    assert "40 of 100 candidates got the expensive signals (60.0 % saved; allowed 50)" in page
    assert "80 questions to models instead of 200" in page
    assert "the pick is the same in 90.0 %" in page
    assert "lots decided" in page
    assert "the second round decided nothing" in page


def test_a_budget_without_an_audit_says_that_nobody_looked() -> None:
    page = best_of_n_markdown(replace(REPORT, budget=replace(BUDGET, audited=0, same=None, ci95=None)))
    assert "was not looked at; --audit 50" in page


def test_no_value_no_curve_and_a_line_that_says_why() -> None:
    missing = Evaluation(
        evaluator="triviaqa", measure="exact match", unit="0 or 1", evaluated=0, missing=2, reasons=("no answers",)
    )
    page = best_of_n_markdown(replace(REPORT, curves=(), evaluation=missing))
    assert "2 prompts have no value for every candidate and are in no curve: no answers" in page
    assert "there is no curve" in page


def test_markup_from_data_is_no_markup() -> None:
    missing = replace(REPORT.evaluation, missing=1, reasons=("<script>alert(1)</script> [x](y)",))  # type: ignore[type-var]
    page = best_of_n_markdown(replace(REPORT, evaluation=missing))
    assert "<script>" not in page
    assert "[x](y)" not in page


def test_two_runs_show_both_values_and_the_difference() -> None:
    point = PairedPoint(size=8, a=0.5, b=0.75, difference=0.25, ci95=(-0.1, 0.6))
    paired = PairedCurves(name_a="one", name_b="two", metric="exact match", n=9, only_a=1, only_b=0, points=(point,))
    for text in (paired_curves_markdown(paired), shown(paired_curves_table(paired))):
        assert "+0.250 (−0.100 to +0.600)" in text
        assert "Only in A, and in no figure: 1 prompts" in text


def test_a_difference_of_nothing_has_no_sign() -> None:
    assert signed(-0.0001) == "0.000"
    assert signed(-0.5) == "−0.500"
