import json
from pathlib import Path

import pytest

from reward_agent.benchmarks.rows import Row
from reward_agent.benchmarks.wrapped_rows import is_wrapped, read_wrapped
from reward_agent.types import Problem


@pytest.mark.parametrize("indent", [None, 4])
def test_the_rows_under_data_are_read_at_their_own_lines(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "unfiltered-web-dev.json"
    rows = [{"Question": "Who?", "Answer": {"Aliases": ["A", "B"]}}, {"Question": "What?"}]
    path.write_text(json.dumps({"Data": rows, "Domain": "Web", "Version": 1.0}, indent=indent))
    assert is_wrapped(str(path))
    found = list(read_wrapped(str(path), max_row_bytes=10_000))
    assert [row.data for row in found if isinstance(row, Row)] == rows
    if indent:
        first = found[0]
        assert isinstance(first, Row)
        assert path.read_text().splitlines()[first.line - 1] == " " * 8 + "{"


def test_a_file_that_breaks_off_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"Data": [{"Question": "Who?"}, {"Quest')
    first, *rest = read_wrapped(str(path), max_row_bytes=10_000)
    assert isinstance(first, Row)
    assert all(isinstance(item, Problem) for item in rest)
    assert rest


@pytest.mark.parametrize("text", ['[{"Data": []}]', '{"data": 1}', '{"prompt": "x", "Data": []}', ""])
def test_other_files_are_not_taken_for_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    assert not is_wrapped(str(path))
    assert not is_wrapped(str(tmp_path / "none.json"))
