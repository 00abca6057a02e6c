"""`reward-agent view` from the shell, and what it shows of a run's record."""

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from reward_agent.cli.viewing import replayed_talk
from reward_agent.jobs.run_index import ReadRun
from reward_agent.reports.html.facts import KeptSample
from tests.reports.html.runs import make_run, pairs

COMMAND = [sys.executable, "-m", "reward_agent.cli"]
ASKING = """
[chat.default]
type = "simulated"
[[prefer]]
type = "model"
name = "preference"
mode = "point"
"""


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_view_says_its_address_serves_the_run_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", pairs(6))
    command = [*COMMAND, "view", str(folder), "--no-open"]
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
        with urllib.request.urlopen(url) as reply:
            assert b"pairs, preset" in reply.read()
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(20) == 0
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["nowhere"], "there is no folder"), (["."], "settings.toml"), (["a", "b", "c"], "one run folder, or two")],
)
def test_what_cannot_be_viewed_is_refused_with_what_to_give(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = subprocess.run([*COMMAND, "view", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())


def test_prompts_and_replies_come_from_the_record(tmp_path: Path) -> None:
    data, out, record = tmp_path / "pairs.jsonl", tmp_path / "run", tmp_path / "record.sqlite"
    data.write_text("".join(json.dumps(row) + "\n" for row in pairs(2)))
    (tmp_path / "asking.toml").write_text(ASKING)
    command = [*COMMAND, "benchmark", "pairs", "--data", str(data), "--out", str(out), "--record", str(record)]
    subprocess.run([*command, "--config", str(tmp_path / "asking.toml")], check=True, capture_output=True)
    run = ReadRun.open(out)
    line = run.folder.samples_file.read_bytes().splitlines()[0]
    sample = TypeAdapter(KeptSample).validate_json(line).sample
    told = replayed_talk(run, sample)
    assert told["problem"] == "" and len(told["calls"]) == 2
    assert sample.instruction in told["calls"][0]["messages"][-1]["content"]
    assert told["calls"][0]["reply"]
    record.unlink()
    gone = replayed_talk(run, sample)
    assert gone["calls"] == [] and "there is no file" in gone["problem"]
    spent = json.loads((out / "judgments.jsonl").read_text().splitlines()[0])["roles"]
    assert list(spent) == ["prefer.point"]
