"""Prompts to answer: IFEval, TriviaQA, TruthfulQA, FActScore, AlpacaEval and UltraFeedback as published, or any file
with a column of prompts, texts or lists of messages.

JSON lines, JSON lists and Parquet are read as benchmarks are, `hf:OWNER/NAME` too; CSV and TSV (TruthfulQA) and plain
text, a prompt a line (FActScore's entities), are read here. A row that cannot be read is a `Problem`; the rest goes on.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from reward_agent.benchmarks.carried import carried
from reward_agent.benchmarks.fields import columns_shown, prompt_of, word
from reward_agent.benchmarks.row_errors import RowFault
from reward_agent.benchmarks.rows import Row, read_rows
from reward_agent.benchmarks.text_rows import TEXT_COLUMN, is_text_rows, read_text_rows
from reward_agent.benchmarks.wrapped_rows import is_wrapped, read_wrapped
from reward_agent.errors import ConfigError
from reward_agent.types import Message, Problem

PROMPT_COLUMNS: Final = ("prompt", "instruction", "question", "Question", "input", "query", TEXT_COLUMN)
ID_COLUMNS: Final = ("id", "key", "prompt_id", "question_id", "QuestionId", "pair_id", "uid")
PLACE: Final = "{prompt}"
_NOT_CARRIED: Final = frozenset(
    {
        *("id", "prompt", "responses", "generator", "finish_reasons", "missing"),  # what our own rows hold
        *("candidates", "completions", "chosen", "rejected", "messages", "output", "models"),  # others' answers
        *("entity_pages", "search_results", "EntityPages", "SearchResults"),  # TriviaQA's evidence, megabytes of it
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A conversation to answer. `columns` are the row's other columns under their published names, for evaluators;
    `plain`: whether the row had the prompt as one text. `place`: where the row stands."""

    id: str
    messages: tuple[Message, ...]
    columns: Mapping[str, Any] = field(default_factory=dict)
    plain: bool = True
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptShape:
    """Where prompts stand in the rows. `column`: which one holds them; found out where it is None. `template`: a text
    around each prompt that is a text, with `{prompt}` in its place."""

    column: str | None = None
    template: str | None = None

    def __post_init__(self) -> None:
        if self.template is not None and PLACE not in self.template:
            raise ConfigError(f"--template takes a text with {PLACE} in it, got {self.template[:80]!r}")


def read_prompts(data: str, shape: PromptShape, *, max_row_bytes: int) -> Iterator[Prompt | Problem]:
    """The prompts of a file, folder or hub data set, in order. Raises DataError for what is not rows at all."""
    if is_text_rows(data):
        rows = read_text_rows(data, max_row_bytes=max_row_bytes)
    elif is_wrapped(data):
        rows = read_wrapped(data, max_row_bytes=max_row_bytes)
    else:
        rows = read_rows(data, max_row_bytes=max_row_bytes, lists_inside=True)
    for row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        try:
            yield _prompt(row, shape)
        except RowFault as fault:
            yield fault.at(row.place)


def _prompt(row: Row, shape: PromptShape) -> Prompt:
    name = shape.column or _column(row)
    if name not in row.data:
        raise RowFault(f"there is no column {name!r}, but {columns_shown(row.data)}", "Name one by --prompt-column")
    value = row.data[name]
    if shape.column is None and name == "instruction":
        value = _with_input(value, row.data.get("input"))
    messages = prompt_of(value, name)
    if isinstance(value, str) and shape.template is not None:
        before, after = shape.template.split(PLACE, 1)
        messages = (replace(messages[0], content=before + value + after),)
    if messages[-1].role == "assistant":
        raise RowFault(f"{name} ends with an assistant turn", "End it with the turn that is to be answered")
    others = (key for key in row.data if key != name and key not in _NOT_CARRIED)
    columns = carried(row.data, others)
    return Prompt(id=_id(row), messages=messages, columns=columns, plain=isinstance(value, str), place=row.place)


def _column(row: Row) -> str:
    for name in PROMPT_COLUMNS:
        if name in row.data:
            return name
    raise RowFault(
        f"expected a column {', '.join(PROMPT_COLUMNS)}, got the columns {columns_shown(row.data)}",
        "Name the one with the prompts by --prompt-column",
    )


def _with_input(instruction: object, given: object) -> object:
    """Alpaca's rows have an `input` that the instruction speaks of."""
    if isinstance(instruction, str) and isinstance(given, str) and given.strip():
        return f"{instruction}\n\n{given}"
    return instruction


def _id(row: Row) -> str:
    return next(filter(None, (word(row, name) for name in ID_COLUMNS)), row.default_id)


def prompt_content(prompt: Prompt) -> str:
    """The turns as JSON: what is the same where the same is asked."""
    return json.dumps([[turn.role, turn.content] for turn in prompt.messages])
