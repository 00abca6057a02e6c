from __future__ import annotations

from reward_agent.verify.instructions.catalog.loose import measure_loosely, variants
from reward_agent.verify.instructions.constraint import Constraint, Quantity


def test_the_eight_variants_drop_the_first_line_the_last_line_and_asterisks() -> None:
    assert variants("Sure!\n*body*\nBye") == (
        "Sure!\n*body*\nBye",
        "*body*\nBye",
        "Sure!\n*body*",
        "*body*",
        "Sure!\nbody\nBye",
        "body\nBye",
        "Sure!\nbody",
        "body",
    )


def test_an_opener_is_forgiven() -> None:
    constraint = Constraint(kind="case.lower")
    assert measure_loosely(constraint, "Sure:\nall small", prompt="", reading="literal").met


def test_a_response_that_no_variant_saves_keeps_its_own_measurement() -> None:
    constraint = Constraint(kind="words.count", params={"quantity": Quantity.exactly(9)})
    measurement = measure_loosely(constraint, "one\ntwo\nthree", prompt="", reading="literal")
    assert measurement.met is False
    assert measurement.measured.startswith("3 words")


def test_an_empty_response_meets_nothing() -> None:
    constraint = Constraint(kind="words.count", params={"quantity": Quantity.at_most(9)})
    assert measure_loosely(constraint, " \n", prompt="", reading="literal").met is False
