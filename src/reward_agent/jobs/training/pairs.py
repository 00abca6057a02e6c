"""Pairs that can be trained on, from a folder that `annotate` made or from any file in TRL's preference format.

A row that is none, a pair with an empty side or two equal ones, and a prompt that leaves no room for a response are set
aside and counted; a pair that is too long is cut or set aside, as the settings say.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reward_agent.benchmarks.row_errors import RowFault
from reward_agent.benchmarks.rows import Row, read_rows
from reward_agent.errors import DataError
from reward_agent.types import Problem

FILES = ("pairs.jsonl", "pairs.parquet")
ROLES = ("system", "user", "assistant", "tool")
KEPT_PROBLEMS = 1_000
Turns = list[dict[str, str]]
Text = str | Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPair:
    """What TRL reads of a pair: texts, or messages where it is conversational."""

    prompt: Text
    chosen: Text
    rejected: Text

    @property
    def conversational(self) -> bool:
        return not isinstance(self.prompt, str)

    def columns(self) -> dict[str, Text]:
        return {"prompt": self.prompt, "chosen": self.chosen, "rejected": self.rejected}


Lengths = Callable[[TrainingPair], tuple[int, int, int]]
"""Tokens of the prompt, of prompt and chosen, of prompt and rejected."""


@dataclass(slots=True, kw_only=True)
class Sifting:
    """Goes through the pairs once and counts. `max_length` in tokens; None: no limit."""

    lengths: Lengths
    max_length: int | None
    drop_long: bool
    used: int = 0
    cut: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def through(self, items: Iterator[TrainingPair | Problem]) -> Iterator[TrainingPair]:
        for item in items:
            if isinstance(item, Problem):
                self.set_aside["cannot be read as a pair"] += 1
                if len(self.problems) < KEPT_PROBLEMS:
                    self.problems.append(item)
                continue
            objection = self._objection(item)
            if objection is None:
                self.used += 1
                yield item
            else:
                self.set_aside[objection] += 1

    def _objection(self, pair: TrainingPair) -> str | None:
        if not said(pair.chosen) or not said(pair.rejected):
            return "a response is empty"
        if pair.chosen == pair.rejected:
            return "both responses are the same"
        if self.max_length is None:
            return None
        prompt, chosen, rejected = self.lengths(pair)
        if prompt >= self.max_length:
            return "the prompt alone is too long"
        if max(chosen, rejected) > self.max_length:
            if self.drop_long:
                return "a response is too long"
            self.cut += 1
        return None


def pairs_file(pairs: Path) -> Path:
    """The file of pairs in a folder, or the file itself. Raises DataError."""
    if pairs.is_file():
        return pairs
    for name in FILES:
        if (pairs / name).is_file():
            return pairs / name
    what = f"holds no {' or '.join(FILES)}" if pairs.is_dir() else "does not exist"
    raise DataError(
        f"{pairs} {what}. Give a folder that `reward-agent annotate` made (with --write pairs), or a file of pairs"
    )


def read_pairs(path: Path, *, max_row_bytes: int) -> Iterator[TrainingPair | Problem]:
    """The pairs of a file, in order. Raises DataError for a file that is not rows at all, or mixes both formats."""
    kind: bool | None = None
    for row in read_rows(str(path), max_row_bytes=max_row_bytes, lists_inside=True):
        if isinstance(row, Problem):
            yield row
            continue
        try:
            pair = _pair(row)
        except RowFault as fault:
            yield fault.at(row.place)
            continue
        if kind is not None and pair.conversational != kind:
            raise DataError(
                f"{row.place}: pairs of texts and pairs of messages stand in one file; a trainer reads one kind. Make "
                "them again: reward-agent pairs DIR --format conversational"
            )
        kind = pair.conversational
        yield pair


def said(text: Text) -> str:
    """What a response says, without white space around it."""
    return (text if isinstance(text, str) else "".join(turn["content"] for turn in text)).strip()


def _pair(row: Row) -> TrainingPair:
    values = {name: _text(row.data, name) for name in ("prompt", "chosen", "rejected")}
    if len({isinstance(value, str) for value in values.values()}) > 1:
        raise RowFault("prompt, chosen and rejected must be all texts or all lists of messages", "Correct the row")
    return TrainingPair(**values)


def _text(data: Mapping[str, Any], name: str) -> Text:
    if name not in data:
        raise RowFault(f"expected a column {name!r}", "Give prompt, chosen and rejected, as TRL's preference format")
    value = data[name]
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(map(_is_turn, value)):
        return [{"role": turn["role"], "content": turn["content"]} for turn in value]
    raise RowFault(f"{name} must be a text or a list of messages with role and content", "Correct the row")


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, Mapping) and turn.get("role") in ROLES and isinstance(turn.get("content"), str)
