"""Text from data and models, made safe to show.

A candidate, a subset name or an error message can hold terminal escape sequences, characters that turn the reading
direction, or ten megabytes. Whatever a report quotes passes through here first.
"""

import unicodedata
from itertools import chain

_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Marks and overrides of the reading direction: they can make a line read as what it is not."""

_LINE_ENDS = dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), "\n")

_SHOWN = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x7F: "␡",
    **{code: f"\\x{code:02x}" for code in range(0x80, 0xA0)},
    **{code: f"\\u{code:04x}" for code in chain(_TURNING, (0xFEFF,))},
    **dict.fromkeys(range(0xD800, 0xE000), "�"),
    **_LINE_ENDS,
    0x09: "    ",
    0x0A: "\n",
}

_MARKS_IN_A_ROW = 8
"""Combining marks on one letter; no script needs more, and a hundred of them cover the lines around."""


def harmless(text: str, *, limit: int) -> str:
    """The text with at most `limit` of its characters, an ellipsis where it was cut, and its lines kept.

    Control characters become visible symbols, so a terminal obeys none of them; direction marks become their
    escapes; lone surrogates, which no file can hold, become the replacement character.
    """
    head = text[:limit]
    if head.isascii() and head.isprintable():  # most are, and hold nothing of all that
        shown = head
    else:
        shown = "".join(_without_piled_marks(head.replace("\r\n", "\n").translate(_SHOWN)))
    return f"{shown.rstrip()}…" if len(text) > limit else shown


def one_line(text: str, *, limit: int) -> str:
    """`harmless`, with every run of white space as one space."""
    # Twice the limit, so that leading white space does not eat what can be seen.
    shown = " ".join(harmless(text, limit=2 * limit).split())
    return shown if len(shown) <= limit else f"{shown[:limit].rstrip()}…"


def _without_piled_marks(text: str) -> list[str]:
    if text.isascii():
        return [text]
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return kept
