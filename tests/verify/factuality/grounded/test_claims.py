"""Answers are cut into claims; what states nothing is none."""

import pytest

from reward_agent.verify.factuality.grounded.claims import claims_of, of_both

QUESTION = "When was the mill built?"


def texts(response: str, limit: int = 8) -> list[str]:
    return [claim.text for claim in claims_of(response, QUESTION, limit=limit)]


def test_a_short_answer_comes_with_its_question() -> None:
    (claim,) = claims_of("In 1820.", QUESTION, limit=8)
    assert claim.short
    assert f"{claim.question} {claim.text}" == "When was the mill built? In 1820."


def test_each_sentence_of_a_long_answer_stands_for_itself() -> None:
    claims = claims_of("The mill was built in 1820. It burned down in 1902.", QUESTION, limit=8)
    assert [claim.text for claim in claims if not claim.short] == [
        "The mill was built in 1820.",
        "It burned down in 1902.",
    ]


@pytest.mark.parametrize(
    "nothing",
    ["", "   ", "?", "Which mill do you mean?", "```\nx = 1820\n```", "Here is what I found:"],
)
def test_what_states_nothing_is_no_claim(nothing: str) -> None:
    assert texts(nothing) == []


def test_greetings_offers_and_opinions_are_left_out_of_a_long_answer() -> None:
    assert texts("Great question! The mill was built in 1820. I hope this helps. I think it is pretty.") == [
        "The mill was built in 1820."
    ]


def test_markup_is_taken_off() -> None:
    assert texts("## The mill\n- It was **built** in 1820.\n1. It burned in 1902.") == [
        "The mill",
        "It was built in 1820.",
        "It burned in 1902.",
    ]


def test_no_more_than_the_limit_and_each_once() -> None:
    assert len(texts(" ".join(f"Fact {n} is here." for n in range(40)), limit=5)) == 5
    assert texts("The mill is old. The mill is old.") == ["The mill is old."]


@pytest.mark.parametrize(
    ("response", "question", "asked", "denied"),
    [
        ("Yes.", "Is the mill on the Sorrel?", True, False),
        ("No", "Was the mill built in 1820?", True, True),
        ("No one knows.", "Is the mill on the Sorrel?", False, False),
        ("No.", "Is the mill on the Sorrel or on the Ousel?", None, None),
        ("No.", "Where is the mill?", None, None),
    ],
)
def test_a_bare_yes_or_no_claims_what_was_asked(
    response: str, question: str, asked: bool | None, denied: bool | None
) -> None:
    claims = claims_of(response, question, limit=8)
    assert [(claim.asked, claim.denied) for claim in claims] == ([] if asked is None else [(asked, denied)])


def test_yes_and_no_to_one_question_are_two_claims() -> None:
    question = "Is the mill on the Sorrel?"
    (yes,), (no,) = (claims_of(answer, question, limit=8) for answer in ("Yes.", "No."))
    assert yes != no


def test_yes_or_no_is_a_claim_of_its_own_before_what_stands_behind_it() -> None:
    claims = claims_of("No, it stands on the Ousel.", "Is the mill on the Sorrel?", limit=8)
    assert [(claim.text, claim.denied) for claim in claims] == [
        ("Is the mill on the Sorrel?", True),
        ("it stands on the Ousel.", False),
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Are Brane Mill and Tessel Bridge both in Farrow", ("Brane Mill in Farrow", "Tessel Bridge in Farrow")),
        ("Both Ada Quent and Ivor Larch were poets.", ("Ada Quent were poets.", "Ivor Larch were poets.")),
        (
            "Are both Hollin Weir and Tessel Five Danish bands",
            ("Hollin Weir Danish bands", "Tessel Five Danish bands"),
        ),
        ("There was wheat and rye on both sides.", ()),
        ("It is both old and red.", ()),
    ],
)
def test_what_is_said_of_both_of_two_is_said_of_each(text: str, parts: tuple[str, ...]) -> None:
    assert of_both(text) == parts


@pytest.mark.parametrize(
    ("response", "short", "reply"),
    [
        ("In 1820.", True, False),
        ("The mill was built in 1820.", False, True),
        ("The mill was built in 1820. It burned in 1902.", False, False),
    ],
)
def test_a_sentence_that_is_the_whole_answer_is_a_reply(response: str, short: bool, reply: bool) -> None:
    claim = claims_of(response, QUESTION, limit=8)[0]
    assert (claim.short, claim.reply) == (short, reply)
