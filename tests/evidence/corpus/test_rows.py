"""Rows become pages."""

from typing import Any

import pytest

from reward_agent.evidence.corpus import Page
from reward_agent.evidence.corpus.rows import GUESSED, Columns, page_of
from reward_agent.types import Problem

URL = "https://sea.example/ebb"


@pytest.mark.parametrize(
    ("row", "columns", "page"),
    [
        ({"id": "ebb", "title": "Ebb", "text": "Out."}, GUESSED, Page(text="Out.", title="Ebb", source="a:1 (ebb)")),
        ({"url": URL, "contents": "Out."}, GUESSED, Page(text="Out.", source=URL)),
        ({"body": "Out.", "id": 7}, GUESSED, Page(text="Out.", source="a:1 (7)")),
        ({"text": "No.", "answer": "Out."}, Columns(text="answer"), Page(text="Out.", source="a:1")),
        (
            {"text": "Out.", "h": "Ebb", "where": URL},
            Columns(title="h", source="where"),
            Page(text="Out.", title="Ebb", source=URL),
        ),
        ({"text": "Out.", "title": 5, "url": ["x"]}, GUESSED, Page(text="Out.", source="a:1")),
    ],
)
def test_columns_are_named_or_guessed(row: dict[str, Any], columns: Columns, page: Page) -> None:
    assert page_of(row, place="a:1", columns=columns) == page


@pytest.mark.parametrize("row", [{}, {"prompt": "x"}, {"text": ""}, {"text": ["x"]}, {"text": None}])
def test_a_row_without_text_names_its_columns(row: dict[str, Any]) -> None:
    problem = page_of(row, place="a:1")
    assert isinstance(problem, Problem)
    assert "--text-column" in problem.remedy
    assert all(repr(name) in problem.what for name in row)
