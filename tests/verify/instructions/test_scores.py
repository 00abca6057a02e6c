import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.verify.instructions.constraint import Measurement
from reward_agent.verify.instructions.scores import share_met, weight_of

MET = Measurement(met=True, measured="")
MISSED = Measurement(met=False, measured="", distance=1.0)
NEAR = Measurement(met=False, measured="", distance=0.1)
LENIENT = Measurement(met=True, measured="", lenient=True)
UNDECIDED = Measurement(met=None, measured="")
WEIGHTS = st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 1.0, 1.1, 2.0, 3.0])


@pytest.mark.parametrize(
    ("kind", "weight"),
    [("words.count", 2.0), ("words.unique", 0.5), ("written", 3.0), ("soft", 1.0), ("wordsmith", 1.0)],
)
def test_the_longest_leading_part_of_a_kind_gives_its_weight(kind: str, weight: float) -> None:
    assert weight_of(kind, {"words": 0.5, "words.count": 2.0, "written": 3.0}) == weight


def test_a_weight_counts_in_the_share() -> None:
    assert share_met([MET, MISSED], graded=False, weights=[3.0, 1.0]) == 0.75
    assert share_met([MET, MISSED], graded=False, weights=[0.5, 1.5]) == 0.25


def test_a_weight_of_zero_is_as_if_the_requirement_were_not_there() -> None:
    assert share_met([MET, MISSED], graded=True, weights=[1.0, 0.0]) == 1.0
    assert share_met([MET], graded=True, weights=[0.0]) is None


def test_what_is_undecided_has_no_weight() -> None:
    assert share_met([MET, UNDECIDED], graded=False, weights=[0.5, 9.0]) == 1.0
    assert share_met([UNDECIDED], graded=False, weights=[1.0]) is None


def test_equal_weights_change_nothing() -> None:
    row = [MET, NEAR, LENIENT, MISSED]
    assert share_met(row, graded=True, weights=[2.0] * 4) == pytest.approx(share_met(row, graded=True))


@given(
    st.lists(
        st.tuples(
            WEIGHTS, st.sampled_from([MET, NEAR, LENIENT, MISSED]), st.sampled_from([MET, NEAR, LENIENT, MISSED])
        ),
        min_size=1,
        max_size=6,
    )
)
def test_with_any_weights_grading_never_outweighs_what_is_met(
    rows: list[tuple[float, Measurement, Measurement]],
) -> None:
    weights, one, other = [list(column) for column in zip(*rows, strict=True)]
    plain = [share_met(row, graded=False, weights=weights) for row in (one, other)]
    graded = [share_met(row, graded=True, weights=weights) for row in (one, other)]
    if plain[0] is None or plain[1] is None or graded[0] is None or graded[1] is None:
        assert not any(weights)
        return
    assert all(0 <= score <= 1 for score in graded if score is not None)
    if plain[0] > plain[1] + 1e-9:
        assert graded[0] > graded[1]
