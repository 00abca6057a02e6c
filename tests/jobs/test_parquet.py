import asyncio
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from reward_agent.errors import RunError
from reward_agent.jobs import parquet
from reward_agent.jobs.folder import RunFolder
from reward_agent.jobs.judging import judge_all
from reward_agent.protocols import Verifier
from reward_agent.testing import BrokenVerifier, ScoringVerifier, agent_of
from reward_agent.types import Sample

POLITE = ScoringVerifier("polite", lambda text: float("please" in text))


def written(out: Path, verifier: Verifier, count: int) -> list[dict[str, Any]]:
    samples = [Sample.of("p", ["please", f"now {number}"], id=str(number)) for number in range(count)]
    folder = RunFolder(path=out)
    asyncio.run(
        judge_all(agent_of(verifiers=[verifier]), samples, folder.journal_file, both_orders=False, concurrency=2)
    )
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(parquet.write_parquet(folder)).to_pylist()
    return rows


def test_every_judgment_is_a_row_with_its_scores_and_its_whole_line(tmp_path: Path) -> None:
    count = parquet.GROUP_ROWS + 3
    rows = written(tmp_path, POLITE, count)
    lines = (tmp_path / "judgments.jsonl").read_text().splitlines()
    assert [row["sample_id"] for row in rows] == [json.loads(line)["sample_id"] for line in lines]
    assert [row["judgment"] for row in rows] == lines
    assert rows[-1]["scores"] == [1.0, 0.0]
    assert rows[-1]["signals"] == [{"name": "polite", "kind": "verification", "scores": [1.0, 0.0]}]
    assert len(rows) == count


def test_what_is_unjudged_has_no_scores_and_its_failure(tmp_path: Path) -> None:
    (row,) = written(tmp_path, BrokenVerifier(), 1)
    assert row["scores"] is None
    assert row["signals"] == []
    assert len(row["failures"]) == 1


def test_a_damaged_journal_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "judgments.jsonl").write_text("{}\n")
    with pytest.raises(RunError, match="cannot be read as a row"):
        parquet.write_parquet(RunFolder(path=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["judgments.jsonl"]
