import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.presentation import storable
from reward_agent.types import Sample, Signal
from reward_agent.verify.instructions.constraint import Measurement
from reward_agent.verify.instructions.scores import share_met
from reward_agent.verify.instructions.verifier import InstructionVerifier


def verified(prompt: str, *responses: str, graded: bool = True) -> Signal:
    return asyncio.run(InstructionVerifier(graded=graded).verify(Sample.of(prompt, responses)))


def met(lenient: bool = False) -> Measurement:
    return Measurement(met=True, measured="", lenient=lenient)


def missed(distance: float) -> Measurement:
    return Measurement(met=False, measured="", distance=distance)


MEASUREMENTS = st.one_of(st.booleans().map(met), st.floats(0.01, 1.0).map(missed))


def test_the_score_is_the_share_of_constraints_met() -> None:
    prompt = "Use exactly two words. Include the word 'rain'."
    signal = verified(prompt, "Rain fell", "Snow fell", "Snow fell here", graded=False)
    assert signal.scores == (1.0, 0.5, 0.0)


def test_a_finding_quotes_the_words_that_ask_and_the_value_that_was_measured() -> None:
    (finding,) = verified("Answer in at most 3 words.", "One two three four").verdicts[0].findings
    assert finding.score == 0.0
    assert "4 words" in finding.reason
    assert "at most 3" in finding.sources[0]


def test_among_equals_the_nearer_miss_is_ahead() -> None:
    near, far = verified("Answer in exactly 10 words.", "word " * 11, "word " * 40).scores or ()
    assert 0 < far < near < 1


def test_a_keyword_in_the_given_case_is_ahead_of_one_in_another() -> None:
    same, other, none = verified("Include the keyword 'rain'.", "I like rain", "Rain falls", "Snow falls").scores or ()
    assert same == 1.0
    assert 0.95 < other < 1.0
    assert none < 0.95
    assert verified("Include the keyword 'rain'.", "Rain falls", graded=False).scores == (1.0,)


def test_without_a_constraint_there_is_no_verdict() -> None:
    assert verified("Cheer me up!", "Hello").verdicts[0].score is None


def test_what_cannot_be_decided_does_not_count() -> None:
    undecided = Measurement(met=None, measured="too short to tell")
    assert share_met([undecided], graded=True) is None
    assert share_met([undecided, met()], graded=True) == 1.0


@given(
    st.lists(MEASUREMENTS, min_size=1, max_size=8),
    st.lists(MEASUREMENTS, min_size=1, max_size=8),
)
def test_grading_never_outweighs_a_constraint_met(one: list[Measurement], other: list[Measurement]) -> None:
    size = min(len(one), len(other))
    first, second = one[:size], other[:size]
    plain = [share_met(measurements, graded=False) or 0.0 for measurements in (first, second)]
    graded = [share_met(measurements, graded=True) or 0.0 for measurements in (first, second)]
    assert all(0 <= score <= 1 for score in graded)
    if plain[0] > plain[1]:
        assert graded[0] > graded[1]


@pytest.mark.parametrize(("text", "expected"), [("plain", "plain"), ("né 😀", "né 😀"), ("a\ud800b", "a\ufffdb")])
def test_half_a_character_is_replaced_so_that_a_verdict_can_be_stored(text: str, expected: str) -> None:
    assert storable(text) == expected
