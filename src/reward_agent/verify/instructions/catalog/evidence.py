"""Words for what a checker saw, and the measurement of a demand that every unit must meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from reward_agent.verify.instructions.constraint import Measurement

_EXCERPT = 80


def excerpt(text: str, length: int = _EXCERPT) -> str:
    """The text on one line, cut to about `length` characters, in quotes."""
    flat = " ".join(text[: 4 * length].split())
    return f'"{flat[: length - 1]}…"' if len(flat) > length else f'"{flat}"'


def listing(pieces: Iterable[str], most: int = 5) -> str:
    """The first few pieces in quotes, joined by commas."""
    found = list(pieces)
    shown = ", ".join(excerpt(piece, 40) for piece in found[:most])
    return f"{shown} and {len(found) - most} more" if len(found) > most else shown


def every(units: Sequence[str], passes: Callable[[str], bool], unit: str, demand: str) -> Measurement:
    """Whether every unit passes; the distance is the share that does not. Without units nothing is met."""
    if not units:
        return Measurement(met=False, measured=f"no {unit} found", distance=1.0)
    failing = [text for text in units if not passes(text)]
    if not failing:
        return Measurement(met=True, measured=f"all {len(units)} {unit}s {demand}")
    return Measurement(
        met=False,
        measured=f"{len(failing)} of {len(units)} {unit}s do not {demand}, first {excerpt(failing[0])}",
        distance=len(failing) / len(units),
    )


def all_found(wanted: Sequence[str], missing: Sequence[str], what: str) -> Measurement:
    """Whether all of a list was found; the distance is the share that was not."""
    if not missing:
        return Measurement(met=True, measured=f"found {what} {listing(wanted)}")
    return Measurement(
        met=False, measured=f"missing {what} {listing(missing)}", distance=len(missing) / max(len(wanted), 1)
    )
