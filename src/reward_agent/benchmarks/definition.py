"""What a benchmark is: how a row is read, what is asked of the scores, and how figures are made of the answers."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reward_agent.benchmarks.rows import Row
from reward_agent.benchmarks.scoring import Orders, compare_pairs
from reward_agent.types import Aggregate, Comparison, LabeledSample, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row as read: the sample with its answer key, and the label as it stands in the file.

    `part` tells rows apart that may rightly hold the same texts: they are then no duplicates.
    """

    labeled: LabeledSample
    label: str = "chosen"
    part: str = ""


def in_order(items: Iterable[Row | Problem]) -> Iterator[Row | Problem]:
    """The rows as they come."""
    yield from items


def without_files(items: Iterable[Row | Problem], files: Collection[str], why: str) -> Iterator[Row | Problem]:
    """A note for each of the files, and the rows of all others. `why` goes on from "this file"."""
    for file in sorted(files):
        yield Problem(
            place=file,
            what=f"this file {why}; it was not read",
            remedy="Give this file's own path to read it",
            set_aside=False,
        )
    yield from (item for item in items if not (isinstance(item, Row) and item.file in files))


def no_aggregates(subsets: Sequence[str]) -> Sequence[Aggregate]:
    """None: the overall figure is the plain mean over all comparisons."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A benchmark, as functions.

    `columns` are those by which its published rows are known. `arrange` may drop rows or add what only the rows
    around one can tell. `read_row` raises RowFault, or UnknownLabel for a label the benchmark does not publish.
    `compare` takes, for each sample id, one entry per order in which the candidates were shown, each aligned to
    the sample's own order, None where unjudged. `aggregates` takes the subsets that have a comparison.
    """

    name: str
    summary: str
    columns: frozenset[str]
    read_row: Callable[[Row], Entry]
    arrange: Callable[[Iterable[Row | Problem]], Iterable[Row | Problem]] = in_order
    compare: Callable[[Sequence[LabeledSample], Mapping[str, Orders]], list[Comparison]] = compare_pairs
    aggregates: Callable[[Sequence[str]], Sequence[Aggregate]] = no_aggregates
