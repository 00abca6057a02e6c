"""A sentence beside a passage, in numbers."""

import pytest

from reward_agent.types import Passage
from reward_agent.verify.factuality.grounded.opposites import opposites_of, turned_round
from reward_agent.verify.factuality.grounded.sentence import SENTENCE_NAMES, sentence_numbers

MILL = Passage(
    title="Brane Mill",
    text="Brane Mill was built in 1820 by Ada Quent. Tessel Bridge, near the mill, was finished in 1911. "
    "Wheat prices rose when the mill was sold.",
)


def of(text: str, passage: Passage = MILL) -> dict[str, float]:
    return dict(zip(SENTENCE_NAMES, sentence_numbers(text, passage), strict=True))


def test_a_number_out_of_another_sentence_does_not_stand_together_with_the_rest() -> None:
    assert of("Tessel Bridge was finished in 1911.")["together"] == 1.0
    assert of("Tessel Bridge was finished in 1820.")["together"] < 0.7


def test_a_title_is_what_every_sentence_of_its_passage_is_about() -> None:
    text = "It was built in 1820."
    assert of("Brane Mill was built in 1820.", Passage(title="Brane Mill", text=text))["together"] == 1.0
    assert of("Brane Mill was built in 1820.", Passage(text=text))["together"] < 0.7


def test_a_first_name_cut_short_is_there() -> None:
    passage = Passage(text="Adalind Renea Quent is a painter.")
    assert of("Ada Quent is a painter.", passage)["names not there"] == 0
    assert of("Bo Quent is a painter.", passage)["names not there"] == 1


def test_one_thing_that_differs_in_a_sentence_that_is_there_otherwise_is_alone() -> None:
    assert of("Brane Mill was built in 1820 by Ada Quent.")["lone difference"] == 0
    changed = of("Brane Mill was built in 1840 by Ada Quent.")
    assert changed["lone difference"] == changed["lone number"] > 0.3
    assert of("Brane Mill was built in 1820 by Ivo Quent.")["lone number"] == 0
    reworded = of("The old watermill goes back to a wealthy lady of the early nineteenth century.")
    assert reworded["lone difference"] == 0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Brane Mill was not built in 1820.", "denies alone"),
        ("Wheat prices fell when the mill was sold.", "turned round"),
        ("I love that Brane Mill was built in 1820.", "speaks of people here"),
        ("Brane Mill was built in 1777.", "numbers not there"),
    ],
)
def test_what_speaks_against_a_claim_shows(text: str, name: str) -> None:
    assert of(text)[name] > 0
    assert of("Brane Mill was built in 1820.")[name] == 0


def test_a_passage_that_denies_what_the_claim_says_shows() -> None:
    passage = Passage(text="Brane Mill was never rebuilt.")
    assert of("Brane Mill was rebuilt.", passage)["passage denies alone"] == 1


def test_an_empty_claim_and_an_empty_passage_are_numbers_too() -> None:
    assert len(of("")) == len(of("It is old.", Passage(text=""))) == len(SENTENCE_NAMES)


def test_opposites_go_both_ways_and_need_the_other_word() -> None:
    assert "decreased" in opposites_of("increased")
    assert "increased" in opposites_of("decreased")
    assert not opposites_of("mill")
    assert turned_round(["prices", "fell"], frozenset({"prices", "rose"}))
    assert not turned_round(["prices", "fell"], frozenset({"prices", "rose", "fell"}))
