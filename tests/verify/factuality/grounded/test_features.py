"""A claim beside a passage, in numbers."""

import pytest

from reward_agent.types import Passage
from reward_agent.verify.factuality.grounded.claims import Claim
from reward_agent.verify.factuality.grounded.features import Compared, as_answer, compared
from reward_agent.verify.factuality.grounded.terms import names_of

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


def test_a_value_counts_as_together_with_its_subject_only_in_one_sentence() -> None:
    works = Passage(title="Works", text="Brane Mill was built in 1820. Tessel Bridge was finished in 1911.")
    right, wrong = (
        beside("Brane Mill was built in 1820.", passages=(works,)),
        beside("Brane Mill was built in 1911.", passages=(works,)),
    )
    assert right["said"] == wrong["said"] == 1.0
    assert right["together"] > wrong["together"] + 0.3


def test_a_word_of_the_same_family_is_akin_and_not_said() -> None:
    passage = Passage(title="Ada Quent", text="Ada Quent was an actress and screenwriter from Farrow.")
    question = "What was Ada Quent?"

    def of(text: str) -> Compared:
        return compared(Claim(text=text, question=question, short=True), [passage])[0]

    assert (of("actor")["said"], of("actor")["akin"]) == (0.0, 1.0)
    assert (of("writer")["said"], of("writer")["akin"]) == (0.0, 1.0)
    assert (of("actress")["said"], of("actress")["akin"]) == (1.0, 0.0)
    assert (of("plumber")["said"], of("plumber")["akin"]) == (0.0, 0.0)


def test_an_answer_may_stand_nearer_to_what_was_asked_than_another() -> None:
    passage = Passage(text="Sorrel Nights is a film directed by Ada Quent and written by Ivor Larch.")
    question = "Who directed the film Sorrel Nights?"

    def of(text: str) -> Compared:
        return compared(Claim(text=text, question=question, short=True), [passage])[0]

    assert of("Ada Quent")["literal"] == of("Ivor Larch")["literal"] == 1.0
    assert of("Ada Quent")["near"] > of("Ivor Larch")["near"]


def test_what_is_known_of_an_answer_is_gathered_from_all_sentences_that_hold_it() -> None:
    passage = Passage(
        text="Ada Quent founded Farrow College and the Ousel Gallery. Farrow College was once run by the guild."
    )
    question = "Which institution that Ada Quent founded was once run by the guild?"

    def of(text: str) -> Compared:
        return compared(Claim(text=text, question=question, short=True), [passage])[0]

    assert of("Farrow College")["gathered"] > of("Ousel Gallery")["gathered"]


def test_a_reply_is_reduced_to_what_it_adds_to_its_question() -> None:
    claim = Claim(text="Brane Mill was built in 1820.", question=QUESTION, short=False, reply=True)
    (one,) = compared(claim, [MILL])
    assert as_answer(one).claim.text == "1820."
    assert as_answer(one)["literal"] == 1.0
