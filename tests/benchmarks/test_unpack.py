"""Unpacking is bounded, whatever a file unpacks to."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from reward_agent.benchmarks.rows import read_rows
from reward_agent.benchmarks.unpack import Unpacked
from reward_agent.errors import DataError
from reward_agent.types import Problem


def test_a_gzip_bomb_in_one_row_does_not_fill_the_memory(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.jsonl.gz"
    with gzip.open(bomb, "wb", compresslevel=1) as file:
        file.write(b'{"a": "')
        for _ in range(200):
            file.write(b"x" * (1 << 20))
    tracemalloc.start()
    try:
        (problem,) = read_rows(str(bomb), max_row_bytes=1 << 20)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()
    assert isinstance(problem, Problem)
    assert "run.max_row_mb" in problem.remedy


@pytest.mark.parametrize("opening", [b'["', b"[[{", b"["])
def test_a_gzip_bomb_in_a_list_does_not_fill_the_memory(opening: bytes, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.json.gz"
    with gzip.open(bomb, "wb", compresslevel=1) as file:
        file.write(opening)
        for _ in range(60):
            file.write(b"          " * 100_000)
    tracemalloc.start()
    try:
        items = list(read_rows(str(bomb), max_row_bytes=1 << 20))
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()
    assert all(isinstance(item, Problem) for item in items)


def test_unpacking_stops_at_the_bound_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n" * 5_000_000))
    unpacked = Unpacked(path, max_bytes=3_000_000)
    assert sum(map(len, unpacked)) <= 3_000_000
    unpacked.close()
    assert unpacked.fault is not None
    assert "more than 3,000,000 bytes" in unpacked.fault.what


def test_a_file_that_cannot_be_opened_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        Unpacked(tmp_path / "absent.jsonl")
