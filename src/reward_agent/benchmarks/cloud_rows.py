"""Rows of files in S3 or Google Cloud Storage, through pyarrow's file systems (the extra `parquet`).

    s3://BUCKET/PATH    gs://BUCKET/PATH    a file, or all below a path; JSON lines, lists and Parquet, as on disk

Credentials come from where the clouds' own tools take them (environment, profile, the machine's role). A file is read
as a stream; of Parquet one group of rows is in memory at a time.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from reward_agent.benchmarks.json_rows import read_json_stream
from reward_agent.benchmarks.parquet_rows import table_rows
from reward_agent.benchmarks.rows import SUFFIXES, Row
from reward_agent.errors import ConfigError, DataError
from reward_agent.types import Problem

_CHUNK_BYTES: Final = 1 << 20
_SUFFIXES: Final = tuple(suffix for suffix in SUFFIXES if suffix != ".parquet.gz")  # needs to be read from its end


def read_cloud(
    address: str, *, max_row_bytes: int, include: Callable[[str], bool], lists_inside: bool
) -> Iterator[Row | Problem]:
    """The rows of all data files at the address, in the order of their paths.

    Raises ConfigError where pyarrow is not installed; DataError for an address with credentials in it, and for one that
    cannot be read or holds no data file.
    """
    try:
        from pyarrow import fs
    except ImportError:
        raise ConfigError(
            f"reading {address.partition('://')[0]}:// needs pyarrow: pip install 'reward-agent[parquet]'"
        ) from None
    if "@" in address or "secret" in address.lower():
        raise DataError(
            "an address in the cloud must not hold a key, since run folders keep it: set the environment variables "
            "that the cloud's own tools read, and give s3://BUCKET/PATH or gs://BUCKET/PATH"
        )
    try:
        system, path = fs.FileSystem.from_uri(address)
        for name in _files(system, path, fs, include):
            yield from _read(system, name, max_row_bytes=max_row_bytes, lists_inside=lists_inside)
    except (OSError, ValueError) as error:
        first_line = (str(error) or type(error).__name__).split("\n", 1)[0]
        raise DataError(
            f"{address}: cannot be read ({first_line[:300]}). Check the address, the credentials in the environment, "
            "and the network"
        ) from None


def _files(system: Any, path: str, fs: Any, include: Callable[[str], bool]) -> list[str]:
    info = system.get_file_info(path)
    if info.type == fs.FileType.File:
        return [path]
    found = system.get_file_info(fs.FileSelector(path, recursive=True, allow_not_found=True))
    names = sorted(i.path for i in found if i.type == fs.FileType.File and i.path.lower().endswith(_SUFFIXES))
    chosen = [name for name in names if include(name)]
    if not chosen:
        raise DataError(f"{path}: there is no data file here. Expected files that end in {', '.join(_SUFFIXES)}")
    return chosen


def _read(system: Any, name: str, *, max_row_bytes: int, lists_inside: bool) -> Iterator[Row | Problem]:
    if name.lower().endswith(".parquet"):
        with system.open_input_file(name) as file:
            yield from table_rows(file, name, max_row_bytes=max_row_bytes)
        return
    with system.open_input_stream(name) as stream:  # unpacks .gz by its name
        chunks = iter(lambda: stream.read(_CHUNK_BYTES), b"")
        yield from read_json_stream(chunks, name, max_row_bytes=max_row_bytes, lists_inside=lists_inside)
