"""Cutting is the same wherever the chunks of the stream end."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from reward_agent.benchmarks.pieces import ListPieces, Piece, line_pieces

_TEXT = st.text(alphabet='ab"\\\n[]{},: é', max_size=8)
_ROWS = st.lists(st.dictionaries(_TEXT, _TEXT | st.lists(st.lists(_TEXT, max_size=2), max_size=2), max_size=3))


def chunked(content: bytes, size: int) -> Iterator[bytes]:
    return (content[k : k + size] for k in range(0, len(content), size))


def cut(content: bytes, size: int, limit: int) -> tuple[list[Piece], str | None, int]:
    pieces = ListPieces(limit)
    found = [piece for chunk in chunked(content, size) for piece in pieces.feed(chunk)]
    return [*found, *pieces.finish()], pieces.lost, pieces.line


@given(rows=_ROWS, size=st.integers(1, 9), indent=st.sampled_from([None, 1]))
def test_elements_are_the_same_for_every_size_of_chunk(
    rows: list[dict[str, Any]], size: int, indent: int | None
) -> None:
    content = json.dumps(rows, indent=indent, ensure_ascii=False).encode()
    found, lost, line = cut(content, size, limit=10_000)
    assert [json.loads(piece.raw or b"") for piece in found] == rows
    assert lost is None
    assert line == 1 + content.count(b"\n")
    assert found == cut(content, len(content), limit=10_000)[0]


@given(tail=st.binary(max_size=60), size=st.integers(1, 9), limit=st.integers(1, 20))
def test_any_bytes_are_cut_alike_for_every_size_of_chunk(tail: bytes, size: int, limit: int) -> None:
    content = b'[{"a": 1}, ' + tail
    assert cut(content, size, limit) == cut(content, len(content), limit)


@given(marks=st.text(alphabet='[]{}",\\\n ab', max_size=40), size=st.integers(1, 5))
@example(marks="]\n[", size=1)
@example(marks='"\\\n,', size=1)
def test_any_marks_are_cut_alike_for_every_size_of_chunk(marks: str, size: int) -> None:
    content = b"[" + marks.encode()
    assert cut(content, size, 12) == cut(content, len(content), 12)


@given(content=st.text(alphabet="ab \n\r", max_size=40), size=st.integers(1, 9), limit=st.integers(1, 10))
def test_lines_are_cut_alike_for_every_size_of_chunk(content: str, size: int, limit: int) -> None:
    raw = content.encode()
    found = list(line_pieces(chunked(raw, size), limit))
    assert found == list(line_pieces(iter([raw]), limit))
    wanted = [
        (n, line.encode() if len(line) <= limit else None)
        for n, line in enumerate(content.split("\n"), start=1)
        if line.strip(" \r") or len(line) > limit
    ]
    assert [(piece.line, piece.raw) for piece in found] == wanted
