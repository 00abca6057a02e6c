from typing import Any

import pytest

from reward_agent.evaluate import IFEval, Score


def row(*instructions: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "prompt": "Tell me about rivers.",
        "instruction_id_list": [name for name, _ in instructions],
        "kwargs": [arguments for _, arguments in instructions],
        **more,
    }


NO_COMMA: tuple[str, dict[str, Any]] = ("punctuation:no_comma", {})
THREE_WORDS = ("length_constraints:number_words", {"relation": "less than", "num_words": 4})


def scored(response: str, **columns: Any) -> Score:
    return IFEval().score(columns, response, 0)


def test_a_response_that_follows_everything_gets_everything() -> None:
    score = scored("Rivers flow.", **row(NO_COMMA, THREE_WORDS))
    assert list(score.values) == [measure.name for measure in IFEval().measures]
    assert set(score.values.values()) == {1.0}
    assert score.weight == 2.0
    assert score.value == 1.0


def test_prompt_level_asks_for_all_and_instruction_level_counts_each() -> None:
    score = scored("Rivers, they flow and flow.", **row(NO_COMMA, THREE_WORDS, ("detectable_format:title", {})))
    assert score.values["prompt-level strict"] == 0.0
    assert score.values["instruction-level strict"] == 0.0
    half = scored("Rivers flow and flow on.", **row(NO_COMMA, THREE_WORDS))
    assert half.values["prompt-level loose"] == 0.0
    assert half.values["instruction-level loose"] == 0.5
    assert half.reason == "not followed: words.count"


@pytest.mark.parametrize(
    "response",
    ["Sure, here you are:\nRivers flow.", "Rivers flow.\nWell, I hope so.", "Sure, yes:\nRivers flow.\nWell, bye."],
)
def test_loose_forgives_an_opener_and_a_closing_line_and_strict_does_not(response: str) -> None:
    score = scored(response, **row(NO_COMMA))
    assert score.values["prompt-level strict"] == 0.0
    assert score.values["prompt-level loose"] == 1.0


def test_loose_forgives_asterisks() -> None:
    ends = ("startend:end_checker", {"end_phrase": "The end."})
    score = scored("Rivers flow. **The end.**", **row(ends))
    assert (score.values["prompt-level strict"], score.values["prompt-level loose"]) == (0.0, 1.0)


def test_a_blank_response_follows_nothing() -> None:
    assert set(scored(" \n", **row(NO_COMMA)).values.values()) == {0.0}


def test_arguments_that_a_table_fills_with_nothing_are_none() -> None:
    filled = {"num_words": 4, "relation": "less than", "keywords": None, "num_sections": None}
    assert scored("Rivers flow.", **row((THREE_WORDS[0], filled))).value == 1.0


def test_columns_that_are_json_as_text_are_read() -> None:
    columns = row(NO_COMMA) | {"kwargs": '[{"relation": null}]'}
    assert scored("Rivers flow.", **columns).value == 1.0


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({}, "expected IFEval's columns"),
        ({"instruction_id_list": [], "kwargs": []}, "expected IFEval's columns"),
        ({"instruction_id_list": ["punctuation:no_comma"], "kwargs": []}, "1 entries and kwargs 0"),
        ({"instruction_id_list": ["no:such"], "kwargs": [{}]}, "no instruction of IFEval"),
        ({"instruction_id_list": ["keywords:existence"], "kwargs": [{}]}, "lacks the argument"),
        ({"instruction_id_list": ["keywords:existence"], "kwargs": [{"keywords": [3]}]}, "cannot be used"),
        ({"instruction_id_list": [THREE_WORDS[0]], "kwargs": [{"relation": "less than", "num_words": "x"}]}, "cannot"),
    ],
)
def test_a_row_without_usable_instructions_is_not_scored_and_says_why(columns: dict[str, Any], why: str) -> None:
    score = scored("Rivers flow.", **columns)
    assert score.value is None
    assert why in score.reason
