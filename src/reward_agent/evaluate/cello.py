"""CELLO: are complex instructions followed, by its four criteria? (He et al., AAAI 2024, arXiv 2309.09150)

From memory of the paper, which was not at hand: the four criteria (count limit, answer format, task-prescribed phrases,
input-dependent query), graded scores instead of yes or no, the share of required words for phrases and keywords,
whether a format can be parsed, and the mean of a criterion's parts and of a row's criteria. Ours: how a missed count is
graded (the smaller of count and limit over the larger one), how samples are counted (list items, or the entries of a
JSON list), and the columns' names. A figure from here is not the published one; faithfulness to the input is measured
by keywords alone.

A row says in the column `criteria` what it asks for; each part may be left out:

    {"count_limit": {"words": {"min": 50, "max": 80}, "samples": {"exactly": 3}},
     "answer_format": {"format": "json", "keywords": ["title", "date"]},
     "task_prescribed_phrases": {"required": ["In short:"], "forbidden": ["as an AI"]},
     "input_dependent_query": {"keywords": ["Ada Lovelace", "1843"]}}

Counts are of words, sentences, lines, paragraphs, characters or samples; formats are json, list and table.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reward_agent.evaluate.evaluation import Measure, Score
from reward_agent.verify.instructions import markdown, units

MEASURES = (Measure(name="criteria", unit="mean of the row's criteria, each 0 to 1"),)
COLUMN = "criteria"
_UNITS = ("words", "sentences", "lines", "paragraphs", "characters")
_LIMITS = ("min", "max", "exactly")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cello:
    """By the four criteria."""

    name: str = "cello"
    measures: Sequence[Measure] = MEASURES

    def score(self, row: Mapping[str, object], response: str, index: int) -> Score:
        """The mean over the row's criteria; the reason names each."""
        asked = _parsed(row.get(COLUMN))
        if not isinstance(asked, Mapping) or not any(asked.values()):
            return Score.missing(f"expected what is asked for in a column {COLUMN!r}: {', '.join(_CRITERIA)}")
        try:
            found = {name: _mean(_criterion(name)(response, told)) for name, told in _items(asked)}
        except ValueError as fault:
            return Score.missing(f"{COLUMN}: {fault}")
        each = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
        return Score(values={MEASURES[0].name: sum(found.values()) / len(found)}, reason=each)


def _criterion(name: str) -> "Callable[[str, Any], Iterator[float]]":
    if name not in _CRITERIA:
        raise ValueError(f"there is no criterion {name[:80]!r}; the criteria are {', '.join(_CRITERIA)}")
    return _CRITERIA[name]


def _mean(parts: Iterator[float]) -> float:
    found = list(parts)
    if not found:
        raise ValueError("a criterion asks for nothing")
    return sum(found) / len(found)


def _count_limit(response: str, told: Any) -> Iterator[float]:
    for unit, limits in _items(told):
        if not isinstance(limits, Mapping) or not limits or not set(limits) <= set(_LIMITS):
            raise ValueError(f"{unit} takes {', '.join(_LIMITS)}, got {str(limits)[:80]}")
        count = _count(response, unit)
        for limit, number in _items(limits):
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise ValueError(f"{unit} {limit} takes a whole number, got {str(number)[:80]}")
            inside = {"min": count >= number, "max": count <= number, "exactly": count == number}[limit]
            yield 1.0 if inside else min(count, number) / max(count, number)


def _count(response: str, unit: str) -> int:
    match unit:
        case "words":
            return units.size(response, "words")
        case "sentences":
            return units.size(response, "sentences")
        case "lines":
            return units.size(response, "lines")
        case "paragraphs":
            return units.size(response, "paragraphs")
        case "characters":
            return len(response)
        case "samples":
            listed = _parsed(_unfenced(response))
            if isinstance(listed, list):
                return len(listed)
            return len(markdown.bullets(response)) + len(markdown.numbered(response))
    raise ValueError(f"there is no count of {unit[:80]!r}; counts are of {', '.join(_UNITS)} and samples")


def _answer_format(response: str, told: Any) -> Iterator[float]:
    for key, value in _items(told):
        match key, value:
            case "format", "json":
                yield float(_parsed(_unfenced(response)) is not None)
            case "format", "list":
                yield float(bool(markdown.bullets(response) or markdown.numbered(response)))
            case "format", "table":
                yield float(bool(markdown.tables(response)))
            case "keywords", _:
                yield _coverage(response, value)
            case _:
                raise ValueError(f"answer_format takes format (json, list, table) and keywords, got {key[:80]!r}")


def _task_prescribed_phrases(response: str, told: Any) -> Iterator[float]:
    for key, value in _items({"required": told} if isinstance(told, list) else told):
        if key not in ("required", "forbidden"):
            raise ValueError(f"task_prescribed_phrases takes required and forbidden, got {key[:80]!r}")
        yield _coverage(response, value) if key == "required" else 1 - _coverage(response, value)


def _input_dependent_query(response: str, told: Any) -> Iterator[float]:
    for key, value in _items({"keywords": told} if isinstance(told, list) else told):
        if key != "keywords":
            raise ValueError(f"input_dependent_query takes keywords, got {key[:80]!r}")
        yield _coverage(response, value)


_CRITERIA: "dict[str, Callable[[str, Any], Iterator[float]]]" = {
    "count_limit": _count_limit,
    "answer_format": _answer_format,
    "task_prescribed_phrases": _task_prescribed_phrases,
    "input_dependent_query": _input_dependent_query,
}


def _items(told: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(told, Mapping):
        raise ValueError(f"a criterion is an object, got {str(told)[:80]}")
    yield from ((str(key), value) for key, value in told.items() if value is not None)  # a table's gaps


def _coverage(response: str, texts: Any) -> float:
    """The share of the texts that stand in the response, in any case. Raises ValueError for anything but texts."""
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text for text in texts):
        raise ValueError(f"expected a list of texts, got {str(texts)[:80]}")
    folded = response.casefold()
    return sum(text.casefold() in folded for text in texts) / len(texts)


def _unfenced(response: str) -> str:
    """What stands in the response's one code block, else the response."""
    found = markdown.code_blocks(response)
    return found[0].code if len(found) == 1 else response


def _parsed(value: object) -> Any:
    """The value of JSON text; None where it is none; other values as they are."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
