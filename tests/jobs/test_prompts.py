import datetime
import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from reward_agent.errors import ConfigError
from reward_agent.jobs.prompts import Prompt, PromptShape, read_prompts
from reward_agent.types import Message, Problem


def read(path: Path, **shape: Any) -> list[Prompt | Problem]:
    return list(read_prompts(str(path), PromptShape(**shape), max_row_bytes=100_000))


def of_row(tmp_path: Path, row: dict[str, Any], **shape: Any) -> Prompt:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    (found,) = read(path, **shape)
    assert isinstance(found, Prompt), found
    return found


PUBLISHED = {
    "IFEval": (
        {"key": 7, "prompt": "Say hi.", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]},
        ("7", "Say hi.", {"key", "instruction_id_list", "kwargs"}),
    ),
    "TriviaQA on the hub": (
        {"question": "Who?", "question_id": "tc_1", "answer": {"value": "Ada", "aliases": ["A."]},
         "entity_pages": {"wiki_context": ["long"]}, "search_results": {}},
        ("tc_1", "Who?", {"question_id", "answer"}),
    ),
    "TriviaQA as packed": (
        {"Question": "Who?", "QuestionId": "tc_1", "Answer": {"Value": "Ada"}, "EntityPages": [], "SearchResults": []},
        ("tc_1", "Who?", {"QuestionId", "Answer"}),
    ),
    "TruthfulQA on the hub": (
        {"type": "t", "question": "Is it?", "best_answer": "No", "correct_answers": ["No"], "incorrect_answers": []},
        ("rows/1", "Is it?", {"type", "best_answer", "correct_answers", "incorrect_answers"}),
    ),
    "FActScore": (
        {"input": "Question: Tell me a bio of Ada.", "output": "Ada was ...", "topic": "Ada", "annotations": None},
        ("rows/1", "Question: Tell me a bio of Ada.", {"topic", "annotations"}),
    ),
    "AlpacaEval": (
        {"dataset": "helpful", "instruction": "Say hi.", "output": "Hi", "generator": "some-model"},
        ("rows/1", "Say hi.", {"dataset"}),
    ),
    "UltraFeedback": (
        {"source": "s", "instruction": "Say hi.", "models": ["m"], "completions": [{"response": "Hi"}],
         "correct_answers": ["None"]},
        ("rows/1", "Say hi.", {"source", "correct_answers"}),
    ),
    "UltraFeedback, binarized": (
        {"prompt": "Say hi.", "prompt_id": "ab", "chosen": [], "rejected": [], "messages": [], "score_chosen": 8.0},
        ("ab", "Say hi.", {"prompt_id", "score_chosen"}),
    ),
    "Alpaca": (
        {"instruction": "Translate.", "input": "Hallo", "output": "Hello"},
        ("rows/1", "Translate.\n\nHallo", {"input"}),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), PUBLISHED.values(), ids=PUBLISHED)
def test_rows_are_read_as_published_and_keep_what_evaluators_need(
    tmp_path: Path, row: dict[str, Any], expected: tuple[str, str, set[str]]
) -> None:
    prompt = of_row(tmp_path, row)
    assert (prompt.id, prompt.messages[0].content, set(prompt.columns)) == expected
    assert prompt.plain


def test_truthfulqa_s_own_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "TruthfulQA.csv"
    path.write_text('Type,Question,Best Answer\nAdversarial,"Is it, then?",No\n', encoding="utf-8")
    (prompt,) = read(path)
    assert isinstance(prompt, Prompt)
    assert prompt.messages[0].content == "Is it, then?"
    assert prompt.columns == {"Type": "Adversarial", "Best Answer": "No"}


def test_triviaqa_s_own_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "qa.json"
    row = {"Question": "Who?", "QuestionId": "tc_1", "Answer": {"Value": "Ada"}}
    path.write_text(json.dumps({"Data": [row], "Domain": "Web"}, indent=1))
    (prompt,) = read(path)
    assert isinstance(prompt, Prompt)
    assert (prompt.id, prompt.columns["Answer"]) == ("tc_1", {"Value": "Ada"})


def test_names_a_line_become_prompts_by_a_template(tmp_path: Path) -> None:
    path = tmp_path / "prompt_entities.txt"
    path.write_text("Ada {prompt}\nEmmy\n", encoding="utf-8")
    prompts = read(path, template="Tell me a bio of {prompt}.")
    assert [prompt.messages[0].content for prompt in prompts if isinstance(prompt, Prompt)] == [
        "Tell me a bio of Ada {prompt}.",
        "Tell me a bio of Emmy.",
    ]


def test_a_template_without_a_place_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"with \{prompt\} in it"):
        PromptShape(template="Tell me.")


def test_a_conversation_is_kept_as_it_is(tmp_path: Path) -> None:
    turns = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}]
    prompt = of_row(tmp_path, {"id": "a", "conversation": turns}, column="conversation", template="x {prompt}")
    assert prompt.messages == (Message(role="system", content="Be kind."), Message(role="user", content="Hi"))
    assert not prompt.plain


@pytest.mark.parametrize(
    ("row", "shape", "why"),
    [
        ({"words": "x"}, {}, "expected a column prompt"),
        ({"prompt": "x"}, {"column": "words"}, "no column 'words'"),
        ({"prompt": " "}, {}, "prompt is empty"),
        ({"prompt": 5}, {}, "prompt must be"),
        ({"prompt": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}, {}, "assistant turn"),
    ],
)
def test_a_row_without_a_usable_prompt_is_set_aside_with_its_place(
    tmp_path: Path, row: dict[str, Any], shape: dict[str, Any], why: str
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + '\n{"prompt": "fine", "words": "fine"}\n', encoding="utf-8")
    problem, prompt = read(path, **shape)
    assert isinstance(problem, Problem)
    assert why in problem.what
    assert problem.place.endswith("rows.jsonl:1")
    assert isinstance(prompt, Prompt)


def test_cells_of_a_table_that_json_does_not_know_are_text_null_or_left_out(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = importlib.import_module("pyarrow").table(
        {
            "prompt": ["x"],
            "day": [datetime.date(2026, 1, 2)],
            "gap": [float("nan")],
            "image": [{"bytes": b"\xff\x00"}],
            "kwargs": [[{"n": 1}]],
        }
    )
    parquet.write_table(table, tmp_path / "rows.parquet")
    (prompt,) = read(tmp_path / "rows.parquet")
    assert isinstance(prompt, Prompt)
    assert prompt.columns == {"day": "2026-01-02", "gap": None, "kwargs": [{"n": 1}]}


def test_what_a_row_cannot_overwrite_is_not_carried(tmp_path: Path) -> None:
    row = {"prompt": "x", "responses": ["old"], "candidates": ["old"], "generator": "old", "missing": 3, "kept": 1}
    assert of_row(tmp_path, row).columns == {"kept": 1}
