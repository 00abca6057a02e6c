"""Reads a checker and responses from files, to try a checker by hand (`reward-agent run-checker`)."""

import json
from pathlib import Path

from reward_agent.errors import DataError

MAX_FILE_BYTES = 256 * 2**20


def read_source(file: Path) -> str:
    """A checker's source. Raises DataError."""
    return _text(file)


def read_texts(file: Path) -> list[str]:
    """The responses of a JSON lines file: a text a line, or an object with `response` or `text`. Raises DataError."""
    texts = []
    for number, line in enumerate(_text(file).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{file}, line {number}: expected JSON, got {line[:60]!r} ({error})") from None
        if isinstance(row, dict):
            row = row.get("response", row.get("text"))
        if not isinstance(row, str):
            raise DataError(
                f"{file}, line {number}: expected a text, or an object whose `response` is one; got {line[:60]!r}"
            )
        texts.append(row)
    return texts


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise DataError(f"{file} is larger than {MAX_FILE_BYTES // 2**20} MiB; split it")
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{file} is not UTF-8: {error}") from None
