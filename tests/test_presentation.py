from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.presentation import conversation, digest, letters, on_one_line, shortened, shown_order
from reward_agent.types import REVERSED, Message, Sample


@given(st.text(min_size=1).filter(lambda id: not id.endswith(REVERSED)), st.integers(1, 64))
def test_the_order_of_a_sample_is_always_the_same_and_leaves_nobody_out(sample_id: str, count: int) -> None:
    order = shown_order(sample_id, count)
    assert sorted(order) == list(range(count))
    assert shown_order(sample_id, count) == order


@given(st.text(min_size=1).filter(lambda id: not id.endswith(REVERSED)), st.integers(1, 64))
def test_the_other_order_of_a_sample_is_exactly_the_other_way_round(sample_id: str, count: int) -> None:
    sample = Sample.of("p", [f"candidate {index}" for index in range(count)], id=sample_id)
    other = sample.reversed(id=sample_id + REVERSED)
    shown = [sample.responses[index] for index in shown_order(sample.id, count)]
    assert [other.responses[index] for index in shown_order(other.id, count)] == shown[::-1]


def test_either_candidate_of_a_pair_comes_first_about_as_often() -> None:
    first = Counter(shown_order(f"sample-{number}", 2)[0] for number in range(1_000))
    assert 400 < first[0] < 600


def test_candidates_are_named_by_letters() -> None:
    assert letters(3) == ("A", "B", "C")
    assert letters(28)[25:] == ("Z", "AA", "AB")
    assert len(set(letters(500))) == 500
    with pytest.raises(ValueError, match="not for 800"):
        letters(800)


def test_a_long_text_keeps_its_beginning_and_end_and_shows_what_is_missing() -> None:
    text = "start " + "x" * 5_000 + " end"
    short = shortened(text, 300)
    assert len(short) <= 300
    assert short.startswith("start x")
    assert short.endswith("x end")
    assert "characters left out ...]" in short


@given(st.text(max_size=400), st.integers(60, 400))
def test_a_shortened_text_fits_its_limit_and_can_be_stored(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit
    short.encode("utf-8")


def test_a_lone_half_of_a_character_is_replaced() -> None:
    assert shortened("a\ud800", 10) == "a�"
    assert on_one_line("a\ud800\nb", 10) == "a� b"


def test_one_line_has_no_breaks_and_an_ellipsis_where_it_was_cut() -> None:
    assert on_one_line("one\n\ntwo\tthree", 100) == "one two three"
    assert on_one_line("word " * 50, 12) == "word word w…"


def test_a_single_turn_is_shown_as_it_is_and_several_under_their_roles() -> None:
    question = Message(role="user", content="Where was she born?")
    assert conversation((question,)) == "Where was she born?"
    turns = (Message(role="user", content="Who was Ada?"), Message(role="assistant", content="A poet."), question)
    assert conversation(turns) == "user: Who was Ada?\n\nassistant: A poet.\n\nuser: Where was she born?"


def test_a_fingerprint_tells_where_one_text_ends() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("\ud800") != digest("�")
