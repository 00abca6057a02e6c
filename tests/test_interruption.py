"""Runs that are stopped from outside, and go on."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest


def written(path: Path, rows: int) -> Path:
    with path.open("w") as file:
        for number in range(rows):
            prompt = f"Describe river {number} in exactly two sentences."
            row = {"id": str(number), "prompt": prompt, "chosen": "It is long. It is wide.", "rejected": "It is long."}
            file.write(json.dumps(row) + "\n")
    return path


def started(data: Path, out: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "reward_agent.cli", "benchmark", "pairs", "--data", str(data), "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def wait_for_rows(process: "subprocess.Popen[str]", journal: Path, rows: int) -> None:
    while process.poll() is None:
        if journal.exists() and journal.read_bytes().count(b"\n") >= rows:
            return
    pytest.fail("the run was over before it could be stopped")


@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    data = written(tmp_path / "pairs.jsonl", 1_500)
    calm, wild = tmp_path / "calm", tmp_path / "wild"
    with started(data, calm) as process:
        assert process.wait() == 0
    for rows in (1, 400):
        with started(data, wild) as process:
            wait_for_rows(process, wild / "judgments.jsonl", rows)
            process.kill()
    with started(data, wild) as process:
        assert process.wait() == 0
    for name in ("judgments.jsonl", "report.json"):
        assert (wild / name).read_bytes() == (calm / name).read_bytes()


@pytest.mark.slow
@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    data = written(tmp_path / "pairs.jsonl", 4_000)  # too many to be done before the signal comes
    with started(data, tmp_path / "run") as process:
        wait_for_rows(process, tmp_path / "run" / "judgments.jsonl", 1)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert "run the same command again" in said
    assert "Traceback" not in said
