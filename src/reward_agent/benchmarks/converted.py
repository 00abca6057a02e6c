"""The converted format in which the RewardAgent paper's data are handed round.

A JSON list of `{"text_chosen": [messages], "text_rejected": [messages], "id", "domain"}`; the two conversations
differ in the last turn only.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from reward_agent.benchmarks.definition import without_files
from reward_agent.benchmarks.fields import candidate, column, messages, row_id, shared_prompt
from reward_agent.benchmarks.rows import Row
from reward_agent.types import LabeledSample, Problem

CHOSEN: Final = "text_chosen"
REJECTED: Final = "text_rejected"
COLUMNS: Final = frozenset({CHOSEN, REJECTED})


def is_converted(row: Row) -> bool:
    """Whether a row is in the converted format."""
    return CHOSEN in row.data or REJECTED in row.data


def read_converted(row: Row, *, subset: str, id: str | None = None) -> LabeledSample:
    """The pair of a converted row. Raises RowFault."""
    prompt, chosen, rejected = shared_prompt(
        messages(column(row, CHOSEN), CHOSEN), messages(column(row, REJECTED), REJECTED), (CHOSEN, REJECTED)
    )
    return LabeledSample.pair(
        id=id or row_id(row, "id"),
        prompt=prompt,
        chosen=candidate(chosen, f"{CHOSEN}, last turn,"),
        rejected=candidate(rejected, f"{REJECTED}, last turn,"),
        subset=subset,
    )


def published_only(items: Iterable[Row | Problem]) -> Iterator[Row | Problem]:
    """The rows, without the converted ones where there are published ones: they hold the same pairs again."""
    held = list(items)
    rows = [item for item in held if isinstance(item, Row)]
    left_out: set[str] = set()
    if any(not is_converted(row) for row in rows):
        left_out = {row.file for row in rows if is_converted(row)}
    yield from without_files(held, left_out, "repeats the published files beside it in the converted format")
