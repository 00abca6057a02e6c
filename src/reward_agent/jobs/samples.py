"""Samples to judge from a file of the user's, or from standard input.

    {"id": "1", "prompt": "Name a river.", "candidates": ["The Po.", {"text": "The Nile.", "source": "my-model"}]}

`prompt` is a text or a list of messages. Read too: the reference's `{"prompt", "responses"}` and UltraFeedback's
`{"instruction", "completions": [{"response"}]}`. A row that cannot be read is a `Problem`; the others go on. A
candidate may be empty: a model that said nothing is judged as it is.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reward_agent.benchmarks.carried import carried
from reward_agent.benchmarks.fields import columns_shown, prompt_of, row_id
from reward_agent.benchmarks.json_rows import read_json_stream
from reward_agent.benchmarks.row_errors import RowFault, shown
from reward_agent.benchmarks.rows import Row, read_rows
from reward_agent.config import Settings
from reward_agent.types import Candidate, Problem, Sample

STANDARD_INPUT = "-"
CHUNK_BYTES = 1 << 16
_PROMPTS = ("prompt", "instruction", "question")
_CANDIDATES = ("candidates", "responses", "completions")
_TEXTS = ("text", "response", "content")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A sample as it was read. `columns` are the row's other columns, under their own names: what an evaluator of the
    picked response may need (accepted answers, values), and no judge gets to see. `place` is where the row stands."""

    sample: Sample
    columns: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""


def read_samples(file: str, settings: Settings) -> Iterator[Sample | Problem]:
    """The samples of `file` (`-`: standard input), in order. Raises DataError for a file that is not rows at all."""
    for item in read_taken(file, settings):
        yield item if isinstance(item, Problem) else item.sample


def read_taken(file: str, settings: Settings) -> Iterator[Taken | Problem]:
    """The same with what else the rows hold."""
    limit = settings.run.max_row_bytes
    if file == STANDARD_INPUT:
        # From the descriptor: a thread that waits in Python's own buffer holds its lock when the program wants to end.
        chunks = iter(lambda: os.read(sys.stdin.fileno(), CHUNK_BYTES), b"")
        rows = read_json_stream(chunks, "standard input", max_row_bytes=limit, lists_inside=True)
    else:
        rows = read_rows(file, max_row_bytes=limit, lists_inside=True)
    for row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        try:
            yield _taken(row)
        except RowFault as fault:
            yield fault.at(row.place)


def _taken(row: Row) -> Taken:
    prompt = _first_of(row, _PROMPTS)
    candidates = _first_of(row, _CANDIDATES)
    value = row.data[candidates]
    if not isinstance(value, list) or not value:
        came = "an empty list" if value == [] else _came(value)
        raise RowFault(f"{candidates} must be a list of at least one response, got {came}", "Correct the row")
    sample = Sample(
        id=row_id(row, "id"),
        prompt=prompt_of(row.data[prompt], prompt),
        candidates=tuple(_candidate(item, f"{candidates}[{index}]") for index, item in enumerate(value)),
    )
    columns = carried(row.data, (name for name in row.data if name not in ("id", prompt, candidates)))
    return Taken(sample=sample, columns=columns, place=row.place)


def _first_of(row: Row, names: tuple[str, ...]) -> str:
    for name in names:
        if name in row.data:
            return name
    raise RowFault(
        f"expected a column {' or '.join(map(repr, names))}, got the columns {columns_shown(row.data)}",
        "Name the columns prompt and candidates",
    )


def _candidate(value: object, name: str) -> Candidate:
    if isinstance(value, str):
        return Candidate(text=value)
    if isinstance(value, Mapping):
        source = value.get("source", value.get("model"))
        for key in _TEXTS:
            if isinstance(value.get(key), str):
                return Candidate(text=value[key], source=source if isinstance(source, str) else None)
    raise RowFault(f"{name} must be a text or {{'text': ...}}, got {_came(value)}", "Correct the row")


def _came(value: Any) -> str:
    return f"an object with the keys {columns_shown(value)}" if isinstance(value, Mapping) else shown(value)
