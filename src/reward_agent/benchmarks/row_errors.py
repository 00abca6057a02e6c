"""What can be wrong with one row, said so that the person who owns the file can mend it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from reward_agent.benchmarks.rows import Row
from reward_agent.errors import DataError
from reward_agent.types import Problem

_ESCAPED_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


class RowFault(DataError):
    """A row that cannot be used: what was expected and what came, and what to change."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}. {remedy}")
        self.what = what
        self.remedy = remedy

    def at(self, place: str) -> Problem:
        """The fault as the Problem of the row at `place`, which is set aside."""
        return Problem(place=place, what=self.what, remedy=self.remedy)


class UnknownLabel(RowFault):
    """A label that the benchmark does not publish: guessing what it means would falsify the figures."""

    def __init__(self, column: str, value: object, allowed: tuple[str, ...]) -> None:
        self.column = column
        self.value = value if isinstance(value, str) and len(value) <= 60 and value.isprintable() else shown(value)
        super().__init__(
            f"{column} must be one of {', '.join(map(repr, allowed))}, got {shown(value)}",
            "Correct the row, or leave such rows out with --set run.unknown_label='set aside'",
        )


def too_large(size: int | None, limit: int) -> RowFault:
    """The fault of a row over the size bound; `size` in bytes, None where it was not read to its end."""
    came = f"it has {size:,} bytes" if size is not None else "it is longer"
    return RowFault(
        f"a row may have {limit:,} bytes, and {came}",
        "Raise the setting run.max_row_mb if the row is meant to be that large",
    )


def shown(value: object, *, limit: int = 60) -> str:
    """A value for a message: its repr, cut to `limit` characters, or its type where the repr would be unbounded."""
    if isinstance(value, str):
        return repr(value if len(value) <= limit else value[:limit] + "…")
    if value is None or isinstance(value, bool | float):
        return repr(value)
    if isinstance(value, int) and abs(value) < 10**18:
        return repr(value)
    return f"a value of type {type(value).__name__}"


def checked_text(data: Mapping[str, Any], raw: bytes | None = None) -> None:
    """Raises RowFault for a lone surrogate anywhere in the row: half a character, which no file can hold.

    `raw`, the row's JSON where there is one, saves the walk: a surrogate can only come from a `\\ud8..` escape.
    """
    if raw is not None and not _ESCAPED_SURROGATE.search(raw):
        return
    pending: list[Any] = [data]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            try:
                value.encode("utf-8")
            except UnicodeEncodeError as error:
                raise RowFault(
                    f"the text holds a lone surrogate (half of a UTF-16 pair: U+{ord(value[error.start]):04X})",
                    "Write the whole character, as UTF-8 or as both halves of the pair",
                ) from None
        elif isinstance(value, Mapping):
            pending.extend(value.keys())
            pending.extend(value.values())
        elif isinstance(value, list | tuple):
            pending.extend(value)


def text_bytes(value: object) -> int:
    """About how many bytes of text a row that did not come from JSON holds."""
    size = 0
    pending: list[object] = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str | bytes):
            size += len(item)
        elif isinstance(item, Mapping):
            pending.extend(item.keys())
            pending.extend(item.values())
        elif isinstance(item, list | tuple):
            pending.extend(item)
        else:
            size += 8
    return size


def row_or_problem(data: object, *, file: str, number: int, max_row_bytes: int) -> Row | Problem:
    """A row of a table (Parquet, the hub), held to the same bounds as a row of JSON."""
    place = f"{file}: row {number}"
    if not isinstance(data, Mapping):
        fault = RowFault(f"expected columns by name, got {shown(data)}", "Store a table with named columns")
        return fault.at(place)
    try:
        size = text_bytes(data)
        if size > max_row_bytes:
            raise too_large(size, max_row_bytes)
        checked_text(data)
    except RowFault as fault:
        return fault.at(place)
    return Row(data=data, file=file, line=0, number=number)
