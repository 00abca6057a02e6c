"""Plain text and Markdown -> pages, a bounded part of the file at a time, so that memory does not grow with it.

Text is UTF-8, or UTF-16 with its byte order mark. Other encodings are not guessed: a wrong guess would be indexed as
nonsense without anybody being told.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from reward_agent.evidence.corpus.page import Page
from reward_agent.types import Problem

PAGE_CHARS = 200_000
_LINE_CHARS = 100_000  # a longer line is read in parts

_HEADING = re.compile(r"#{1,6}[ \t]+(.+?)[ \t#]*$")
_CODE = re.compile(r"\s{0,3}(```|~~~)")


def read_text(path: Path) -> Iterator[Page | Problem]:
    """Pages of about `PAGE_CHARS`, cut between paragraphs where there are any; the file's name is their title."""
    part: list[str] = []
    size, begun = 0, 1
    for number, line in _lines(path):
        if isinstance(line, Problem):
            yield line
            break
        if size > PAGE_CHARS and (not line.strip() or size > 2 * PAGE_CHARS):
            yield Page(text="".join(part), title=path.stem, source=str(path), line=begun)
            part, size, begun = [], 0, number
        part.append(line)
        size += len(line)
    if part:
        yield Page(text="".join(part), title=path.stem, source=str(path), line=begun)


def read_markdown(path: Path) -> Iterator[Page | Problem]:
    """A page a section, its title "DOCUMENT: SECTION"; the document's is its first heading, else the file's name."""
    document, section = path.stem, ""
    part: list[str] = []
    size, begun, in_code, named = 0, 1, False, False

    def page() -> Page:
        title = f"{document}: {section}" if section and section != document else document
        return Page(text="".join(part), title=title, source=str(path), line=begun)

    for number, line in _lines(path):
        if isinstance(line, Problem):
            yield line
            break
        in_code ^= _CODE.match(line) is not None
        heading = None if in_code else _HEADING.match(line)
        if heading or (size > PAGE_CHARS and not line.strip()) or size > 2 * PAGE_CHARS:
            if part:
                yield page()
            part, size, begun = [], 0, number
        if heading:
            section = heading[1]
            document = document if named else section
            named, begun = True, number + 1
        else:
            part.append(line)
            size += len(line)
    if part:
        yield page()


def _lines(path: Path) -> Iterator[tuple[int, str | Problem]]:
    """The lines, numbered from 1, each with its line feed; in the end a Problem where the text is not readable."""
    number = 1
    with path.open("rb") as file:
        encoding = _encoding(file)
    with path.open(encoding=encoding, newline=None) as text:
        while True:
            try:
                line = text.readline(_LINE_CHARS)
            except UnicodeError as error:
                yield number, _not_text(path, number, f"it is not {encoding.removesuffix('-sig').upper()} ({error})")
                return
            if "\0" in line:
                yield number, _not_text(path, number, "it holds null characters, as files that are no text do")
                return
            if not line:
                return
            yield number, line
            number += line.endswith("\n")


def _encoding(file: IO[bytes]) -> str:
    start = file.read(2)
    return "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _not_text(path: Path, number: int, what: str) -> Problem:
    return Problem(
        place=f"{path}:{number}",
        what=f"from about here on, {what}; what stands before was read",
        remedy="Save the file as UTF-8, or take it out",
    )
