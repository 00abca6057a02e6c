import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from reward_agent.errors import RunError
from reward_agent.jobs.journal import Journal, cut_torn_line, read_rows


@dataclass(frozen=True)
class Row:
    id: str
    text: str = ""


def opened(path: Path) -> Journal[Row]:
    return Journal.open(path, Row, key=lambda row: row.id)


def rows(path: Path) -> list[Row]:
    return list(read_rows(path, TypeAdapter(Row)))


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with opened(path) as journal:
        journal.append(Row("1", "line\nbreak \u2028 and ünï"))
        journal.append(Row("2"))
    assert rows(path) == [Row("1", "line\nbreak \u2028 and ünï"), Row("2")]
    assert path.read_bytes().count(b"\n") == 2


def test_a_reopened_journal_knows_what_is_done(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with opened(path) as journal:
        journal.append(Row("1"))
    with opened(path) as journal:
        assert journal.done == {"1"}
        journal.append(Row("2"))
    assert [row.id for row in rows(path)] == ["1", "2"]


@pytest.mark.parametrize("torn", [b'{"id": "2", "te', b"{", b'{"id": "2", "text": ""}'])
def test_a_torn_last_line_is_cut_off_and_its_row_done_again(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"id": "1", "text": ""}\n' + torn)
    assert [row.id for row in rows(path)] == ["1"]
    with opened(path) as journal:
        assert journal.done == {"1"}
        journal.append(Row("2"))
    assert [row.id for row in rows(path)] == ["1", "2"]


@given(whole=st.lists(st.binary(max_size=20).filter(lambda b: b"\n" not in b)), torn=st.binary(max_size=200_000))
def test_cutting_keeps_every_whole_line_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, whole: list[bytes], torn: bytes
) -> None:
    path = tmp_path_factory.mktemp("journal") / "file"
    kept = b"".join(line + b"\n" for line in whole)
    path.write_bytes(kept + torn.replace(b"\n", b""))
    cut_torn_line(path)
    assert path.read_bytes() == kept


def test_a_row_is_never_written_twice(tmp_path: Path) -> None:
    with opened(tmp_path / "journal.jsonl") as journal:
        journal.append(Row("1"))
        with pytest.raises(RunError, match="twice"):
            journal.append(Row("1"))


def test_a_damaged_row_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"id": "1"}\nnonsense\n{"id": "2"}\n')
    with pytest.raises(RunError, match=r"journal\.jsonl:2 cannot be read"):
        opened(path)
    path.write_bytes(b'{"id": "1"}\n')
    with opened(path) as journal:
        assert journal.done == {"1"}


def test_a_second_writer_is_refused_while_the_first_lives(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    script = (
        "import sys; from pathlib import Path; from tests.jobs.test_journal import opened\nopened(Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", script, str(path)]
    with opened(path):
        second = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert "another process is writing" in second.stderr
    with opened(path) as journal:
        assert journal.done == set()


def test_a_full_disk_is_an_error_that_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with opened(tmp_path / "journal.jsonl") as journal, monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        with pytest.raises(RunError, match="No space left on device"):
            journal.append(Row("1"))
