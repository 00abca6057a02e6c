import io
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

from reward_agent.reports.metrics import BenchmarkReport
from reward_agent.reports.paired import compare_runs
from reward_agent.reports.render import benchmark_table, paired_table
from reward_agent.types import Comparison, Failure


def shown(renderable: RenderableType, *, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def test_the_first_line_is_the_warning_about_duplicates(report: BenchmarkReport) -> None:
    assert shown(benchmark_table(report)).startswith("WARNING: 2 of 27 rows repeat an earlier row.")


def test_every_figure_fits_eighty_columns(report: BenchmarkReport) -> None:
    text = shown(benchmark_table(report))
    row = next(line for line in text.splitlines() if line.startswith("overall"))
    assert row.split()[1] == "4"
    assert row.split()[-6:] == ["100.0", "0.0", "75.0", "1", "1", "25.0"]
    assert max(len(line) for line in text.splitlines()) <= 80


def test_markup_in_a_name_is_shown_and_not_obeyed(report: BenchmarkReport) -> None:
    hostile = replace(report, subsets={"[red]x[/red]\x1b[2J": report.overall}, benchmark="[link=x]b[/link]")
    text = shown(benchmark_table(hostile), width=160)
    assert "[red]x[/red]␛[2J" in text
    assert "[link=x]b[/link], preset offline" in text
    assert "\x1b" not in text


def test_problems_are_cut_short_in_the_terminal(report: BenchmarkReport) -> None:
    text = shown(benchmark_table(report))
    assert "rows.jsonl:5:" in text
    assert "rows.jsonl:6:" not in text
    assert "and 18 more in integrity.json." in text


@pytest.mark.parametrize("width", [20, 40, 200])
def test_any_width_can_be_printed(report: BenchmarkReport, width: int) -> None:
    assert "No model was asked." in shown(benchmark_table(report), width=width)


def test_columns_without_room_are_left_out_and_counted(report: BenchmarkReport) -> None:
    text = shown(benchmark_table(report), width=40)
    row = next(line for line in text.splitlines() if line.startswith("overall"))
    low, high = report.overall.ci95 or (0, 0)
    assert row.split() == ["overall", "4", "50.0", f"({100 * low:.1f}–{100 * high:.1f})", "100.0"]
    assert "columns without room here: 5;" in text


def test_failures_are_named_by_reason(report: BenchmarkReport) -> None:
    failure = Failure(source="factuality", kind="timeout", error="")
    assert f"{failure.source}: {failure.kind}" in shown(benchmark_table(report))


def test_two_runs_compared() -> None:
    def run(credits: str) -> list[Comparison]:
        return [
            Comparison(id=f"q{k}", sample_id=f"q{k}", subset="[b]x", credit=float(c), published=float(c))
            for k, c in enumerate(credits)
        ]

    text = shown(paired_table(compare_runs("runs/[a]", run("0000011"), "b", run("111111"), [])))
    assert text.startswith("A: runs/[a]\nB: b\n")
    assert "B − A: +83.3 (" in text
    assert "[b]x" in text
    assert "McNemar p = 0.062." in text
    assert "Only in A, and in no figure: 1 (q6)." in text
