"""What every evaluator must do, whatever rows and responses hold."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.evaluate import EVALUATORS, Evaluator
from reward_agent.evaluate.triviaqa import COLUMNS

CELLS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["prompt", "instruction_id_list", "kwargs", "criteria", "values", *COLUMNS])


@pytest.mark.parametrize("evaluator", EVALUATORS.values(), ids=EVALUATORS)
@given(row=st.dictionaries(NAMES, CELLS, max_size=4), response=st.text(max_size=40), index=st.integers(0, 3))
def test_no_row_and_no_response_breaks_it(
    evaluator: Evaluator, row: dict[str, object], response: str, index: int
) -> None:
    score = evaluator.score(row, response, index)
    if score.value is None:
        assert score.reason
        assert not score.values
    else:
        assert list(score.values) == [measure.name for measure in evaluator.measures]
        assert all(math.isfinite(value) for value in score.values.values())


def test_they_are_known_by_their_names() -> None:
    assert all(EVALUATORS[name].name == name for name in EVALUATORS)
    assert set(EVALUATORS) == {"ifeval", "triviaqa", "cello", "values"}


@pytest.mark.parametrize("evaluator", EVALUATORS.values(), ids=EVALUATORS)
def test_each_says_what_its_values_mean(evaluator: Evaluator) -> None:
    assert isinstance(evaluator, Evaluator)
    assert all(measure.unit for measure in evaluator.measures)
