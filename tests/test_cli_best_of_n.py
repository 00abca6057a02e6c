"""`reward-agent best-of-n`, and what report and compare make of its runs, as a user meets them."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine

SIMULATED = ("--set", "chat.default.type=simulated")
POINT = (*SIMULATED, "--set", "prefer=[{type='model', mode='point'}]")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CommandLine:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return CommandLine(capsys=capsys)


def answer(keeps: Sequence[bool]) -> str:
    commas, sentences = keeps
    return f"We saw{'' if commas else ', at last,'} a mill." + (" It was old." if sentences else "")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four answers a prompt; the last of them, and only that, follows both instructions."""
    path = tmp_path / "responses.jsonl"
    texts = [answer(keeps) for keeps in ((False, False), (True, False), (False, True), (True, True))]
    asked = {"prompt": "Describe a mill. Do not use any commas. Use exactly 2 sentences.", "values": [0, 0.5, 0.5, 1]}
    rows = [{"id": f"m{number}", **asked, "responses": texts} for number in range(6)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n", encoding="utf-8")
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_command_picks_reports_and_writes_what_it_says(run: CommandLine, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, printed, said = run("best-of-n", "--data", data, "--sizes", "1,2,4,8", "--evaluate", "values", "--out", out)
    assert code == 0
    assert "responses.jsonl:7" in said
    assert "reward agent" in printed
    assert "best possible" in printed
    assert [row["response"] for row in lines(out / "results_best_of_4.jsonl")] == [answer((True, True))] * 6
    assert json.loads((out / "curve.json").read_text())["methods"][0]["values"][-1] == 1.0
    assert json.loads((out / "report.json").read_text())["n"] == 6


def test_other_sizes_and_report_judge_nothing_anew(run: CommandLine, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("best-of-n", "--data", data, "--out", out)
    code, _, said = run("best-of-n", "--data", data, "--sizes", "2", "--evaluate", "values", "--out", out)
    assert code == 0
    assert "6 of them before" in said
    page = (out / "report.md").read_bytes()
    code, printed, _ = run("report", out)
    assert code == 0
    assert "n = 2" in printed
    assert (out / "report.md").read_bytes() == page


def test_generate_hands_over_to_best_of_n(run: CommandLine, tmp_path: Path) -> None:
    prompts, responses = tmp_path / "prompts.jsonl", tmp_path / "responses.jsonl"
    prompts.write_text('{"prompt": "Describe a mill. Use exactly 2 sentences."}\n' * 3, encoding="utf-8")
    run("generate", "--data", prompts, "--model", "default", "--n", "4", "--out", responses, *SIMULATED)
    code, printed, _ = run("best-of-n", "--data", responses, "--sizes", "1,4", "--out", tmp_path / "out")
    assert code == 0
    assert "3 prompts with 4 candidates" in printed


def test_a_budget_and_an_audit_from_the_command_line(run: CommandLine, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, printed, _ = run(
        "best-of-n", "--data", data, "--sizes", "4", "--budget", "50%", "--audit", "2", "--out", out, *POINT
    )
    assert code == 0
    assert "12 of 24 candidates got the expensive signals (50.0 % saved" in printed
    assert "Audit: of 2 samples" in printed


def test_two_runs_are_compared_and_a_run_of_another_kind_is_refused(
    run: CommandLine, data: Path, tmp_path: Path
) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    for out, reading in ((a, "literal"), (b, "natural")):
        options = ("--sizes", "1,4", "--evaluate", "values", "--set", f"verify.instructions.reading={reading}")
        assert run("best-of-n", "--data", data, "--out", out, *options)[0] == 0
    code, printed, _ = run("compare", a, b)
    assert code == 0
    assert "B − A" in printed
    paired = json.loads(run("compare", a, b, "--json")[1])
    assert [point["difference"] for point in paired["points"]] == [0.0, 0.0]
    code, _, said = run("compare", a, tmp_path)
    assert code != 0
    assert "holds no run" in said


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--sizes", "0,2"), "--sizes takes numbers such as 1,2,4,8"),
        (("--audit", "3"), "give both"),
        (("--references", "x.jsonl"), "give --evaluate too"),
        (("--evaluate", "taste"), "ifeval, triviaqa, cello, values"),
        (("--budget", "0.5"), "Leave --budget out"),
        (("--budget", "much", *POINT), "share of the candidates"),
        (("--evaluate", "values", "--references", "nowhere.jsonl"), "nowhere.jsonl"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_judged(
    run: CommandLine, data: Path, tmp_path: Path, options: Sequence[str], expected: str
) -> None:
    code, _, said = run("best-of-n", "--data", data, "--out", tmp_path / "out", *options)
    assert code == 2
    assert expected in said
    assert not (tmp_path / "out").exists()


def started(data: Path, out: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "reward_agent.cli", "best-of-n", "--data", str(data), "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)


def wait_for_rows(process: "subprocess.Popen[str]", journal: Path, rows: int) -> None:
    while process.poll() is None:
        if journal.exists() and journal.read_bytes().count(b"\n") >= rows:
            return
    pytest.fail("the run was over before it could be stopped")


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_stopped(data: Path, tmp_path: Path) -> None:
    many, calm, wild = tmp_path / "many.jsonl", tmp_path / "calm", tmp_path / "wild"
    row = json.loads(data.read_text(encoding="utf-8").splitlines()[0])
    many.write_text("".join(json.dumps({**row, "id": str(number)}) + "\n" for number in range(1500)))
    with started(many, calm) as process:
        assert process.wait() == 0
    for rows in (1, 400):
        with started(many, wild) as process:
            wait_for_rows(process, wild / "judgments.jsonl", rows)
            process.kill()
    with started(many, wild) as process:
        assert process.wait() == 0
    for name in ("judgments.jsonl", "selected.jsonl", "results_best_of_4.jsonl", "curve.json", "report.json"):
        assert (wild / name).read_bytes() == (calm / name).read_bytes()


@pytest.mark.extras
def test_best_of_n_on_ray_makes_the_same_picks(run: CommandLine, data: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    command = ["best-of-n", "--data", str(data), "--sizes", "1,2,4"]
    run(*command, "--out", tmp_path / "local")
    on_ray = [sys.executable, "-m", "reward_agent.cli", *command, "--out", str(tmp_path / "ray")]
    subprocess.run([*on_ray, "--engine", "ray", "--ray-workers", "2"], check=True, capture_output=True)
    for folder in ("local", "ray"):
        lines = (tmp_path / folder / "judgments.jsonl").read_text().splitlines()
        assert lines
    assert (tmp_path / "ray" / "report.json").read_bytes() == (tmp_path / "local" / "report.json").read_bytes()
