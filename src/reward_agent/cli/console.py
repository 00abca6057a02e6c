"""What every command says to the person, and how."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from reward_agent.types import Judgment, Problem, Sample

T = TypeVar("T")
SHOWN_PROBLEMS = 10


def judgment_printer(as_json: bool) -> "Callable[[Sample, Judgment], None]":
    if as_json:
        from pydantic import TypeAdapter

        from reward_agent.types import Judgment

        adapter = TypeAdapter(Judgment)
        return lambda sample, judgment: typer.echo(adapter.dump_json(judgment))

    from reward_agent.reports.explain import judgment_text

    console = terminal()
    return lambda sample, judgment: console.print(judgment_text(sample, judgment))


def sound(items: "Iterable[Sample | Problem]") -> "Iterator[Sample]":
    """The samples; problems are said as they come."""
    from reward_agent.types import Problem

    for item in items:
        if isinstance(item, Problem):
            say(f"warning: {item}")
        else:
            yield item


def say_problems(problems: "Iterable[Problem]", count: int) -> None:
    for problem in itertools.islice(problems, SHOWN_PROBLEMS):
        say(f"warning: {problem}")
    if count > SHOWN_PROBLEMS:
        say(f"warning: {count - SHOWN_PROBLEMS} more like these")


@contextmanager
def stoppable(how_to_go_on: str = "run the same command again to go on where it stopped") -> Iterator[None]:
    """Work that a person may stop with Ctrl-C: it says how to go on, and leaves with 130."""
    try:
        yield
    except KeyboardInterrupt:
        say(f"stopped; {how_to_go_on}")
        raise typer.Exit(130) from None


def show_paired(
    paired: T,
    *,
    json: bool,
    markdown: bool,
    as_table: "Callable[[T], RenderableType]",
    as_markdown: Callable[[T], str],
) -> None:
    """What two runs differ in, in the form that was asked for; as a table where none was."""
    if json:
        from pydantic import TypeAdapter

        typer.echo(TypeAdapter(type(paired)).dump_json(paired, indent=2))
    elif markdown:
        typer.echo(as_markdown(paired), nl=False)
    else:
        terminal().print(as_table(paired))


def terminal(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr)


def say(text: str) -> None:
    """A line for the person, on standard error."""
    typer.echo(shown(text), err=True)


def shown(text: str) -> str:
    """The text with control characters shown, not obeyed."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
