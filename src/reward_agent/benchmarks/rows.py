"""Rows of a data file, folder or hub data set, with the place each came from.

    for row in read_rows("data/judgebench", max_row_bytes=4_000_000):
        print(row.place, row)                  # a Row, or a Problem where one could not be read

Reads JSON lines and JSON lists (told apart by content), Parquet, all of them gzipped or not, the same at
`s3://BUCKET/PATH` and `gs://BUCKET/PATH`, and `hf:OWNER/NAME[@REV][:SPLIT]`. A bad row costs that row and no other.
Memory is bounded by one row, however large the file or what a gzip file unpacks to.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reward_agent.errors import DataError
from reward_agent.types import Problem

DEFAULT_MAX_ROW_BYTES: Final = 4 * 1024 * 1024
HUB_PREFIX: Final = "hf:"
CLOUD_PREFIXES: Final = ("s3://", "gs://")
SUFFIXES: Final = tuple(end + gz for end in (".json", ".jsonl", ".parquet") for gz in ("", ".gz"))

# A file with more bad rows than this is summed up, so that a hostile file cannot fill the memory with problems.
_MAX_PROBLEMS_A_FILE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as read, its columns by name.

    `line` is the line it starts on, from 1 (0 where the file has no lines: Parquet, the hub); `number` its position
    among the rows, from 1, where a line does not say it.
    """

    data: Mapping[str, Any]
    file: str
    line: int
    number: int | None = None

    @property
    def place(self) -> str:
        """Where a person finds it: `a.jsonl:12`, `a.json:12 (row 3)`, or `a.parquet: row 3`."""
        if self.number is None:
            return f"{self.file}:{self.line}"
        return f"{self.file}: row {self.number}" if self.line == 0 else f"{self.file}:{self.line} (row {self.number})"

    @property
    def stem(self) -> str:
        """The file's name without folder and ending; for a hub set its last part."""
        name = self.file.replace("\\", "/").rsplit("/", 1)[-1]
        ending = next((end for end in sorted(SUFFIXES, key=len, reverse=True) if name.lower().endswith(end)), "")
        return name[: len(name) - len(ending)] if len(name) > len(ending) else name

    @property
    def default_id(self) -> str:
        """An id for a row that brings none: the same in every reading of the same data."""
        return f"{self.stem}/{self.number if self.number is not None else self.line}"


def _every_file(path: str) -> bool:
    return True


def read_rows(
    data: str,
    *,
    max_row_bytes: int = DEFAULT_MAX_ROW_BYTES,
    include: Callable[[str], bool] = _every_file,
    lists_inside: bool = False,
) -> Iterator[Row | Problem]:
    """The rows of `data`, in the order of the files' paths, and a Problem for each that cannot be read.

    `include` says by path which files of a folder to read; `lists_inside` that a row may hold a list of objects, so
    that a file of one object is one row. Raises DataError for a missing path, a folder without a
    data file, an unknown ending and a file that is not rows at all; ConfigError for a missing extra.
    """
    if data.startswith(HUB_PREFIX):
        from reward_agent.benchmarks.hub_rows import read_hub

        yield from _limited(read_hub(data, max_row_bytes=max_row_bytes), data)
        return
    if data.startswith(CLOUD_PREFIXES):
        from reward_agent.benchmarks.cloud_rows import read_cloud

        rows = read_cloud(data, max_row_bytes=max_row_bytes, include=include, lists_inside=lists_inside)
        yield from _limited(rows, data)
        return
    for path in data_files(data, include=include):
        rows = _read_file(path, max_row_bytes=max_row_bytes, lists_inside=lists_inside)
        yield from _limited(rows, str(path))


def data_files(data: str, *, include: Callable[[str], bool] = _every_file) -> list[Path]:
    """The data files of a file or folder path, sorted. Raises DataError saying what was expected instead."""
    if not data.strip():
        raise DataError("the path of the data is empty. Give a file, a folder, or hf:OWNER/NAME")
    try:
        data.encode("utf-8")
    except UnicodeEncodeError:
        raise DataError(f"{data!r}: the path is not valid Unicode. Rename the file or folder") from None
    path = Path(data)
    endings = ", ".join(SUFFIXES)
    try:
        if path.is_file():
            if not path.name.lower().endswith(SUFFIXES):
                raise DataError(f"{data}: a data file ends in {endings}. Rename it, or convert it to JSON lines")
            return [path]
        if not path.is_dir():
            raise DataError(
                f"{data}: there is no such file or folder. Give a path, or hf:OWNER/NAME for a data set on the hub"
            )
        files = sorted(
            p for p in path.rglob("*") if _is_data(p.relative_to(path)) and p.is_file() and not _is_of_a_run(p)
        )
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        raise DataError(f"{data!r}: this path cannot be read ({error}). Check its name and permissions") from None
    chosen = [file for file in files if include(str(file))]
    if not chosen:
        found = "no data file" if not files else f"{len(files)} data files, none of which belongs to this benchmark"
        raise DataError(f"{data}: the folder holds {found}. Expected files that end in {endings}")
    return chosen


def _is_of_a_run(path: Path) -> bool:
    """Whether a file lies in a run folder of ours: results that were written beside the data are no data."""
    return (path.parent / "settings.toml").is_file() and (path.parent / "integrity.json").is_file()


def _is_data(relative: Path) -> bool:
    return relative.name.lower().endswith(SUFFIXES) and not any(part.startswith(".") for part in relative.parts)


def _read_file(path: Path, *, max_row_bytes: int, lists_inside: bool) -> Iterator[Row | Problem]:
    if path.name.lower().removesuffix(".gz").endswith(".parquet"):
        from reward_agent.benchmarks.parquet_rows import read_parquet

        return read_parquet(path, max_row_bytes=max_row_bytes)
    from reward_agent.benchmarks.json_rows import read_json

    return read_json(path, max_row_bytes=max_row_bytes, lists_inside=lists_inside)


def _limited(items: Iterator[Row | Problem], file: str) -> Iterator[Row | Problem]:
    """The items, with the problems beyond the first thousand summed up in one; a file that has given nothing else by
    then is not read on."""
    problems = rows = 0
    for item in items:
        if isinstance(item, Problem):
            problems += 1
            if problems > _MAX_PROBLEMS_A_FILE:
                if rows == 0:
                    what = f"not one of the first {problems - 1} rows can be read; the rest of the file was not tried"
                    yield Problem(place=file, what=what, remedy="Check that this is the right file, and whole")
                    return
                continue
        else:
            rows += 1
        yield item
    if problems > _MAX_PROBLEMS_A_FILE:
        yield Problem(
            place=file,
            what=f"{problems - _MAX_PROBLEMS_A_FILE} further rows cannot be read",
            remedy="Check that this is the right file, and whole",
        )
