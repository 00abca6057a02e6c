"""A claim beside a passage, in numbers."""

import pytest

from reward_agent.types import Passage
from reward_agent.verify.factuality.grounded.claims import Claim
from reward_agent.verify.factuality.grounded.features import Compared, compared, names_of

MILL = Passage(
    title="Brane Mill",
    text="Brane Mill is a water mill on the Sorrel. It was built in 1820 by Ada Quent. It never ground wheat.",
)
OTHER = Passage(title="Tessel Bridge", text="Tessel Bridge crosses the Ousel near Farrow. It was finished in 1911.")
QUESTION = "When was Brane Mill built?"


def beside(text: str, *, short: bool = False, passages: tuple[Passage, ...] = (MILL, OTHER)) -> Compared:
    return compared(Claim(text=text, question=QUESTION, short=short), passages)[0]


def test_the_passage_about_the_claim_comes_first() -> None:
    assert beside("It was built in 1820.").passage == MILL
    assert beside("1820", short=True, passages=(OTHER, MILL)).passage == MILL


def test_an_answer_that_stands_there_is_literal_and_wholly_said() -> None:
    found = beside("in 1820", short=True)
    assert (found["literal"], found["said"], found["numbers missing"]) == (1.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Brane Mill was built in 1830.", "numbers missing"),
        ("Brane Mill was built by Ivor Quent.", "names missing"),
        ("Brane Mill was not built in 1820.", "denial differs"),
    ],
)
def test_another_number_name_or_denial_shows(text: str, name: str) -> None:
    assert beside(text)[name] > 0
    assert beside("Brane Mill was built in 1820 by Ada Quent.")[name] == 0


def test_numbers_in_words_are_numbers() -> None:
    found = compared(
        Claim(text="It has twelve wheels.", question="", short=False), [Passage(text="The mill has 12 wheels.")]
    )[0]
    assert found["numbers missing"] == 0


def test_a_passage_about_something_else_is_not_about_it() -> None:
    assert beside("in 1820", short=True)["about"] > 0.8
    assert beside("in 1911", short=True, passages=(OTHER,))["about"] < 0.3


def test_names_are_capitals_within_a_sentence_and_no_months() -> None:
    assert names_of("In May the ship left Port Aldry. It sank.") == {"port", "aldry"}
