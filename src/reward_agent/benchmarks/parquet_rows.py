"""Rows of a Parquet file, through pyarrow (the extra `parquet`)."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from reward_agent.benchmarks.row_errors import row_or_problem
from reward_agent.benchmarks.rows import Row
from reward_agent.benchmarks.unpack import Unpacked
from reward_agent.errors import ConfigError
from reward_agent.types import Problem

_BATCH_ROWS: Final = 64
_SPOOL_BYTES: Final = 64 << 20


def read_parquet(path: Path, *, max_row_bytes: int) -> Iterator[Row | Problem]:
    """The rows of a Parquet file, gzipped or not; a Problem where it is damaged.

    Raises ConfigError where pyarrow is not installed, DataError for a file that cannot be opened.
    """
    try:
        import pyarrow.parquet  # noqa: F401  # says here that it is missing
    except ImportError:
        raise ConfigError(
            f"{path}: reading Parquet needs pyarrow. Install it with: pip install 'reward-agent[parquet]'"
        ) from None
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as file:
        fault = _unpack(path, file)
        if fault is not None:
            yield fault
            return
        yield from table_rows(file, str(path), max_row_bytes=max_row_bytes)


def table_rows(file: Any, name: str, *, max_row_bytes: int) -> Iterator[Row | Problem]:
    """The rows of an open Parquet file; a Problem where it is damaged. `name` stands for it in places."""
    import pyarrow
    import pyarrow.parquet

    number = 0
    try:
        for batch in pyarrow.parquet.ParquetFile(file).iter_batches(batch_size=_BATCH_ROWS):
            for data in batch.to_pylist():
                number += 1
                yield row_or_problem(data, file=name, number=number, max_row_bytes=max_row_bytes)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        first_line = (str(error) or type(error).__name__).split("\n", 1)[0]
        yield Problem(
            place=f"{name}: row {number + 1}",
            what=f"the Parquet file is damaged here ({first_line[:200]}); the rows before were read",
            remedy="Download it again",
        )


def _unpack(path: Path, file: IO[bytes]) -> Problem | None:
    unpacked = Unpacked(path)
    try:
        for chunk in unpacked:
            file.write(chunk)
    finally:
        unpacked.close()
    file.seek(0)
    return unpacked.fault
