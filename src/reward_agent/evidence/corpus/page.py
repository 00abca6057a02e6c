"""A page: a stretch of one document that is read and split together."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A row, a section, a page of a PDF, or a part of a long text.

    `source` says where it is from as a person would look it up (a file, a file's page, an address); `line` is the line
    of the file that the text starts on, from 1, where lines mean something.
    """

    text: str
    title: str = ""
    source: str = ""
    line: int | None = None
