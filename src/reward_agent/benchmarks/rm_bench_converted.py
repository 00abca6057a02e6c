"""Which styles a row of a converted RM-Bench file compares.

A converted file holds three rows a prompt under one repeated id, and says nowhere which styles they are. Normal
files hold the diagonal 0-0, 1-1, 2-2, so no text repeats; hard files 0-1, 0-2, 1-2, so that two rows share the
plainest right answer and two the richest wrong one; easy files 1-0, 2-0, 2-1, the mirror image. A level in the
file's name decides; without one the file's rows vote, hard and easy by which answers are shorter.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from reward_agent.benchmarks.converted import CHOSEN, REJECTED, is_converted, published_only
from reward_agent.benchmarks.rows import Row
from reward_agent.types import Problem

# The column that `arrange` adds: (style of the right answer, style of the wrong one).
CELL: Final = "styles compared"

_Cell = tuple[int, int]
_CELLS: Final[dict[str, tuple[_Cell, _Cell, _Cell]]] = {
    "normal": ((0, 0), (1, 1), (2, 2)),
    "hard": ((0, 1), (0, 2), (1, 2)),
    "easy": ((1, 0), (2, 0), (2, 1)),
}


def arrange(items: Iterable[Row | Problem]) -> Iterator[Row | Problem]:
    """The published rows, or else the converted ones, each with its styles under `CELL` where they can be told."""
    held = list(published_only(items))
    cells = _cells([item for item in held if isinstance(item, Row) and is_converted(item)])
    for item in held:
        cell = cells.get(id(item))
        if isinstance(item, Row) and cell is not None:
            yield replace(item, data={**item.data, CELL: cell})
        else:
            yield item


def _cells(rows: Sequence[Row]) -> dict[int, _Cell]:
    """The styles of each row, by the identity of the row."""
    cells: dict[int, _Cell] = {}
    for file, of_file in groupby(rows, key=lambda row: row.file):
        groups: dict[str | int, list[Row]] = {}
        for row in of_file:
            key = row.data.get("id")
            if isinstance(key, str | int):
                groups.setdefault(key, []).append(row)
        triples = [group for group in groups.values() if _answers(group) is not None]
        level = _level_by_name(file) or _level_by_vote(triples)
        for group in groups.values():
            for row, cell in zip(group, _group_cells(group, level), strict=False):
                cells[id(row)] = cell
    return cells


def _level_by_name(file: str) -> str | None:
    name = file.replace("\\", "/").rsplit("/", 1)[-1].lower()
    found = [level for level in _CELLS if level in name]
    return found[0] if len(found) == 1 else None


def _level_by_vote(triples: Sequence[Sequence[Row]]) -> str | None:
    if not triples:
        return None
    kinds: Counter[str] = Counter()
    longer = 0
    for group in triples:
        chosen, rejected = _answers(group) or ([], [])
        crossed = _repeated(chosen) is not None and _repeated(rejected) is not None
        kinds["crossed" if crossed else "diagonal"] += 1
        longer += sum(map(len, chosen)) - sum(map(len, rejected)) if crossed else 0
    if kinds["diagonal"] >= kinds["crossed"]:
        return "normal"
    return "easy" if longer > 0 else "hard"


def _group_cells(group: Sequence[Row], level: str | None) -> Sequence[_Cell]:
    """The styles of the rows of one prompt: by their repeated texts, or else in the published order."""
    if level is None:
        return ()
    answers = _answers(group)
    if answers is None or level == "normal":
        return _CELLS[level]
    chosen, rejected = answers
    right, wrong = _repeated(chosen), _repeated(rejected)
    if right is None or wrong is None or (right, wrong) not in zip(chosen, rejected, strict=True):
        return _CELLS[level]
    both, right_only, wrong_only = ((0, 2), (0, 1), (1, 2)) if level == "hard" else ((2, 0), (2, 1), (1, 0))
    return [
        both if (a, b) == (right, wrong) else right_only if a == right else wrong_only
        for a, b in zip(chosen, rejected, strict=True)
    ]


def _answers(group: Sequence[Row]) -> tuple[list[str], list[str]] | None:
    """The last turns of three rows; None for another number of rows, or one that cannot be read."""
    chosen = [_last_turn(row.data.get(CHOSEN)) for row in group]
    rejected = [_last_turn(row.data.get(REJECTED)) for row in group]
    right, wrong = [a for a in chosen if a is not None], [b for b in rejected if b is not None]
    return (right, wrong) if len(right) == len(wrong) == len(group) == 3 else None


def _last_turn(turns: Any) -> str | None:
    last = turns[-1] if isinstance(turns, list) and turns else None
    content = last.get("content") if isinstance(last, dict) else None
    return content if isinstance(content, str) else None


def _repeated(texts: Sequence[str]) -> str | None:
    """The text that stands in exactly two of three rows."""
    text, times = Counter(texts).most_common(1)[0]
    return text if times == 2 else None
