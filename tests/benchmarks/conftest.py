"""Files of rows for the readers: every text in them was written for these tests."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

Writer = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Writes rows (or raw bytes) into a file of the test's folder and gives its path. The name decides the layout:
    `.json` a list, `.jsonl` lines, `.gz` gzipped."""

    def written(name: str, rows: Sequence[Mapping[str, Any]] | bytes) -> str:
        content = rows if isinstance(rows, bytes) else encoded(name, rows)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content, mtime=0) if name.endswith(".gz") else content)
        return str(path)

    return written


def encoded(name: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as the layout the name asks for."""
    if ".jsonl" in name:
        return "".join(json.dumps(row) + "\n" for row in rows).encode()
    return json.dumps(rows).encode()
