"""The words and the encoder joined."""

import pytest

from reward_agent.verify.factuality.grounded.joined import Joined, load_joined, numbers

JOINED = Joined(discount=0.4, sentence={"words": 0.0, "supported": 1.0, "bias": 0.0, "from": 0.2, "to": 0.7})


def test_a_sentence_has_the_logistic_function_of_both() -> None:
    assert JOINED.chance(0.5, (0.9, 0.05, 0.05), short=False) == pytest.approx(0.9)


def test_a_short_answer_can_only_lose() -> None:
    assert JOINED.chance(0.5, (1.0, 0.0, 0.0), short=True) == 0.5
    assert JOINED.chance(0.5, (0.0, 1.0, 0.0), short=True) == pytest.approx(0.3)


def test_what_is_open_is_read() -> None:
    assert JOINED.to_be_read(0.5, short=False, literal=False)
    assert not JOINED.to_be_read(0.9, short=False, literal=False)
    assert JOINED.to_be_read(0.1, short=True, literal=False)
    assert not JOINED.to_be_read(0.1, short=True, literal=True)


def test_certainty_is_bounded() -> None:
    assert numbers(0.5, (1.0, 0.0, 0.0)) == (0.0, 6.0)


def test_what_ships_lets_both_voices_count_and_reads_what_is_in_the_middle() -> None:
    joined = load_joined()
    supports, refutes = (0.9, 0.05, 0.05), (0.05, 0.9, 0.05)
    assert joined.chance(0.5, supports, short=False) > joined.chance(0.5, refutes, short=False)
    assert joined.chance(0.8, supports, short=False) >= joined.chance(0.2, supports, short=False)
    assert 0 < joined.discount < 1
    assert joined.to_be_read(0.5, short=False, literal=False)
