"""Bulleted and numbered lists."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import Literal

from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity, Reading
from reward_agent.verify.instructions.markdown import Item, bullets, items, numbered

Marker = str | tuple[str, ...]


@checker("bullets.count")
def bullets_count(
    response: str, *, quantity: Quantity, marker: Marker | None = None, reading: Reading = "literal"
) -> Measurement:
    """The number of bullet points.

    `marker` None: any usual marker with a blank after it, nested bullets too (natural: only the outermost). With a
    marker, or several: lines that start with it and go on with anything but the same mark again (natural: a blank).
    """
    if marker is not None:
        wanted = (marker,) if isinstance(marker, str) else tuple(marker)
        found = sum(1 for _ in _marked(wanted, reading).finditer(response))
        return Measurement.count(found, quantity, f"bullets with {' or '.join(wanted)}")
    return Measurement.count(_outer(bullets(response), reading), quantity, "bullets")


@lru_cache(maxsize=256)
def _marked(markers: tuple[str, ...], reading: Reading) -> re.Pattern[str]:
    # A doubled asterisk opens bold text, but a line of dashes is a bullet to short scripts.
    ends = {"*": r"(?=[^*\n])"} if reading == "literal" else {}
    rest = r"(?=[^\n]|$)" if reading == "literal" else r"(?=[ \t]+\S)"
    choices = "|".join(re.escape(mark.strip()) + ends.get(mark.strip(), rest) for mark in markers if mark.strip())
    return re.compile(rf"^[ \t]*(?:{choices or '(?!)'})", re.MULTILINE)


def _outer(found: tuple[Item, ...], reading: Reading) -> int:
    if reading == "literal" or not found:
        return len(found)
    left = min(item.indent for item in found)
    return sum(1 for item in found if item.indent == left)


@checker("numbered.count")
def numbered_count(response: str, *, quantity: Quantity, reading: Reading = "literal") -> Measurement:
    """The number of numbered items (`1.`, `1)`, `(1)`, `[1]`). natural: only the outermost."""
    return Measurement.count(_outer(numbered(response), reading), quantity, "numbered items")


@checker("list.present")
def list_present(
    response: str, *, kind: Literal["bulleted", "numbered", "any"] = "any", reading: Reading = "literal"
) -> Measurement:
    """Whether there is a list. literal: one line that starts as an item is enough; natural: two."""
    found = len({"bulleted": bullets, "numbered": numbered, "any": items}[kind](response))
    return Measurement.count(found, Quantity.at_least(1 if reading == "literal" else 2), "list items")


@checker("lists.nested")
def lists_nested(
    response: str, *, marker: str = "*", inner: str = "-", quantity: Quantity | None = None
) -> Measurement:
    """Whether every bullet with the outer marker has sub-bullets with the inner one below it (at least one)."""
    wanted = quantity or Quantity.at_least(1)
    counts: list[int] = []
    for line in response.split("\n"):
        text = line.lstrip()
        if text.startswith(inner) and not text.startswith(inner * 2):
            if counts:
                counts[-1] += 1
        elif text.startswith(marker) and not text.startswith(marker * 2):
            counts.append(0)
    if not counts:
        return Measurement(met=False, measured=f"no bullet with {marker}", distance=1.0)
    bad = sum(1 for count in counts if not wanted.allows(count))
    return Measurement(
        met=not bad, measured=f"{bad} of {len(counts)} bullets without {wanted} sub-bullets", distance=bad / len(counts)
    )


@checker("lists.depth")
def lists_depth(response: str, *, quantity: Quantity) -> Measurement:
    """How many levels of indentation the list items have."""
    depth = len({item.indent for item in items(response)})
    return Measurement.count(depth, quantity, "list levels")


_STYLES = {
    "arabic": re.compile(r"^[ \t]*(?:\*\*|#{1,6} )?\(?(\d{1,4})[.):]", re.MULTILINE),
    "bracketed": re.compile(r"^[ \t]*(?:\*\*|#{1,6} )?\[(\d{1,4})\]", re.MULTILINE),
    "roman": re.compile(r"^[ \t]*(?:\*\*|#{1,6} )?\(?([IVXLCivxlc]{1,8})[.):]", re.MULTILINE),
    "letter": re.compile(r"^[ \t]*(?:\*\*|#{1,6} )?\(?([A-Za-z])[.):]", re.MULTILINE),
}
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@checker("lists.numbering")
def lists_numbering(
    response: str,
    *,
    style: Literal["arabic", "bracketed", "roman", "letter"],
    quantity: Quantity | None = None,
    start: int = 1,
) -> Measurement:
    """The number of items numbered in a style, in order from `start`: 1. 2., [1] [2], I. II., A. B."""
    numbers = [_ordinal(mark, style) for mark in _STYLES[style].findall(response)]
    run = 0
    for number in numbers:
        if number == start + run:
            run += 1
    measurement = Measurement.count(run, quantity or Quantity.at_least(2), f"items numbered in {style} style")
    if measurement.met and run < len(numbers):
        return Measurement(met=False, measured=f"{len(numbers) - run} of {len(numbers)} out of turn", distance=0.5)
    return measurement


def _ordinal(mark: str, style: str) -> int:
    if style == "letter":
        return ord(mark.lower()) - ord("a") + 1
    if style != "roman":
        return int(mark)
    values = [_ROMAN[char] for char in mark.lower()]
    return sum(
        -value if place + 1 < len(values) and value < values[place + 1] else value for place, value in enumerate(values)
    )


@checker("lists.sorted")
def lists_sorted(response: str, *, descending: bool = False) -> Measurement:
    """Whether the list items are in alphabetical order."""
    texts = [item.text.strip("*_` ").casefold() for item in items(response)]
    if len(texts) < 2:
        return Measurement.of(False, f"{len(texts)} items")
    swapped = sum(1 for one, two in itertools.pairwise(texts) if (one < two if descending else one > two))
    return Measurement(
        met=not swapped,
        measured=f"{swapped} of {len(texts) - 1} neighbours out of order",
        distance=swapped / (len(texts) - 1),
    )


@checker("list.sequence")
def list_sequence(response: str, *, values: tuple[str, ...], separator: str = ",") -> Measurement:
    """Whether the response lists exactly the given values in the given order, divided by a separator."""
    found = [part.strip(" \t\n.*").casefold() for part in response.split(separator or ",")]
    wanted = [value.strip().casefold() for value in values]
    right = sum(1 for one, two in zip(found, wanted, strict=False) if one == two)
    most = max(len(found), len(wanted), 1)
    return Measurement(
        met=found == wanted,
        measured=f"{right} of {len(wanted)} values in their place, {len(found)} given",
        distance=0.0 if found == wanted else 1 - right / (most + 1),
    )
