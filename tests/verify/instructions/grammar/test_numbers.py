"""Numbers and quantities in words."""

from __future__ import annotations

import pytest

from reward_agent.verify.instructions.constraint import Quantity
from reward_agent.verify.instructions.grammar.numbers import read_number, read_quantity


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("7", 7),
        ("1,200", 1200),
        ("three", 3),
        ("Twenty-five", 25),
        ("one hundred", 100),
        ("a hundred and fifty", 150),
        ("two thousand five hundred", 2500),
        ("a dozen", 12),
        ("a single", 1),
        ("third", 3),
        ("22nd", 22),
        ("twice", 2),
        ("many", None),
    ],
)
def test_numbers_in_words_and_figures(words: str, number: int | None) -> None:
    assert read_number(words) == number


@pytest.mark.parametrize(
    ("words", "quantity"),
    [
        ("5", Quantity.exactly(5)),
        ("exactly five", Quantity.exactly(5)),
        ("at least 5", Quantity.at_least(5)),
        ("a minimum of 5", Quantity.at_least(5)),
        ("no fewer than five", Quantity.at_least(5)),
        ("5 or more", Quantity.at_least(5)),
        ("5+", Quantity.at_least(5)),
        ("more than 5", Quantity.at_least(6)),
        ("at most 5", Quantity.at_most(5)),
        ("no more than 5", Quantity.at_most(5)),
        ("not exceeding 5", Quantity.at_most(5)),
        ("up to 5", Quantity.at_most(5)),
        ("a maximum of 5", Quantity.at_most(5)),
        ("5 or fewer", Quantity.at_most(5)),
        ("fewer than 5", Quantity.at_most(4)),
        ("under 5", Quantity.at_most(4)),
        ("between 5 and 9", Quantity(low=5, high=9)),
        ("5 to 9", Quantity(low=5, high=9)),
        ("5-9", Quantity(low=5, high=9)),
        ("6 or 7", Quantity(low=6, high=7)),
        ("about 100", Quantity(low=90, high=110)),
        ("some day", None),
    ],
)
def test_quantities_with_their_relation(words: str, quantity: Quantity | None) -> None:
    assert read_quantity(words) == quantity


@pytest.mark.parametrize(
    ("words", "quantity"),
    [
        ("fewer than 5", Quantity.at_least(5)),
        ("more than 5", Quantity.at_most(5)),
        ("at least 5", Quantity.at_least(5)),
        ("5", Quantity.exactly(5)),
    ],
)
def test_what_is_denied_turns_a_comparison_round(words: str, quantity: Quantity) -> None:
    assert read_quantity(words, denied=True) == quantity
