"""Finds the files of a corpus and reads them as pages.

    for page in read_file(path, max_bytes=..., parser=...): ...    # a Page, or a Problem

A folder is walked in the order of its paths; what begins with a dot is left out. A link is followed where it was named,
and never inside a folder: it could lead out of it, or in a circle. Rows of JSON lines and Parquet come in by
`rows.py`, since their readers are the benchmarks'.
"""

import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from reward_agent.errors import ConfigError, DataError
from reward_agent.evidence.corpus.isolation import IsolatedReader
from reward_agent.evidence.corpus.page import Page
from reward_agent.evidence.corpus.text import read_markdown, read_text
from reward_agent.types import Problem

TEXTS: dict[str, Callable[[Path], Iterable[Page | Problem]]] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
}
"""Read here, by the ending of a file's name in lower case."""

PARSED = (".html", ".htm", ".xhtml", ".pdf")
"""Read by a process of their own."""

ENDINGS = (*TEXTS, *PARSED)


def document_files(path: Path, endings: Iterable[str]) -> Iterator[Path | Problem]:
    """The files at `path` to read: itself, or what a folder holds with one of the `endings`; what else a folder holds
    is summed up in one Problem. Raises DataError where there is no such file or folder."""
    known = tuple(endings)
    try:
        if path.is_dir():
            yield from _walked(path, known)
            return
        if not path.exists():
            raise DataError(f"{path}: there is no such file or folder. Give a file or a folder of documents")
        if not path.is_file():
            raise DataError(f"{path}: this is neither a file nor a folder. Give a file or a folder of documents")
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        raise DataError(f"{str(path)!r}: this path cannot be read ({error}). Check its name and permissions") from None
    if not path.name.lower().endswith(known):
        raise DataError(f"{path}: a document ends in {', '.join(known)}. Rename or convert it")
    yield path


def read_file(path: Path, *, max_bytes: int, parser: IsolatedReader) -> Iterator[Page | Problem]:
    """The pages of one file; a Problem where it, or the rest of it, cannot be read.

    Raises ConfigError for a PDF where pypdf is not installed.
    """
    ending = path.suffix.lower()
    if ending == ".pdf" and importlib.util.find_spec("pypdf") is None:
        raise ConfigError(f"{path}: reading PDF needs pypdf. Install it with: pip install 'reward-agent[pdf]'")
    try:
        size = path.stat().st_size
        if size > max_bytes:
            yield Problem(
                place=str(path),
                what=f"a file may have {max_bytes:,} bytes, and it has {size:,}",
                remedy="Split it, or raise --max-file-mb",
            )
            return
        yield from TEXTS[ending](path) if ending in TEXTS else parser.pages(path)
    except OSError as error:
        yield Problem(
            place=str(path),
            what=f"it cannot be read ({error.strerror or error})",
            remedy="Check the file and its permissions",
        )


def _walked(folder: Path, endings: tuple[str, ...]) -> Iterator[Path | Problem]:
    links = others = 0
    unreadable: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=unreadable.append):
        here = Path(place)
        links += sum((here / name).is_symlink() for name in folders)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = here / name
            if name.startswith("."):
                continue
            if path.is_symlink():
                links += 1
            elif name.lower().endswith(endings) and path.is_file():
                yield path
            else:
                others += 1
    for error in unreadable:
        yield Problem(
            place=str(error.filename),
            what=f"the folder cannot be read ({error.strerror})",
            remedy="Check its permissions",
        )
    if links:
        yield Problem(
            place=str(folder), what=f"{links} links inside the folder were not followed", remedy="Name their targets"
        )
    if others:
        yield Problem(
            place=str(folder),
            what=f"{others} files with other endings were left out",
            remedy=f"Documents end in {', '.join(endings)}",
        )
