import gzip
from pathlib import Path

import pytest

from reward_agent.benchmarks.rows import Row
from reward_agent.benchmarks.text_rows import is_text_rows, read_text_rows
from reward_agent.errors import DataError
from reward_agent.types import Problem


def read(path: Path, *, limit: int = 1_000) -> list[Row | Problem]:
    return list(read_text_rows(str(path), max_row_bytes=limit))


def data(path: Path, text: str) -> list[object]:
    path.write_text(text, encoding="utf-8")
    return [dict(row.data) if isinstance(row, Row) else row.what for row in read(path)]


def test_a_table_has_its_columns_by_name_and_fields_may_hold_commas_and_line_breaks(tmp_path: Path) -> None:
    text = '\ufeffQuestion,Best Answer\r\n"Is it, perhaps?","It is\nso."\r\nWhy?,Because\r\n'
    assert data(tmp_path / "a.csv", text) == [
        {"Question": "Is it, perhaps?", "Best Answer": "It is\nso."},
        {"Question": "Why?", "Best Answer": "Because"},
    ]


def test_tabs_divide_a_tsv(tmp_path: Path) -> None:
    assert data(tmp_path / "a.tsv", "a\tb\n1\t2,3\n") == [{"a": "1", "b": "2,3"}]


def test_plain_text_is_a_row_a_line(tmp_path: Path) -> None:
    assert data(tmp_path / "a.txt", "Ada Lovelace\n\n Emmy Noether \n") == [
        {"text": "Ada Lovelace"},
        {"text": "Emmy Noether"},
    ]


def test_a_gzipped_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a\n1\n"))
    (row,) = read(path)
    assert isinstance(row, Row)
    assert row.place.endswith("a.csv.gz: row 1")
    assert is_text_rows(str(path))
    assert not is_text_rows("a.jsonl")


def test_a_row_with_too_many_fields_is_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    assert data(tmp_path / "a.csv", "a,b\n1,2,3\n4,5\n") == [
        "the row has 3 fields and the header 2",
        {"a": "4", "b": "5"},
    ]


def test_a_table_that_breaks_off_says_where(tmp_path: Path) -> None:
    first, second = data(tmp_path / "a.csv", 'a\n1\n"torn')
    assert first == {"a": "1"}
    assert "cannot be read from here on" in str(second)


@pytest.mark.parametrize("header", ["a,a\n1,2\n", "\n", "a,,b\n"])
def test_a_table_without_column_names_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(DataError, match="must name the columns"):
        data(tmp_path / "a.csv", header)


def test_what_is_no_text_or_has_no_end_of_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="expected UTF-8"):
        read(tmp_path / "a.txt")
    (tmp_path / "b.txt").write_bytes(b"x" * 3_000_000)
    with pytest.raises(DataError, match="may have 1,000 bytes"):
        read(tmp_path / "b.txt")
    with pytest.raises(DataError, match="no such file"):
        read(tmp_path / "c.txt")


def test_lines_longer_than_a_chunk_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(("é" * 700_000 + "\n") * 3, encoding="utf-8")
    rows = [row for row in read(path, limit=2_000_000) if isinstance(row, Row)]
    assert [len(row.data["text"]) for row in rows] == [700_000] * 3
