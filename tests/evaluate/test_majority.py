import pytest

from reward_agent.evaluate import votes
from reward_agent.evaluate.majority import final_answer


def test_votes_are_the_share_of_those_who_answered_the_same() -> None:
    shares = votes(["The Po", "po.", "Rhine", ""])
    assert shares == pytest.approx((2 / 3, 2 / 3, 1 / 3, None))


def test_different_answers_may_tie() -> None:
    assert votes(["Po", "Rhine"]) == (0.5, 0.5)


def test_without_an_answer_there_are_no_votes() -> None:
    assert votes(["", " ", "the"]) == (None, None, None)
    assert votes([]) == ()


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("Po", "Po"),
        ("It flows east.\nSo the answer is Po.", "Po."),
        ("Answer: Rhine\nOn second thought, the answer is: **Po**", "Po**"),
        ("We get \\boxed{42} in the end.", "42"),
        ("There is no answer island.", "There is no answer island."),
    ],
)
def test_the_final_answer_is_what_a_response_says_it_is(response: str, answer: str) -> None:
    assert final_answer(response) == answer
