import pytest

from reward_agent.evaluate import Values


def test_the_candidate_s_own_value_is_read_by_its_index() -> None:
    row = {"values": [0.5, 2, None]}
    assert [Values().score(row, "same text", index).value for index in (0, 1)] == [0.5, 2.0]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"values": [0.5, 1.0, None]}, "candidate 2 has no value"),
        ({"values": [0.5]}, "1 values"),
        ({"values": [0, 0, "high"]}, "no value"),
        ({"values": [0, 0, float("nan")]}, "no value"),
        ({"values": [0, 0, True]}, "no value"),
        ({"values": 3}, "expected a list"),
        ({}, "values or scores"),
    ],
)
def test_what_is_no_number_is_no_value(row: dict[str, object], why: str) -> None:
    score = Values().score(row, "text", 2)
    assert score.value is None
    assert why in score.reason


def test_the_column_can_be_named_and_is_then_the_only_one() -> None:
    assert Values(column="wins").score({"wins": [1], "values": [0]}, "text", 0).value == 1.0
    assert Values(column="wins").score({"values": [0]}, "text", 0).value is None
