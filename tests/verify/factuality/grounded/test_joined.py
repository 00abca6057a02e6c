"""The words and the encoder joined."""

import pytest

from reward_agent.verify.factuality.grounded.joined import Joined, load_joined, numbers

JOINED = Joined(weights={"words": 0.0, "supported": 1.0, "bias": 0.0}, start=0.2, end=0.7)


def test_a_sentence_is_read_where_the_words_leave_it_open() -> None:
    assert [JOINED.open(by_words) for by_words in (0.1, 0.2, 0.5, 0.7, 0.8)] == [False, True, True, True, False]


def test_the_chance_is_the_logistic_function_of_both() -> None:
    assert JOINED.chance(0.5, (0.9, 0.05, 0.05)) == pytest.approx(0.9)


def test_certainty_is_bounded() -> None:
    assert numbers(1.0, (0.0, 1.0, 0.0)) == (6.0, -6.0)


def test_the_shipped_numbers_listen_to_both() -> None:
    joined = load_joined()
    supports, refutes = (0.95, 0.03, 0.02), (0.03, 0.95, 0.02)
    assert joined.chance(0.5, supports) > joined.chance(0.5, refutes)
    assert joined.chance(0.8, supports) > joined.chance(0.2, supports)
    assert joined.open(0.5)
