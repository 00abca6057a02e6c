"""How far a run is, on the terminal: a live line where there is one, a plain line every ten seconds elsewhere.

Written to standard error, so that standard output stays clean for results.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from reward_agent.jobs.run import Tally, Watch

PLAIN_EVERY_S = 10.0
SHOWN_EVERY_S = 0.1


@contextmanager
def shown_progress(title: str, console: Console, *, done: str = "judged") -> Iterator[Watch]:
    """Yields the function that a job tells its tally to. At the end one line says what was `done` and how fast."""
    latest = Tally(total=0)
    started = time.monotonic()
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[notes]}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    bar = progress.add_task(title, total=None, notes="")
    spoken = started
    updated = 0.0

    def watch(tally: Tally) -> None:
        nonlocal latest, spoken, updated
        latest, now = tally, time.monotonic()
        if now - updated < SHOWN_EVERY_S and tally.done < tally.total:
            return
        updated = now
        progress.update(bar, total=tally.total, completed=tally.done, notes=_notes(tally))
        if not console.is_terminal and time.monotonic() - spoken > PLAIN_EVERY_S:
            spoken = time.monotonic()
            console.print(_line(title, tally, spoken - started, done))

    with progress:
        yield watch
    console.print(_line(title, latest, time.monotonic() - started, done))


class _Rate(ProgressColumn):
    """Rows a second."""

    def render(self, task: Task) -> Text:
        return Text(_rate(task.speed) if task.speed else "")


def _rate(a_second: float) -> str:
    return f"{a_second:,.0f}/s" if a_second >= 10 else f"{a_second:,.2g}/s"


def _line(title: str, tally: Tally, seconds: float, done: str) -> Text:
    new = tally.done - tally.resumed
    parts = [f"{title}: {tally.done:,} of {tally.total:,} {done}"]
    if tally.resumed:
        parts.append(f"{tally.resumed:,} of them before")
    if new and seconds > 0:
        rate = new / seconds
        left = (tally.total - tally.done) / rate
        parts.append(_rate(rate) + (f", {left:,.0f} s to go" if left else f" in {seconds:,.1f} s"))
    if notes := _notes(tally):
        parts.append(notes)
    return Text(", ".join(parts))


def _notes(tally: Tally) -> str:
    parts = []
    if tally.failures:
        parts.append(f"{tally.failures:,} failures")
    if tally.calls:
        parts.append(f"{tally.calls:,} calls, {tally.tokens:,} tokens")
    if tally.cost:
        parts.append(f"${tally.cost:,.2f}")
    return ", ".join(parts)
