import pytest

from reward_agent.testing.simulated.sentences import agree, closest, sentences, subject


def test_sentences_are_those_that_say_something() -> None:
    text = "No. Files from 4.2 are upgraded in place!\n- A dump of 3.x is restored by hand. Yes, of course."
    assert sentences(text) == ("Files from 4.2 are upgraded in place", "A dump of 3.x is restored by hand")


@pytest.mark.parametrize(
    ("one", "other", "agreed"),
    [
        ("The pier was finished in 1829.", "In 1829 the stone pier was finished.", True),
        ("The pier was finished in 1829.", "The pier was finished in 1822.", False),
        ("The island has a hospital.", "The island has no hospital.", False),
        ("The pier was finished in 1829.", "Seals breed on the outer rocks.", None),
        ("It holds 1,200 books.", "It holds 1200 books.", True),
    ],
)
def test_sentences_agree_contradict_or_speak_of_different_things(one: str, other: str, agreed: bool | None) -> None:
    assert agree(one, other) is agreed
    assert agree(other, one) is agreed


def test_the_closest_sentence_is_found_whatever_the_order() -> None:
    others = ["Seals breed on the rocks.", "The pier was finished in 1822.", "The pier is of stone."]
    assert closest("The pier was finished in 1829.", others) == "The pier was finished in 1822."
    assert closest("The pier was finished in 1829.", others[::-1]) == "The pier was finished in 1822."
    assert closest("Bread rises.", others) is None


def test_a_query_leaves_out_what_is_in_doubt() -> None:
    assert subject("The pier was finished in 1829.") == "pier finished"
