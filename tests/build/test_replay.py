"""A recorded judgment is made again from its record alone: no model, no index, no network."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from reward_agent.build import open_agent
from reward_agent.config import load_settings
from reward_agent.evidence.corpus.building import build_index
from reward_agent.evidence.corpus.page import Page
from reward_agent.types import Judgment, Sample, Usage

SAMPLE = Sample.of(
    "When was the Grey Harbour lighthouse lit?",
    ["The Grey Harbour lighthouse was lit in 1871.", "The Grey Harbour lighthouse was lit in 1893."],
    id="lighthouse",
)


def judged(tmp_path: Path, mode: str, sample: Sample = SAMPLE) -> Judgment:
    settings = load_settings(
        preset="openai",
        overrides=[
            "chat.default.type=simulated",
            "route.type=every",
            "verify.instructions.write=false",
            "evidence.type=corpus",
            f"evidence.path={tmp_path / 'index'}",
            f"record.file={tmp_path / 'record.sqlite'}",
            f"record.mode={mode}",
        ],
    )

    async def judge() -> Judgment:
        async with open_agent(settings) as agent:
            return await agent.judge(sample)

    return asyncio.run(judge())


@pytest.fixture
def recorded(tmp_path: Path) -> Judgment:
    page = Page(text="The Grey Harbour lighthouse was lit in 1871.", title="Grey Harbour", source="chronicle")
    build_index([page], tmp_path / "index")
    return judged(tmp_path, "record")


def test_a_replayed_judgment_equals_the_recorded_one(tmp_path: Path, recorded: Judgment) -> None:
    assert recorded.decision is not None
    assert {signal.name for signal in recorded.signals} >= {"factuality", "preference"}
    shutil.rmtree(tmp_path / "index")
    again = judged(tmp_path, "replay")
    assert again.usage.calls == 0
    assert replace(again, usage=Usage(), roles={}) == replace(recorded, usage=Usage(), roles={})


@pytest.mark.usefixtures("recorded")
def test_what_is_not_on_record_is_a_failure_and_no_score(tmp_path: Path) -> None:
    other = Sample.of(SAMPLE.instruction, ["It was lit in 1902, they say.", "It was lit in 1903."], id="other")
    judgment = judged(tmp_path, "replay", other)
    assert {failure.kind for failure in judgment.failures} == {"not on record"}
    assert judgment.decision is None
