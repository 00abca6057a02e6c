import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from reward_agent.config import load_settings
from reward_agent.errors import DataError, RunError
from reward_agent.jobs.intake import FileJob, JudgedFile, judge_file
from reward_agent.reports.metrics import Integrity
from reward_agent.testing import ScoringVerifier, agent_of

POLITE = ScoringVerifier("polite", lambda text: float("please" in text))
SETTINGS = load_settings(preset="offline")


def written(path: Path, rows: Sequence[Mapping[str, object] | str]) -> str:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return str(path)


def judged(data: str, out: Path, **options: object) -> Integrity:
    job = FileJob(kind="annotate", data=data, options=options)
    return asyncio.run(judge_file(job, SETTINGS, agent_of(verifiers=[POLITE]), out))


def row(number: int, **columns: object) -> Mapping[str, object]:
    return {"id": str(number), "prompt": "p", "responses": ["please", f"now {number}"], **columns}


def test_samples_come_back_in_the_files_order_with_their_judgments_and_other_columns(tmp_path: Path) -> None:
    data = written(tmp_path / "r.jsonl", [row(number, answer=f"a{number}") for number in range(20)])
    judged(data, tmp_path / "out")
    with JudgedFile.open(tmp_path / "out") as file:
        found = list(file)
    assert [taken.sample.id for taken, _ in found] == [str(number) for number in range(20)]
    assert found[3][0].columns == {"answer": "a3"}
    assert all(judgment is not None and judgment.decision is not None for _, judgment in found)


def test_a_bad_row_is_set_aside_and_the_rest_is_judged(tmp_path: Path) -> None:
    data = written(tmp_path / "r.jsonl", [row(0), '{"prompt": "p", "responses": ["x"', {"prompt": "p"}, row(1)])
    integrity = judged(data, tmp_path / "out")
    assert (integrity.rows, integrity.set_aside) == (4, 2)
    with JudgedFile.open(tmp_path / "out") as file:
        assert [taken.sample.id for taken, _ in file] == ["0", "1"]


def test_rows_that_share_an_id_get_their_own(tmp_path: Path) -> None:
    data = written(tmp_path / "r.jsonl", [row(0), row(0), row(0)])
    integrity = judged(data, tmp_path / "out")
    assert integrity.duplicates == 2
    with JudgedFile.open(tmp_path / "out") as file:
        assert [taken.sample.id for taken, judgment in file if judgment] == ["0", "0#2", "0#3"]


def test_a_second_call_judges_nothing_and_other_data_are_refused(tmp_path: Path) -> None:
    data = written(tmp_path / "r.jsonl", [row(0), row(1)])
    judged(data, tmp_path / "out")
    journal = (tmp_path / "out" / "judgments.jsonl").read_bytes()
    judged(data, tmp_path / "out")
    assert (tmp_path / "out" / "judgments.jsonl").read_bytes() == journal
    samples = (tmp_path / "out" / "samples.jsonl").read_bytes()
    other = written(tmp_path / "other.jsonl", [row(0), row(2)])
    with pytest.raises(RunError, match="fingerprint"):
        judged(other, tmp_path / "out")
    with pytest.raises(RunError, match="not set there, 4 now"):
        judged(data, tmp_path / "out", shuffles=4)
    assert (tmp_path / "out" / "samples.jsonl").read_bytes() == samples


def test_a_run_that_was_cut_off_shows_what_it_has(tmp_path: Path) -> None:
    data = written(tmp_path / "r.jsonl", [row(number) for number in range(3)])
    judged(data, tmp_path / "out")
    journal = tmp_path / "out" / "judgments.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(lines[0] + lines[1][:20])
    with JudgedFile.open(tmp_path / "out") as file:
        assert sum(judgment is not None for _, judgment in file) == 1
    judged(data, tmp_path / "out")
    with JudgedFile.open(tmp_path / "out") as file:
        assert all(judgment is not None for _, judgment in file)


def test_a_file_without_a_usable_row_is_refused_with_the_reason(tmp_path: Path) -> None:
    data = written(tmp_path / "r.jsonl", [{"question": "q"}])
    with pytest.raises(DataError, match="not one of 1 rows can be used"):
        judged(data, tmp_path / "out")


def test_columns_that_json_cannot_hold_cost_no_row(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table(
        {
            "id": ["a"],
            "prompt": ["p"],
            "responses": [["please", "now"]],
            "picture": [b"\xff\x00"],
            "value": [float("nan")],
        }
    )
    parquet.write_table(table, tmp_path / "r.parquet")
    judged(str(tmp_path / "r.parquet"), tmp_path / "out")
    with JudgedFile.open(tmp_path / "out") as file:
        ((taken, judgment),) = file
    assert judgment is not None
    assert taken.columns == {"value": None}
