"""Finding data files and naming places; what is in the files is tested beside each reader of them."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reward_agent.benchmarks.rows import Row, read_rows
from reward_agent.errors import DataError
from reward_agent.types import Problem
from tests.benchmarks.conftest import Writer


def test_a_place_names_file_and_line() -> None:
    assert Row(data={}, file="d/a.jsonl", line=12).place == "d/a.jsonl:12"


def test_a_place_in_a_list_also_names_the_row() -> None:
    assert Row(data={}, file="a.json", line=1, number=3).place == "a.json:1 (row 3)"


def test_a_place_in_a_table_names_the_row() -> None:
    assert Row(data={}, file="a.parquet", line=0, number=3).place == "a.parquet: row 3"


@pytest.mark.parametrize(
    ("file", "stem"),
    [("d/chat_filtered.jsonl.gz", "chat_filtered"), ("a.json", "a"), ("hf:o/n:test", "n:test"), ("d\\b.JSON", "b")],
)
def test_the_stem_is_the_name_without_its_ending(file: str, stem: str) -> None:
    assert Row(data={}, file=file, line=1).stem == stem


def test_a_folder_is_read_whole_and_in_order(write: Writer, tmp_path: Path) -> None:
    write("b.json", [{"n": 3}])
    write("a/z.jsonl.gz", [{"n": 1}, {"n": 2}])
    write("notes.md", b"not data")
    write(".cache/old.json", [{"n": 9}])
    rows = [item for item in read_rows(str(tmp_path)) if isinstance(item, Row)]
    assert [row.data["n"] for row in rows] == [1, 2, 3]
    assert rows[1].place == str(tmp_path / "a/z.jsonl.gz") + ":2"


def test_only_included_files_of_a_folder_are_read(write: Writer, tmp_path: Path) -> None:
    write("a.json", [{"n": 1}])
    write("b.json", [{"n": 2}])
    (row,) = read_rows(str(tmp_path), include=lambda path: path.endswith("b.json"))
    assert isinstance(row, Row)
    assert row.data == {"n": 2}


@pytest.mark.parametrize(
    ("name", "message"), [("absent", "no such file or folder"), ("x\0y", "path"), ("a.csv", "ends in .json")]
)
def test_a_path_that_is_no_data_is_refused(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b")
    with pytest.raises(DataError, match=message):
        list(read_rows(str(tmp_path / name)))


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no data file.*\.jsonl"):
        list(read_rows(str(tmp_path)))


def test_a_folder_of_which_nothing_is_included_is_refused(write: Writer, tmp_path: Path) -> None:
    write("a.json", [])
    with pytest.raises(DataError, match="none of which belongs"):
        list(read_rows(str(tmp_path), include=lambda path: False))


def test_a_device_is_not_a_data_file() -> None:
    with pytest.raises(DataError):
        list(read_rows("/dev/zero"))


def test_problems_beyond_the_first_thousand_are_summed_up(write: Writer) -> None:
    items = list(read_rows(write("a.jsonl", b'{"n": 1}\n' + b"x\n" * 5_000 + b'{"n": 2}\n')))
    problems = [item for item in items if isinstance(item, Problem)]
    assert len(problems) == 1_001
    assert "4000 further rows" in problems[-1].what
    assert sum(isinstance(item, Row) for item in items) == 2


def test_a_file_without_one_good_row_is_given_up(write: Writer) -> None:
    items = list(read_rows(write("a.jsonl", b"x\n" * 5_000)))
    assert len(items) == 1_001
    assert isinstance(items[-1], Problem)
    assert "not one of the first 1000 rows can be read" in items[-1].what


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    content=st.binary(max_size=400),
    name=st.sampled_from(["a.json", "a.jsonl", "a.json.gz", "a.parquet", "a.parquet.gz"]),
    pack=st.booleans(),
)
def test_random_bytes_raise_nothing_but_data_errors(content: bytes, name: str, pack: bool, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if pack else content)
    try:
        for item in read_rows(str(path), max_row_bytes=100):
            assert isinstance(item, Row | Problem)
    except DataError as error:
        assert str(path) in str(error)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_ROWS = st.lists(st.dictionaries(st.text(), _JSON, max_size=4).map(lambda row: {**row, "text": "t"}), min_size=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(rows=_ROWS, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_every_layout_gives_back_the_rows_written(
    rows: list[dict[str, object]], indent: int | None, ascii_only: bool, tmp_path: Path
) -> None:
    listed, lines = tmp_path / "a.json", tmp_path / "b.json"
    listed.write_bytes(json.dumps(rows, indent=indent, ensure_ascii=ascii_only).encode())
    lines.write_bytes(b"\n".join(json.dumps(row, ensure_ascii=ascii_only).encode() for row in rows))
    for path in (listed, lines):
        assert [item.data for item in read_rows(str(path)) if isinstance(item, Row)] == rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(rows=_ROWS, cut=st.integers(min_value=1, max_value=200), indent=st.sampled_from([None, 2]))
def test_a_cut_off_list_keeps_the_rows_before_the_cut(
    rows: list[dict[str, object]], cut: int, indent: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    whole = json.dumps(rows, indent=indent).encode()
    path.write_bytes(whole[: max(1, len(whole) - cut)])
    items = list(read_rows(str(path)))
    found = [item.data for item in items if isinstance(item, Row)]
    assert found == rows[: len(found)]
    assert isinstance(items[-1], Problem)


def test_the_readers_import_nothing_heavy() -> None:
    script = (
        "import sys, reward_agent.benchmarks; print([m for m in ('pyarrow', 'datasets', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
