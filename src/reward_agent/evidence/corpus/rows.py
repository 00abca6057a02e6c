"""A row of JSON lines or Parquet -> a page.

Which columns hold text, title and source is given, or guessed by name from the lists below, the first that is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reward_agent.evidence.corpus.page import Page
from reward_agent.types import Problem

TEXTS = ("text", "contents", "content", "passage", "body", "paragraph", "document", "abstract")
TITLES = ("title", "name", "heading", "page_title")
SOURCES = ("url", "link", "source", "id", "_id", "docid")
SHOWN_COLUMNS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns to read, where the user names them."""

    text: str | None = None
    title: str | None = None
    source: str | None = None


GUESSED = Columns()
"""No column is named."""


def page_of(row: Mapping[str, object], *, place: str, columns: Columns = GUESSED) -> Page | Problem:
    """The page a row holds; its source is `place` where no column names one. A Problem for a row without text."""
    text = _column(row, columns.text, TEXTS)
    if not isinstance(text, str) or not text.strip():
        names = ", ".join(repr(name) for name in list(row)[:SHOWN_COLUMNS])
        wanted = repr(columns.text) if columns.text else f"one of {', '.join(TEXTS)}"
        return Problem(
            place=place,
            what=f"expected a text that is not empty in the column {wanted}; the columns are {names or 'none'}",
            remedy="Name the column with --text-column",
        )
    title = _column(row, columns.title, TITLES)
    source = _column(row, columns.source, SOURCES)
    return Page(
        text=text,
        title=title if isinstance(title, str) else "",
        source=f"{place} ({source})"
        if isinstance(source, str | int) and not _is_address(source)
        else _shown(source, place),
    )


def _shown(source: object, place: str) -> str:
    return source if isinstance(source, str) else place


def _is_address(source: object) -> bool:
    return isinstance(source, str) and source.startswith(("http://", "https://"))


def _column(row: Mapping[str, object], named: str | None, guesses: Sequence[str]) -> object:
    names = (named,) if named else guesses
    return next((row[name] for name in names if row.get(name) is not None), None)
