"""Parquet files, whole and damaged."""

import gzip
import sys
from pathlib import Path

import pytest

from reward_agent.benchmarks.rows import Row, read_rows
from reward_agent.errors import ConfigError
from reward_agent.types import Problem

ROWS = [{"prompt": f"question {n}", "chosen": [{"role": "assistant", "content": "yes"}]} for n in range(200)]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    return path


def test_the_rows_are_read_and_named_by_number(table: Path) -> None:
    rows = [item for item in read_rows(str(table)) if isinstance(item, Row)]
    assert [row.data for row in rows] == ROWS
    assert rows[-1].place == f"{table}: row 200"


def test_a_gzipped_table_is_read(table: Path) -> None:
    packed = table.with_name("b.parquet.gz")
    packed.write_bytes(gzip.compress(table.read_bytes()))
    assert len(list(read_rows(str(packed)))) == len(ROWS)


def test_a_damaged_table_is_a_problem(table: Path) -> None:
    table.write_bytes(table.read_bytes()[:-30])
    (problem,) = read_rows(str(table))
    assert isinstance(problem, Problem)
    assert "damaged" in problem.what


def test_an_oversized_row_is_set_aside(table: Path) -> None:
    items = list(read_rows(str(table), max_row_bytes=10))
    assert all(isinstance(item, Problem) and "run.max_row_mb" in item.remedy for item in items)


def test_without_pyarrow_the_extra_is_named(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"pip install 'reward-agent\[parquet\]'"):
        list(read_rows(str(table)))
