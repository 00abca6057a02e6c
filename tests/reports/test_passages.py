"""Passages, printed."""

from rich.console import Console

from reward_agent.reports.passages import passages_text
from reward_agent.types import Passage


def printed(*passages: Passage) -> str:
    console = Console(width=80, no_color=True)
    with console.capture() as capture:
        console.print(passages_text(passages))
    return capture.get()


def test_a_passage_is_shown_with_rank_title_source_and_score() -> None:
    out = printed(Passage(text="The ebb is out.", title="Ebb", source="a.txt:3", score=7.25), Passage(text="Salt."))
    assert out.splitlines()[0].rstrip() == "1. Ebb  a.txt:3  7.2"
    assert "   The ebb is out." in out
    assert "2." in out


def test_hostile_passages_are_plain_text() -> None:
    out = printed(Passage(text="\x1b[2J[bold]x[/bold]" + "y" * 100_000, title="\x1b]0;t\x07", source="\n\n"))
    assert "\x1b" not in out
    assert "[bold]x[/bold]" in out
    assert len(out) < 3_000
