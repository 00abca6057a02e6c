from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.reports.markdown import benchmark_markdown, escaped, paired_markdown
from reward_agent.reports.metrics import BenchmarkReport
from reward_agent.reports.paired import compare_runs
from reward_agent.types import Comparison, Usage


def test_the_page_begins_with_the_warning_about_duplicates(report: BenchmarkReport) -> None:
    assert benchmark_markdown(report).startswith("> **WARNING: 2 of 27 rows repeat an earlier row.")


def test_a_clean_run_begins_with_its_title(report: BenchmarkReport) -> None:
    clean = replace(report, integrity=replace(report.integrity, duplicates=0, set_aside=0))
    assert benchmark_markdown(clean).startswith("# pairs, preset offline\n")


def test_a_run_that_was_stopped_says_so_first(report: BenchmarkReport) -> None:
    assert benchmark_markdown(replace(report, missing=3)).startswith(
        "> **WARNING: 3 of 4 samples have no judgment: the run is not finished."
    )


@pytest.mark.parametrize(
    "line",
    [
        "**Accuracy 50.0 % (0.0–100.0) on 4 comparisons; coverage 75.0 %, 1 tie, 1 sample with a failure.**",
        "| subset | n | accuracy % (95 %) | longer wins % | shorter wins % | coverage % | ties | failures "
        "| published rule % | flipped |",
        "| chat | 2 | 50.0 (0.0–100.0) | 100.0 | 0.0 | 100.0 | 0 | 0 | 50.0 | 1 |",
        "- 1 unjudged: no signal scored every candidate; counted 0.5.",
        "- 1 tie: judged, and the scores are equal; counted 0.5.",
        "- 1 flipped: the answer changed with the order of the candidates.",
        "| instructions | 3 | 1 | 0 | 0.643 |",
        "| factuality: timeout | 1 |",
        "- 27 rows read, 23 set aside, 2 duplicates; fingerprint sha256:12ab.",
        "- Labels: A&gt;B 3, B&gt;A 1.",
        "- set aside: rows.jsonl:1: label 'A&lt;B' is not known. Use A&gt;B or B&gt;A.",
        "- and 3 more in integrity.json.",
        "No model was asked.",
    ],
)
def test_the_page_has_the_line(report: BenchmarkReport, line: str) -> None:
    if line.startswith("**Accuracy"):
        low, high = report.overall.ci95 or (0, 0)
        line = line.replace("0.0–100.0", f"{100 * low:.1f}–{100 * high:.1f}")
    assert line in benchmark_markdown(report).splitlines()


def test_the_published_figure_is_left_out_where_it_is_the_same(report: BenchmarkReport) -> None:
    overall = replace(report.overall, published=report.overall.accuracy)
    page = benchmark_markdown(replace(report, overall=overall, subsets={}))
    assert "ublished rule" not in page


def test_names_from_data_cannot_be_html_or_end_a_cell(report: BenchmarkReport) -> None:
    page = benchmark_markdown(report)
    assert "| &lt;b&gt;x\\|y&lt;/b&gt; | 2 |" in page
    assert "<b>" not in page


def test_set_aside_rows_are_bounded_to_the_first_twenty(report: BenchmarkReport) -> None:
    page = benchmark_markdown(report)
    assert "rows.jsonl:20:" in page
    assert "rows.jsonl:21:" not in page


def test_a_hundred_subsets_are_shown_and_the_rest_counted(report: BenchmarkReport) -> None:
    many = {f"s{k}": report.overall for k in range(130)}
    page = benchmark_markdown(replace(report, subsets=many))
    assert "| s99 |" in page
    assert "| s100 |" not in page
    assert "and 30 more in report.json" in page


def test_usage_is_spelled_out(report: BenchmarkReport) -> None:
    used = replace(report, usage=Usage(calls=1234, tokens=56_789, cached=1, seconds=12.34))
    line = "1,234 model calls, 1 answered from the cache, 56,789 tokens, 12.3 s spent waiting."
    assert line in benchmark_markdown(used)


def test_an_empty_run_says_so(report: BenchmarkReport) -> None:
    nothing = replace(
        report.overall, n=0, accuracy=None, ci95=None, coverage=None, published=None, ties=0, failures=0, flipped=0
    )
    page = benchmark_markdown(replace(report, n=0, overall=nothing, subsets={}))
    assert "Nothing to report: no comparison was made." in page
    assert "| **overall** | **0** | **–** |" in page


@given(st.text())
def test_an_escaped_text_is_one_line_that_can_stand_in_a_table(text: str) -> None:
    line = escaped(text, limit=50)
    assert "\n" not in line
    assert "<" not in line
    assert line.replace("\\\\", "").count("|") == line.replace("\\\\", "").count("\\|")


def test_names_with_underscores_stay_readable() -> None:
    assert escaped("chat_hard _now_ v1.2-b", limit=50) == "chat_hard \\_now\\_ v1.2-b"


def test_two_runs_compared() -> None:
    def run(credits: str) -> list[Comparison]:
        return [
            Comparison(id=f"q{k}", sample_id=f"q{k}", subset="x|y", credit=float(c), published=float(c))
            for k, c in enumerate(credits)
        ]

    page = paired_markdown(compare_runs("runs/a_1", run("110011"), "<b>", run("11100"), [])).splitlines()
    assert "- A: runs/a_1" in page
    assert "- B: &lt;b&gt;" in page
    assert any(line.startswith("| x\\|y | 5 | 60.0 | 60.0 | 0.0 (") for line in page)
    assert any(line.endswith("| 1 | 1 | 1.000 |") for line in page)
    assert "- Only in A, and in no figure: 1 (q5)." in page
