"""Rows of CSV, TSV and plain text files: what some sets of prompts are published as.

A row of plain text has one column, `text`, and is one line; blank lines are left out.
"""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reward_agent.benchmarks.row_errors import RowFault, row_or_problem, too_large
from reward_agent.benchmarks.rows import Row
from reward_agent.benchmarks.unpack import Unpacked
from reward_agent.errors import DataError
from reward_agent.types import Problem

TEXT_COLUMN: Final = "text"
SUFFIXES: Final = (".csv", ".tsv", ".txt")


def is_text_rows(data: str) -> bool:
    """Whether this module reads the file, gzipped or not."""
    return data.lower().removesuffix(".gz").endswith(SUFFIXES)


def read_text_rows(data: str, *, max_row_bytes: int) -> Iterator[Row | Problem]:
    """The rows of the file, in order. Raises DataError for a file that cannot be opened, is no UTF-8 text, or has no
    header with column names."""
    path = Path(data)
    if not path.is_file():
        raise DataError(f"{data}: there is no such file. Give the path of a file")
    unpacked = Unpacked(path)
    try:
        lines = _lines(unpacked, data, max_row_bytes)
        if data.lower().removesuffix(".gz").endswith(".txt"):
            yield from _plain_rows(lines, data, max_row_bytes)
        else:
            yield from _table_rows(lines, data, max_row_bytes)
        if unpacked.fault is not None:
            yield unpacked.fault
    finally:
        unpacked.close()


def _lines(unpacked: Unpacked, data: str, limit: int) -> Iterator[str]:
    """Lines with their ends. Raises DataError for what is no UTF-8, and for a line beyond the limit."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest = ""
    for chunk in unpacked:
        rest += _decoded(decoder, chunk, data)
        *whole, rest = rest.splitlines(keepends=True) or [""]
        if rest.endswith("\n"):
            whole.append(rest)
            rest = ""
        yield from whole
        if len(rest) > limit:
            raise DataError(f"{data}: {too_large(None, limit)}")
    rest += _decoded(decoder, b"", data, final=True)
    if rest:
        yield rest


def _decoded(decoder: codecs.IncrementalDecoder, chunk: bytes, data: str, *, final: bool = False) -> str:
    try:
        return decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        raise DataError(f"{data}: expected UTF-8 text ({error.reason}). Save the file as UTF-8") from None


def _plain_rows(lines: Iterator[str], data: str, limit: int) -> Iterator[Row | Problem]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield row_or_problem({TEXT_COLUMN: line.strip()}, file=data, number=number, max_row_bytes=limit)


def _table_rows(lines: Iterator[str], data: str, limit: int) -> Iterator[Row | Problem]:
    csv.field_size_limit(limit)
    dialect = csv.excel_tab if data.lower().removesuffix(".gz").endswith(".tsv") else csv.excel
    reader = csv.reader(lines, dialect, strict=True)
    try:
        names = next(reader, [])
        if not names or not all(name.strip() for name in names) or len(set(names)) < len(names):
            raise DataError(f"{data}: the first line must name the columns, each once. Add a header")
        for number, values in enumerate(reader, start=1):
            if not values:
                continue
            if len(values) != len(names):
                what = f"the row has {len(values)} fields and the header {len(names)}"
                yield RowFault(what, "Mend the row, or put texts with commas into quotes").at(f"{data}: row {number}")
                continue
            row = dict(zip(names, values, strict=True))
            yield row_or_problem(row, file=data, number=number, max_row_bytes=limit)
    except csv.Error as error:
        yield Problem(
            place=f"{data}:{reader.line_num}",
            what=f"the table cannot be read from here on ({error})",
            remedy="Mend this line; the rows before it were read",
        )
