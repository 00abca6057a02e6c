"""Cuts a stream of JSON text into the pieces that should each be one row, holding no more than one row at a time.

This looks only at brackets, quotes and commas; whether a piece is good JSON is seen when it is parsed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_SPACE: Final = b" \t\r\n"
_OPENING: Final = {ord("]"): ord("["), ord("}"): ord("{")}
_MARK: Final = re.compile(rb'["\[\]{},]')
# Possessive, so linear: the rest of a string up to its closing quote, a raw line break (which JSON forbids: the
# string was torn), or the end of the chunk.
_STRING_REST: Final = re.compile(rb'[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+')
# Possessive too: what needs no look inside an element, up to its next bracket or a string that does not end here.
_INSIDE: Final = re.compile(rb'(?:[^"\[\]{}]++|"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+")*+')
_BETWEEN: Final = re.compile(rb"[ \t\r\n,]*+")
_MAX_DEPTH: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The text of one row and the line it starts on; `raw` is None where it was over the bound and dropped.
    `whole` is false where the file ended in it."""

    raw: bytes | None
    line: int
    whole: bool = True


def line_pieces(chunks: Iterator[bytes], limit: int, *, line: int = 1) -> Iterator[Piece]:
    """The lines that are not blank, counted from `line`. Only a line feed ends a line: JSON text may hold every
    other separator."""
    pending = bytearray()
    dropped = False
    for chunk in chunks:
        begun = 0
        while (end := chunk.find(b"\n", begun)) >= 0:
            piece = pending + chunk[begun:end] if pending else chunk[begun:end]
            if dropped or len(piece) > limit:
                yield Piece(raw=None, line=line)
            elif piece.strip(_SPACE):
                yield Piece(raw=bytes(piece), line=line)
            pending.clear()
            dropped = False
            line += 1
            begun = end + 1
        if not dropped:
            pending += chunk[begun:]
        if len(pending) > limit:
            pending.clear()
            dropped = True
    if dropped:
        yield Piece(raw=None, line=line, whole=False)
    elif pending.strip(_SPACE):
        yield Piece(raw=bytes(pending), line=line, whole=False)


TEXT_BEHIND: Final = "there is more text after the end of the list: it was not read"


class ListPieces:
    """Cuts the elements out of one JSON list that comes in chunks.

    `lost` says, once it is set, why the rest of the list cannot be read; `line` is where reading stands.
    """

    def __init__(self, limit: int, *, line: int = 1) -> None:
        self.line = line
        self.lost: str | None = None
        self._limit = limit
        self._open = bytearray()  # the brackets that are open, innermost last
        self._in_string = False
        self._escaped = False
        self._closed = False
        self._text = bytearray()
        self._text_line = line
        self._dropped = False

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """The elements that end in this chunk."""
        position = begun = 0
        while position < len(chunk) and self.lost is None:
            if self._closed:
                self._after_the_end(chunk[position:])
                return
            if self._in_string:
                position = self._string_end(chunk, position)
                continue
            if begun == position and self._between_elements():
                begun = position = self._skipped(chunk, position)
            elif len(self._open) > 1:
                position = _end(_INSIDE, chunk, position)
            match = _MARK.search(chunk, position)
            if match is None:
                break
            position = match.end()
            outer = len(self._open) == 1
            opens_list = not self._open
            closed = self._mark(chunk[match.start()])
            if opens_list:
                self._keep(chunk[begun:position])
                self._text.clear()
                begun = position
            elif closed or (outer and chunk[match.start()] == ord(",")):
                self._keep(chunk[begun : match.start()])
                yield from self._piece(whole=True)
                begun = position
        self._keep(chunk[begun:] if self.lost is None else chunk[begun:position])

    def finish(self) -> Iterator[Piece]:
        """What the end of the file left open."""
        if self._closed or self.lost is not None:
            return
        yield from self._piece(whole=False)
        self.lost = "the file ends before its list does: rows may be missing"

    def _mark(self, mark: int) -> bool:
        """Takes note of a bracket, quote or comma; whether it closed the list."""
        if mark == ord('"'):
            self._in_string = True
        elif mark in b"[{":
            self._open.append(mark)
            if len(self._open) > _MAX_DEPTH:
                self.lost = "the list is nested too deeply to be data: its rest was not read"
        elif mark in _OPENING:
            # A row with a bracket too few is closed by the bracket around it, and costs no other row.
            while len(self._open) > 1 and self._open[-1] != _OPENING[mark]:
                self._open.pop()
            if self._open[-1] == _OPENING[mark]:
                self._open.pop()
            self._closed = not self._open
        return self._closed

    def _string_end(self, chunk: bytes, position: int) -> int:
        if self._escaped:  # by a backslash at the end of the chunk before; a raw line break tears the string even so
            self._escaped = False
            self._in_string = chunk[position] != ord("\n")
            return position + self._in_string
        end = _end(_STRING_REST, chunk, position)
        if end < len(chunk):
            self._escaped = chunk[end] == ord("\\") and end + 1 == len(chunk)
            self._in_string = self._escaped
            end += 1
        return end

    def _between_elements(self) -> bool:
        return len(self._open) == 1 and not self._text and not self._dropped

    def _skipped(self, chunk: bytes, position: int) -> int:
        end = _end(_BETWEEN, chunk, position)
        self.line += chunk.count(b"\n", position, end)
        return end

    def _keep(self, text: bytes) -> None:
        if not self._text and not self._dropped:
            stripped = text.lstrip(_SPACE)
            self.line += text.count(b"\n", 0, len(text) - len(stripped))
            self._text_line = self.line
            text = stripped
        self.line += text.count(b"\n")
        if not self._dropped:
            self._text += text
        if len(self._text) > self._limit:
            self._text.clear()
            self._dropped = True

    def _piece(self, *, whole: bool) -> Iterator[Piece]:
        raw = None if self._dropped else bytes(self._text.rstrip(_SPACE))
        if raw is None or raw:
            yield Piece(raw=raw, line=self._text_line, whole=whole)
        self._text.clear()
        self._dropped = False

    def _after_the_end(self, text: bytes) -> None:
        behind = text.lstrip(_SPACE)
        self.line += text.count(b"\n", 0, len(text) - len(behind))
        if behind:
            self.lost = TEXT_BEHIND


def _end(pattern: re.Pattern[bytes], chunk: bytes, position: int) -> int:
    """Where a pattern that also matches nothing stops matching."""
    match = pattern.match(chunk, position)
    return match.end() if match is not None else position
