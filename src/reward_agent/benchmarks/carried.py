"""Columns of a row that are carried along into files of JSON lines, whatever kind of table they came from."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

_NO_JSON: Final = object()


def carried(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The named columns as JSON can hold them: a table's dates as text, its gaps as null. Bytes, such as
    pictures, and what else JSON cannot hold are left out."""
    return {name: found for name in names if (found := _as_json(data[name])) is not _NO_JSON}


def _as_json(value: object) -> object:
    try:
        return json.loads(json.dumps(value, default=_as_text), parse_constant=lambda name: None)
    except (TypeError, ValueError, RecursionError):
        return _NO_JSON


def _as_text(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        raise TypeError
    return str(value)
