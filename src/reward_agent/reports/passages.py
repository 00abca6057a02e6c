"""Passages of evidence, printed for a person. They are anybody's texts: shown as plain text, see `plain`."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from reward_agent.reports.plain import harmless, one_line
from reward_agent.types import Passage

SHOWN_TEXT = 1_200
SHOWN_LINE = 200


def passages_text(passages: Sequence[Passage]) -> RenderableType:
    """Each passage under its rank, title, source and score."""
    return Group(*_lines(passages)) if passages else Text("no passage was found", style="yellow")


def _lines(passages: Sequence[Passage]) -> Iterator[RenderableType]:
    for rank, passage in enumerate(passages, start=1):
        score = "" if passage.score is None else f"  {passage.score:.1f}"
        head = Text(f"{rank}. {one_line(passage.title, limit=SHOWN_LINE)}", style="bold")
        yield head.append(f"  {one_line(passage.source, limit=SHOWN_LINE)}{score}", style="dim")
        yield Padding(Text(harmless(passage.text, limit=SHOWN_TEXT)), (0, 0, 1, 3), expand=False)
