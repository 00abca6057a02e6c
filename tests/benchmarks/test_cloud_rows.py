"""Files as the clouds' file systems show them; the tests' own is `file://`, which pyarrow reads by the same calls."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from reward_agent.benchmarks.cloud_rows import read_cloud
from reward_agent.benchmarks.rows import Row, read_rows
from reward_agent.errors import DataError
from reward_agent.types import Problem


def rows_at(path: Path, include: str = "") -> Sequence[Row | Problem]:
    found = read_cloud(f"file://{path}", max_row_bytes=1_000, include=lambda name: include in name, lists_inside=False)
    return list(found)


def numbers(rows: Sequence[Row | Problem]) -> list[int]:
    return [row.data["n"] for row in rows if isinstance(row, Row)]


def test_every_kind_of_file_below_a_path_is_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"n": 1}\nnonsense\n{"n": 2}\n')
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"n": 3}\n'))
    pyarrow.parquet.write_table(pyarrow.table({"n": [4, 5]}), tmp_path / "c.parquet")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "d.json").write_text(json.dumps([{"n": 6}]))
    (tmp_path / "notes.txt").write_text("no data")
    rows = rows_at(tmp_path)
    assert numbers(rows) == [1, 2, 3, 4, 5, 6]
    assert [row.place for row in rows if isinstance(row, Problem)] == [f"{tmp_path}/a.jsonl:2"]
    assert numbers(rows_at(tmp_path / "a.jsonl")) == [1, 2]
    assert numbers(rows_at(tmp_path, include="deeper")) == [6]


def test_a_damaged_parquet_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "c.parquet").write_bytes(b"PAR1 nothing")
    (problem,) = rows_at(tmp_path)
    assert isinstance(problem, Problem)
    assert "damaged" in problem.what


def test_a_place_without_data_is_an_error_that_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no data file"):
        rows_at(tmp_path / "nothing")


@pytest.mark.parametrize("address", ["s3://id:hidden@bucket/x.jsonl", "s3://bucket/x?secret_key=hidden"])
def test_an_address_with_a_key_in_it_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(DataError, match="must not hold a key") as caught:
        list(read_rows(address))
    assert "hidden" not in str(caught.value)
