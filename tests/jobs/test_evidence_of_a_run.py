"""A run belongs to the index it was judged with."""

import asyncio
import json
from pathlib import Path

import pytest

from reward_agent.config import load_settings
from reward_agent.errors import ConfigError, RunError
from reward_agent.evidence.corpus import Page, build_index
from reward_agent.jobs.benchmark import BenchmarkJob, read_data, run_benchmark
from reward_agent.testing import LengthPreference, agent_of


@pytest.fixture
def data(tmp_path: Path) -> Path:
    row = {"id": "1", "prompt": "When is the ebb out?", "chosen": "It is out at noon.", "rejected": "At six."}
    (tmp_path / "pairs.jsonl").write_text(json.dumps(row) + "\n")
    return tmp_path / "pairs.jsonl"


def judge(data: Path, index: Path) -> None:
    settings = load_settings(overrides=["evidence.type=corpus", f"evidence.path={index}"])
    job = BenchmarkJob(benchmark="pairs", data=str(data))
    agent = agent_of(preference_models=[LengthPreference()])
    reading = read_data(job, settings)
    asyncio.run(run_benchmark(job, reading, settings, agent, data.parent / "run", watch=lambda tally: None))


def test_another_index_is_refused_and_a_moved_one_is_not(data: Path, tmp_path: Path) -> None:
    build_index([Page(text="The ebb is out at noon.")], tmp_path / "index")
    judge(data, tmp_path / "index")
    (tmp_path / "index").rename(tmp_path / "moved")
    judge(data, tmp_path / "moved")
    build_index([Page(text="The ebb is out at six.")], tmp_path / "moved", replace=True)
    with pytest.raises(RunError, match=r"job\.evidence"):
        judge(data, tmp_path / "moved")


def test_a_missing_index_is_said_before_the_folder_is_made(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="reward-agent index"):
        judge(data, tmp_path / "gone")
    assert not (tmp_path / "run").exists()
