"""The words and the encoder joined."""

import pytest

from reward_agent.verify.factuality.grounded.joined import Joined, load_joined, numbers

JOINED = Joined(weights={"words": 0.0, "supported": 1.0, "bias": 0.0, "from": 0.2, "to": 0.7})


def test_a_sentence_has_the_logistic_function_of_both() -> None:
    assert JOINED.chance(0.5, (0.9, 0.05, 0.05)) == pytest.approx(0.9)


def test_what_is_between_the_limits_is_open() -> None:
    assert [JOINED.open_to(words) for words in (0.1, 0.2, 0.5, 0.9)] == [False, True, True, False]


def test_certainty_is_bounded() -> None:
    assert numbers(0.5, (1.0, 0.0, 0.0)) == (0.0, 6.0)


def test_what_ships_lets_both_voices_count_and_reads_what_is_in_the_middle() -> None:
    joined = load_joined()
    supports, refutes = (0.9, 0.05, 0.05), (0.05, 0.9, 0.05)
    assert joined.chance(0.5, supports) > joined.chance(0.5, refutes)
    assert joined.chance(0.8, supports) > joined.chance(0.2, supports)
    assert joined.open_to(0.5)
