import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.errors import ReportError
from reward_agent.reports.divisions import Division, divide
from reward_agent.types import Aggregate


def test_leaves_come_in_the_order_first_seen_and_then_the_aggregates() -> None:
    parts, overall = divide(["z", "a", "z"], [Aggregate(name="both", weights={"a": 1, "z": 1})])
    assert [part.name for part in parts] == ["z", "a", "both"]
    assert overall.pooled


def test_without_an_overall_aggregate_overall_is_the_plain_mean() -> None:
    _, overall = divide(["x", "x", "x", "y"], [])
    assert overall.mean({"x": [1, 1, 0], "y": [0]}) == 0.5


def test_an_overall_aggregate_weighs_its_subsets_and_is_not_among_the_parts() -> None:
    parts, overall = divide(["x", "x", "x", "y"], [Aggregate(name="overall", weights={"x": 3, "y": 1})])
    assert [part.name for part in parts] == ["x", "y"]
    assert overall.mean({"x": [1, 1, 1], "y": [0]}) == 0.75


def test_an_aggregate_of_aggregates_is_resolved_to_its_leaves() -> None:
    aggregates = [
        Aggregate(name="chat", weights={"easy": 10, "hard": 30}),
        Aggregate(name="overall", weights={"chat": 1, "math": 1}),
    ]
    _, overall = divide(["easy", "hard", "math"], aggregates)
    assert overall.weights == {"easy": 0.25, "hard": 0.75, "math": 1.0}
    assert overall.mean({"easy": [1], "hard": [0], "math": [1]}) == pytest.approx((0.25 + 1) / 2)


def test_a_subset_without_a_row_is_left_out_and_the_rest_rescaled() -> None:
    parts, overall = divide(
        ["easy"],
        [
            Aggregate(name="chat", weights={"easy": 1, "hard": 3}),
            Aggregate(name="math", weights={"sums": 1}),
            Aggregate(name="overall", weights={"chat": 1, "math": 5}),
        ],
    )
    assert [part.name for part in parts] == ["easy", "chat"]
    assert overall.mean({"easy": [1, 0]}) == 0.5


def test_no_rows_give_no_mean() -> None:
    assert divide([], [])[1].mean({}) is None
    assert divide([], [Aggregate(name="overall", weights={"x": 1})])[1].mean({}) is None


@pytest.mark.parametrize("name", ["easy", "chat"])
def test_an_aggregate_named_as_another_figure_is_refused(name: str) -> None:
    with pytest.raises(ReportError, match=name):
        divide(["easy"], [Aggregate(name="chat", weights={"easy": 1}), Aggregate(name=name, weights={"easy": 1})])


@given(
    st.dictionaries(st.text(max_size=3), st.floats(min_value=1e-6, max_value=1e6), min_size=1),
    st.floats(min_value=0, max_value=1),
)
def test_a_weighted_mean_never_leaves_the_range_of_its_values(weights: dict[str, float], value: float) -> None:
    mean = Division(name="any", weights=weights).mean({subset: [value] for subset in weights})
    assert mean is not None
    assert mean == pytest.approx(value)
    assert 0 <= mean <= 1
