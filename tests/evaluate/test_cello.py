import pytest

from reward_agent.evaluate import Cello, Score


def scored(response: str, **criteria: object) -> Score:
    return Cello().score({"criteria": criteria}, response, 0)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"words": {"max": 4}}, 1.0),
        ({"words": {"max": 3}}, 0.75),
        ({"words": {"min": 8}}, 0.5),
        ({"words": {"exactly": 4}}, 1.0),
        ({"words": {"min": 2, "max": 3}}, (1 + 0.75) / 2),
        ({"sentences": {"exactly": 2}, "words": {"max": 4, "min": None}}, 1.0),
        ({"characters": {"max": 0}}, 0.0),
    ],
)
def test_a_count_is_graded_by_how_far_off_it_is(limits: object, expected: float) -> None:
    assert scored("One two. Three four.", count_limit=limits).value == pytest.approx(expected)


@pytest.mark.parametrize(
    "response", ['["a", "b", "c"]', "```json\n[1, 2, 3]\n```", "- a\n- b\n- c", "1. a\n2. b\n3. c"]
)
def test_samples_are_list_items_or_entries_of_a_json_list(response: str) -> None:
    assert scored(response, count_limit={"samples": {"exactly": 3}}).value == 1.0


@pytest.mark.parametrize(
    ("response", "form", "expected"),
    [
        ('{"a": 1}', "json", 1.0),
        ("Here:\n```json\n{}\n```", "json", 1.0),
        ("{a: 1}", "json", 0.0),
        ("- a\n- b", "list", 1.0),
        ("a and b", "list", 0.0),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "table", 1.0),
        ("a | b", "table", 0.0),
    ],
)
def test_a_format_can_be_parsed_or_not(response: str, form: str, expected: float) -> None:
    assert scored(response, answer_format={"format": form}).value == expected


def test_phrases_are_the_share_that_stands_there_and_of_forbidden_ones_that_does_not() -> None:
    told = {"required": ["in short", "to sum up"], "forbidden": ["as an AI"]}
    assert scored("In short: no.", task_prescribed_phrases=told).value == pytest.approx((0.5 + 1) / 2)
    assert scored("In short: no.", task_prescribed_phrases=["in short"]).value == 1.0


def test_the_score_is_the_mean_of_the_criteria_and_the_reason_names_each() -> None:
    score = scored("One two", count_limit={"words": {"max": 1}}, input_dependent_query={"keywords": ["two"]})
    assert score.value == pytest.approx((0.5 + 1) / 2)
    assert score.reason == "count_limit 0.50, input_dependent_query 1.00"


@pytest.mark.parametrize(
    ("criteria", "why"),
    [
        ({}, "expected what is asked for"),
        ({"count_limit": None}, "expected what is asked for"),
        ({"beauty": {"words": 1}}, "no criterion 'beauty'"),
        ({"count_limit": {"pages": {"max": 1}}}, "no count of 'pages'"),
        ({"count_limit": {"words": 5}}, "words takes min, max, exactly"),
        ({"count_limit": {"words": {"max": "five"}}}, "whole number"),
        ({"answer_format": {"format": "poem"}}, "json, list, table"),
        ({"input_dependent_query": {"keywords": "two"}}, "list of texts"),
        ({"task_prescribed_phrases": {"wanted": ["x"]}}, "required and forbidden"),
        ({"task_prescribed_phrases": {}, "count_limit": {"words": {"max": 1}}}, "asks for nothing"),
    ],
)
def test_what_cannot_be_read_is_not_scored_and_says_why(criteria: dict[str, object], why: str) -> None:
    score = scored("One two", **criteria)
    assert score.value is None
    assert why in score.reason


def test_criteria_may_be_json_as_text() -> None:
    assert Cello().score({"criteria": '{"count_limit": {"words": {"max": 2}}}'}, "One two", 0).value == 1.0
