"""Data files as they lie, and what ties a shipped model to them."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a gzip file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def checksum(path: Path) -> str:
    """The SHA-256 of a file, as it stands in a shipped model beside the file's name."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def checksums(data: Path, files: list[str]) -> dict[str, str]:
    """The checksums of data files by their place in the data folder."""
    return {file: checksum(data / file) for file in files}
