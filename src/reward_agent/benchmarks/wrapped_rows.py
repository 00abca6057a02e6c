"""Rows of a JSON file that is one object with its rows under `Data`, as TriviaQA publishes its questions."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reward_agent.benchmarks.json_rows import read_json_stream
from reward_agent.benchmarks.pieces import TEXT_BEHIND
from reward_agent.benchmarks.rows import Row
from reward_agent.benchmarks.unpack import Unpacked
from reward_agent.types import Problem

_WRAPPER: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"Data"\s*:\s*(?=\[)')


def is_wrapped(data: str) -> bool:
    """Whether it is such a file, gzipped or not."""
    path = Path(data)
    if not data.lower().removesuffix(".gz").endswith(".json") or not path.is_file():
        return False
    unpacked = Unpacked(path)
    try:
        return _WRAPPER.match(next(iter(unpacked), b"")) is not None
    finally:
        unpacked.close()


def read_wrapped(data: str, *, max_row_bytes: int) -> Iterator[Row | Problem]:
    """The rows of the list; what else the object says is left out. Raises DataError for a file that cannot be read."""
    unpacked = Unpacked(Path(data))
    try:
        chunks = iter(unpacked)
        first = next(chunks, b"")
        wrapper = _WRAPPER.match(first)
        begun = wrapper.end() if wrapper is not None else 0
        rows = b"\n" * first.count(b"\n", 0, begun) + first[begun:]  # so that lines are the file's own
        for item in read_json_stream(itertools.chain([rows], chunks), data, max_row_bytes=max_row_bytes):
            if not (isinstance(item, Problem) and item.what == TEXT_BEHIND):
                yield item
        if unpacked.fault is not None:
            yield unpacked.fault
    finally:
        unpacked.close()
