"""Bad input: every bad row is named by file and line, with a remedy, and the good rows are read."""

import gzip
import json
import re
from pathlib import Path

import pytest

from reward_agent.benchmarks.rows import Row, read_rows
from reward_agent.errors import DataError
from reward_agent.types import Problem
from tests.benchmarks.conftest import Writer

GOOD = b'{"n": 1}'
LAST = b'{"n": 2}'


def split(path: str, *, max_row_bytes: int = 10_000) -> tuple[list[Row], list[Problem]]:
    items = list(read_rows(path, max_row_bytes=max_row_bytes))
    return [i for i in items if isinstance(i, Row)], [i for i in items if isinstance(i, Problem)]


BAD_ROWS = {
    "torn": (b'{"a": "begun and ne', "breaks off in the middle"),
    "not json": (b"{'a': 1}", "not JSON"),
    "a list": (b"[1, 2]", "expected one JSON object a line, or a list of objects, got a value of type list"),
    "a number": (b"17", "got 17"),
    "invalid utf-8": (b'{"a": "caf\xe9"}', "expected UTF-8, got the byte 0xe9 at byte 11"),
    "a lone surrogate": (b'{"a": ["\\ud83d!"]}', "lone surrogate.*U\\+D83D"),
    "a lone surrogate in a key": (b'{"\\uDE00": 1}', "lone surrogate"),
    "a repeated key": (b'{"label": "A>B", "label": "B>A"}', "the key 'label' stands twice"),
    "a repeated key inside": (b'{"a": {"b": 1, "b": 1}}', "the key 'b' stands twice"),
    "NaN": (b'{"a": NaN}', "NaN is not JSON"),
    "Infinity": (b'{"a": -Infinity}', "-Infinity is not JSON"),
    "absurd nesting": (b'{"a": ' + b"[" * 4_000 + b"]" * 4_000 + b"}", "nested too deeply"),
    "an absurd number": (b'{"a": ' + b"9" * 6_000 + b"}", "not usable JSON"),
    "an oversized row": (b'{"a": "' + b"x" * 20_000 + b'"}', "a row may have 10,000 bytes"),
    "two objects": (b'{"a": 1} {"b": 2}', "not JSON"),
    "a null byte": (b'{"a": "\x00"}', "not JSON"),
}


@pytest.mark.parametrize(("raw", "what"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_line_costs_that_line_only(raw: bytes, what: str, write: Writer) -> None:
    path = write("rows.jsonl", GOOD + b"\n" + raw + b"\n" + LAST + b"\n")
    rows, (problem,) = split(path)
    assert [(row.data["n"], row.line) for row in rows] == [(1, 1), (2, 3)]
    assert problem.place == f"{path}:2"
    assert re.search(what, problem.what), problem.what
    assert problem.remedy
    assert problem.set_aside


IN_A_LIST = {key: value for key, value in BAD_ROWS.items() if key not in ("torn", "two objects")}


@pytest.mark.parametrize(("raw", "what"), IN_A_LIST.values(), ids=IN_A_LIST)
def test_a_bad_element_of_a_list_costs_that_element_only(raw: bytes, what: str, write: Writer) -> None:
    path = write("rows.json", b"[\n" + GOOD + b",\n" + raw + b",\n" + LAST + b"\n]\n")
    rows, (problem,) = split(path)
    assert [(row.data["n"], row.line, row.number) for row in rows] == [(1, 2, 1), (2, 4, 3)]
    assert problem.place == f"{path}:3 (row 2)"


def test_an_oversized_row_names_the_setting(write: Writer) -> None:
    path = write("rows.jsonl", b'{"a": "' + b"x" * 10_000_000 + b'"}\n' + GOOD)
    rows, (problem,) = split(path, max_row_bytes=4_000_000)
    assert len(rows) == 1
    assert problem.place.endswith(":1")
    assert "run.max_row_mb" in problem.remedy


def test_a_row_of_just_the_allowed_size_is_read(write: Writer) -> None:
    row = b'{"a": "' + b"x" * 91 + b'"}'
    rows, problems = split(write("a.jsonl", row), max_row_bytes=100)
    assert (len(rows), problems) == (1, [])
    rows, problems = split(write("b.json", b"[" + row + b", " + row + b"x]"), max_row_bytes=100)
    assert (len(rows), len(problems)) == (1, 1)


def test_a_truncated_last_line_is_told_as_such(write: Writer) -> None:
    rows, (problem,) = split(write("rows.jsonl", GOOD + b'\n{"a": {"b": 1}, '))
    assert len(rows) == 1
    assert "breaks off" in problem.what
    assert problem.place.endswith(":2")


def test_a_truncated_list_keeps_the_rows_before(write: Writer) -> None:
    rows, problems = split(write("rows.json", b"[" + GOOD + b",\n" + LAST + b',\n{"n": 3, "te'))
    assert [row.data["n"] for row in rows] == [1, 2]
    assert "breaks off" in problems[0].what
    assert problems[0].place.endswith(":3 (row 3)")
    assert "the file ends before its list does" in problems[1].what


def test_a_list_without_its_last_bracket_keeps_every_row_and_says_so(write: Writer) -> None:
    rows, (problem,) = split(write("rows.json", b"[" + GOOD + b", " + LAST))
    assert len(rows) == 2
    assert "rows may be missing" in problem.what


def test_an_element_with_a_bracket_too_few_does_not_take_the_rest_with_it(write: Writer) -> None:
    rows, (problem,) = split(write("rows.json", b"[" + GOOD + b', {"a": [1, {"b": 2]}, ' + LAST + b"]"))
    assert [row.data["n"] for row in rows] == [1, 2]
    assert "(row 2)" in problem.place


def test_an_unclosed_string_in_a_list_is_bounded_by_its_line(write: Writer) -> None:
    rows, problems = split(write("rows.json", b"[" + GOOD + b',\n{"a": "b\n},\n' + LAST + b"]"))
    assert [row.data["n"] for row in rows] == [1, 2]
    assert len(problems) == 1


def test_text_after_the_list_is_reported(write: Writer) -> None:
    rows, (problem,) = split(write("rows.json", b"[" + GOOD + b"]\n\n[" + LAST + b"]"))
    assert len(rows) == 1
    assert "after the end of the list" in problem.what
    assert problem.place.endswith(":3")


def test_absurdly_deep_lists_end_the_reading_with_a_problem(write: Writer) -> None:
    rows, problems = split(write("rows.json", b"[" + GOOD + b"," + b"[" * 200_000), max_row_bytes=10**6)
    assert len(rows) == 1
    assert "nested too deeply" in problems[-1].what


@pytest.mark.parametrize(
    "content",
    [
        b'{"data": [{"prompt": "p", "chosen": "c"}]}',
        b'{\n "rows": [\n  {"n": 1}\n ]\n}',
        b'{"rows": [\n{"n": 1},\n{"n": 2}\n]}',
        b'{"prompt": {"0": "p"}, "chosen": {"0": "c"}}',
        b'{"prompt": ["p", "q"], "chosen": ["c", "d"]}',
    ],
)
def test_one_object_around_the_rows_is_refused_with_the_way_out(content: bytes, write: Writer) -> None:
    path = write("rows.json", content)
    with pytest.raises(DataError, match=r"expected one JSON object a line, or a list of objects.*jq -c") as caught:
        split(path)
    assert path in str(caught.value)


def test_one_row_of_conversations_is_a_row(write: Writer) -> None:
    row = {"chosen": [{"role": "user", "content": "a"}], "rejected": [{"role": "user", "content": "b"}]}
    rows, problems = split(write("rows.json", json.dumps(row).encode()))
    assert [r.data for r in rows] == [row]
    assert not problems


def test_only_a_line_feed_ends_a_line(write: Writer) -> None:
    rows, problems = split(write("a.jsonl", '{"t": "a\u2028b\u0085c"}\r\n\r\n{"t": "d"}'.encode()))
    assert [(row.data["t"], row.line) for row in rows] == [("a\u2028b\u0085c", 1), ("d", 3)]
    assert not problems


@pytest.mark.parametrize("name", ["lines.json", "lines.jsonl"])
def test_the_content_decides_the_layout(name: str, write: Writer) -> None:
    assert len(split(write(name, GOOD + b"\n" + LAST))[0]) == 2
    assert len(split(write(name, b"\n \n[" + GOOD + b"," + LAST + b"]"))[0]) == 2


def test_lines_are_counted_through_blank_beginnings(write: Writer) -> None:
    rows, _ = split(write("a.jsonl", b"\n" * 3_000_000 + GOOD))
    assert rows[0].line == 3_000_001


@pytest.mark.parametrize("content", [b"", b"\n\n", b"[]", b"[ ]\n", b"\xef\xbb\xbf[]"])
def test_an_empty_file_holds_no_rows(content: bytes, write: Writer) -> None:
    assert split(write("a.json", content)) == ([], [])


def test_a_byte_order_mark_is_skipped(write: Writer) -> None:
    assert len(split(write("a.jsonl", b"\xef\xbb\xbf" + GOOD))[0]) == 1


def test_utf_16_is_refused_by_name(write: Writer) -> None:
    with pytest.raises(DataError, match="UTF-16"):
        split(write("a.jsonl", '{"n": 1}'.encode("utf-16")))


def test_a_file_is_unpacked_by_its_content_not_its_name(write: Writer, tmp_path: Path) -> None:
    (tmp_path / "plain.jsonl.gz").write_bytes(GOOD)
    assert len(split(str(tmp_path / "plain.jsonl.gz"))[0]) == 1
    assert len(split(write("packed.jsonl", gzip.compress(GOOD)))[0]) == 1


@pytest.mark.parametrize("name", ["a.json.gz", "a.jsonl.gz"])
def test_a_truncated_gzip_file_keeps_what_was_readable(name: str, tmp_path: Path) -> None:
    rows = [json.dumps({"n": n, "hash": hash(("salt", n))}) for n in range(5_000)]
    text = "[" + ",\n".join(rows) + "]" if name == "a.json.gz" else "\n".join(rows)
    packed = gzip.compress(text.encode())
    path = tmp_path / name
    path.write_bytes(packed[: len(packed) // 2])
    kept, problems = split(str(path))
    assert 1_000 < len(kept) < 4_000
    assert [row.data["n"] for row in kept] == list(range(len(kept)))
    assert "damaged or cut off" in problems[-1].what


def test_garbage_behind_a_gzip_file_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD) + b"garbage")
    rows, problems = split(str(path))
    assert len(rows) == 1
    assert "damaged" in problems[-1].what


def test_brackets_inside_a_text_are_no_nesting(write: Writer) -> None:
    text = '[{"x\\' * 500
    path = write("rows.jsonl", json.dumps({"a": text}).encode() + b"\n")
    rows, problems = split(path)
    assert [row.data["a"] for row in rows] == [text]
    assert problems == []
