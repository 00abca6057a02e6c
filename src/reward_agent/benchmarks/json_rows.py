"""Rows of a JSON file: one object a line, or a list of objects; the content decides, not the name.

A torn, oversized or otherwise bad row becomes a Problem with its line, and the reading goes on behind it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from reward_agent.benchmarks.pieces import ListPieces, Piece, line_pieces
from reward_agent.benchmarks.row_errors import RowFault, checked_text, shown, too_large
from reward_agent.benchmarks.rows import Row
from reward_agent.benchmarks.unpack import Unpacked
from reward_agent.errors import DataError
from reward_agent.types import Problem

_JSON_SPACE: Final = b" \t\r\n"
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_MAX_DEPTH: Final = 200
_STRUCTURE: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_EXPECTED: Final = "expected one JSON object a line, or a list of objects"


def read_json(path: Path, *, max_row_bytes: int, lists_inside: bool = False) -> Iterator[Row | Problem]:
    """The rows of a JSON file, gzipped or not; see `read_json_stream`.

    Raises DataError for a file that cannot be opened, and for one that is a single object around its rows.
    """
    unpacked = Unpacked(path)
    try:
        yield from read_json_stream(iter(unpacked), str(path), max_row_bytes=max_row_bytes, lists_inside=lists_inside)
        if unpacked.fault is not None:
            yield unpacked.fault
    finally:
        unpacked.close()


def read_json_stream(
    chunks: Iterator[bytes], name: str, *, max_row_bytes: int, lists_inside: bool = False
) -> Iterator[Row | Problem]:
    """The rows of JSON text that comes in chunks; `name` stands for the file in places and messages.

    With `lists_inside` a row may itself hold a list of objects, so a single object is one row. Raises DataError for
    a single object around its rows otherwise.
    """
    chunks = _without_mark(chunks, name)
    first, line = _first_text(chunks)
    if first.startswith(b"["):
        yield from _list_rows(_chain(first, chunks), name, line, max_row_bytes)
    elif first:
        yield from _line_rows(_chain(first, chunks), name, line, max_row_bytes, lists_inside=lists_inside)


def _first_text(chunks: Iterator[bytes]) -> tuple[bytes, int]:
    """The first chunk with text, from its first character, and the line that stands on."""
    line = 1
    for chunk in chunks:
        text = chunk.lstrip(_JSON_SPACE)
        line += chunk.count(b"\n", 0, len(chunk) - len(text))
        if text:
            return text, line
    return b"", line


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _without_mark(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    first = next(chunks, b"")
    if first.startswith(_UTF16_MARKS):
        raise DataError(f"{name}: expected UTF-8 text, got UTF-16. Save the file as UTF-8")
    yield first.removeprefix(_UTF8_MARK)
    yield from chunks


def _line_rows(
    chunks: Iterator[bytes], name: str, line: int, limit: int, *, lists_inside: bool
) -> Iterator[Row | Problem]:
    pieces = line_pieces(chunks, limit, line=line)
    if not lists_inside:
        pieces = _not_wrapped(pieces, name)
    for piece in pieces:
        try:
            yield Row(data=_parsed(piece, limit, last=not piece.whole), file=name, line=piece.line)
        except RowFault as fault:
            yield fault.at(f"{name}:{piece.line}")


def _not_wrapped(pieces: Iterator[Piece], name: str) -> Iterator[Piece]:
    """The pieces, once the first two show that the file is not one object around its rows. Raises DataError."""
    first, second = next(pieces, None), next(pieces, None)
    if first is not None:
        _refuse_wrapped(first, second, name)
    yield from (piece for piece in (first, second) if piece is not None)
    yield from pieces


def _list_rows(chunks: Iterator[bytes], name: str, line: int, limit: int) -> Iterator[Row | Problem]:
    pieces = ListPieces(limit, line=line)
    number = 0
    for chunk in chunks:
        for piece in pieces.feed(chunk):
            number += 1
            yield _list_row(piece, name, number, limit)
        if pieces.lost is not None:
            break
    for piece in pieces.finish():
        number += 1
        yield _list_row(piece, name, number, limit)
    if pieces.lost is not None:
        yield Problem(
            place=f"{name}:{pieces.line}",
            what=pieces.lost,
            remedy="Download or write the file again; the rows before this place were read",
        )


def _list_row(piece: Piece, name: str, number: int, limit: int) -> Row | Problem:
    try:
        data = _parsed(piece, limit, last=not piece.whole)
    except RowFault as fault:
        return fault.at(f"{name}:{piece.line} (row {number})")
    return Row(data=data, file=name, line=piece.line, number=number)


def _parsed(piece: Piece, limit: int, *, last: bool) -> dict[str, Any]:
    """The object a piece of text holds. Raises RowFault."""
    if piece.raw is None:
        raise too_large(None, limit)
    try:
        text = piece.raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RowFault(
            f"expected UTF-8, got the byte 0x{piece.raw[error.start]:02x} at byte {error.start + 1} of the row",
            "Save the file as UTF-8",
        ) from None
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise RowFault("the row is nested too deeply to be data", "Flatten it") from None
    except json.JSONDecodeError as error:
        cut = last and error.pos >= len(text.rstrip()) - 1
        torn = cut or error.msg.startswith("Unterminated string")
        what = "the row breaks off in the middle" if torn else "this is not JSON"
        remedy = "Download or write the file again" if torn else "Mend the row, or take it out"
        raise RowFault(f"{what} ({error.msg} at character {error.pos + 1}); {_EXPECTED}", remedy) from None
    except ValueError as error:  # a number of thousands of digits
        raise RowFault(f"this is not usable JSON ({error})", "Mend the row, or take it out") from None
    if _is_too_deep(piece.raw):
        raise RowFault("the row is nested too deeply to be data", "Flatten it")
    if not isinstance(value, dict):
        raise RowFault(f"{_EXPECTED}, got {shown(value)}", "Write each row as an object with named columns")
    checked_text(value, piece.raw)
    return value


def _is_too_deep(raw: bytes) -> bool:
    """Whether brackets nest beyond `_MAX_DEPTH`. Older Pythons refuse to parse them and newer ones do not, but what
    comes after would not stand them. `raw` is JSON that was parsed, so strings are whole."""
    if raw.count(b"[") + raw.count(b"{") <= _MAX_DEPTH:
        return False
    depth = 0
    for mark in _STRUCTURE.findall(raw):
        if mark in b"[{":
            depth += 1
            if depth > _MAX_DEPTH:
                return True
        elif mark in b"]}":
            depth -= 1
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise RowFault(f"the key {shown(key)} stands twice in one object", "Keep one of them")
            seen.add(key)
    return found


def _constant(name: str) -> float:
    raise RowFault(f"{name} is not JSON", "Write null, or take the row out")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _refuse_wrapped(first: Piece, second: Piece | None, name: str) -> None:
    """Raises DataError where the file is one object around its rows: which list is meant is not ours to guess."""
    if first.raw is None:
        return
    if second is None:
        value = _json_or_none(first)
        wrapped = isinstance(value, dict) and _holds_rows(value)
    else:
        # An object over several lines. A torn row may end in a bracket too, but then a whole row follows it.
        wrapped = first.raw.rstrip(_JSON_SPACE).endswith((b"{", b"[")) and _json_or_none(second) is None
    if wrapped:
        raise DataError(
            f"{name}: {_EXPECTED}, got one JSON object around the whole file. "
            "Take the list out of it, for example with: jq -c '.KEY[]' FILE > rows.jsonl"
        )


def _json_or_none(piece: Piece) -> object:
    try:
        return json.loads(piece.raw or b"")
    except (ValueError, RecursionError):
        return None


def _holds_rows(value: dict[str, Any]) -> bool:
    """Whether an object is a whole data set: a list of rows under a key, or a column under each key."""
    if not value:
        return False
    lists = [item for item in value.values() if isinstance(item, list)]
    rows = any(items and all(isinstance(item, dict) and "role" not in item for item in items) for items in lists)
    columns = all(isinstance(item, dict | list) for item in value.values()) and not _is_conversation(lists)
    return rows or columns


def _is_conversation(lists: list[list[Any]]) -> bool:
    return any(isinstance(item, dict) and "role" in item for items in lists for item in items)
