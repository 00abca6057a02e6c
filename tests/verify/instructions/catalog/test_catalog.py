"""What holds for every checker of the catalog: it tells right from wrong, never raises, and takes linear time."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reward_agent.verify.instructions.catalog import CATALOG, measure
from reward_agent.verify.instructions.constraint import Constraint, Measurement, Reading
from tests.verify.instructions.catalog.examples import EXAMPLES

KINDS = sorted(EXAMPLES)
READINGS: tuple[Reading, ...] = ("literal", "natural")
# Runs of these are what slow patterns trip over.
HOSTILE = [
    "a",
    " ",
    "\n",
    ".",
    "!? ",
    "*",
    "* ",
    "- ",
    "_",
    "`",
    "```\n",
    "#",
    "# ",
    '"',
    "'",
    "(",
    "[",
    "[a",
    "{",
    "<",
    "<<",
]
HOSTILE += [
    "<a",
    "<b>",
    "|",
    "|-",
    "1",
    "1. ",
    "1,",
    "a. ",
    "a\n",
    "a\n\n",
    "a: ",
    ">",
    "a b. ",
    "字",
    "й ",
    "🎉",
    "$1",
    "1:",
    "P.",
    "I",
]
HOSTILE += [
    "![",
    "a\n-",
    "\t",
    "\r\n",
    "* a\n  - b\n",
    "http://a",
    "「",
    "。",
    "\u0301",
    "\u200d",
    "a-",
    "A-",
    "A.",
    "- - ",
    "|---|\n",
]


CHOICES = {
    "each",
    "unit",
    "type",
    "types",
    "style",
    "where",
    "kind",
    "tag",
    "language",
    "form",
    "genre",
    "person",
    "thing",
}


def _wordy(kind: str) -> dict[str, Any]:
    """The parameters that hold free words."""
    return {
        name: value
        for name, value in EXAMPLES[kind].params.items()
        if name not in CHOICES
        and (isinstance(value, str) or (isinstance(value, tuple) and all(isinstance(part, str) for part in value)))
    }


def run(kind: str, response: str, reading: Reading = "literal") -> Measurement:
    example = EXAMPLES[kind]
    return measure(Constraint(kind=kind, params=example.params), response, prompt=example.prompt, reading=reading)


def test_every_kind_has_an_example_and_every_example_a_kind() -> None:
    assert set(EXAMPLES) == set(CATALOG)


def test_the_catalog_has_at_least_ninety_kinds() -> None:
    assert len(CATALOG) >= 90


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_names_what_it_measures(kind: str) -> None:
    assert CATALOG[kind].description.endswith((".", ":")) and len(CATALOG[kind].description) >= 15


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_that_meets_the_constraint_passes(kind: str) -> None:
    measurement = run(kind, EXAMPLES[kind].meets)
    assert measurement.met is True, measurement.measured
    assert measurement.distance == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_that_breaks_the_constraint_fails(kind: str) -> None:
    measurement = run(kind, EXAMPLES[kind].fails)
    assert measurement.met is False, measurement.measured
    assert 0 < measurement.distance <= 1


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(response=st.text(max_size=200) | st.lists(st.sampled_from(HOSTILE), max_size=40).map("".join))
def test_no_text_makes_a_checker_raise(kind: str, reading: Reading, response: str) -> None:
    measurement = run(kind, response, reading)
    assert 0 <= measurement.distance <= 1
    assert (measurement.distance == 0) == (measurement.met is not False)
    assert measurement.measured and len(measurement.measured) < 600


@pytest.mark.parametrize("kind", [kind for kind in KINDS if _wordy(kind)])
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_no_words_asked_for_make_a_checker_raise(kind: str, data: st.DataObject) -> None:
    """The words of a constraint come from a prompt, so they are as hostile as the response."""
    asked = st.text(alphabet="ab*.[(\\^$+?{|# \n\"'-é字", max_size=6)
    params = {
        name: (data.draw(asked) if isinstance(value, str) else tuple(data.draw(asked) for _ in value))
        for name, value in _wordy(kind).items()
    }
    constraint = Constraint(kind=kind, params={**EXAMPLES[kind].params, **params})
    for response in (EXAMPLES[kind].meets, "a [b] **c**\n# a\n- b", ""):
        assert 0 <= measure(constraint, response, prompt=data.draw(asked), reading="natural").distance <= 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_megabyte_of_prose_is_measured_quickly(kind: str) -> None:
    prose = "The quick brown fox, who is 7 years old, jumps over the lazy dog. Why? *So* it goes!\n\n- One item\n"
    assert _seconds(kind, prose * (1_000_000 // len(prose))) < 4


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_long_run_of_any_mark_takes_linear_time(kind: str) -> None:
    for mark in HOSTILE:
        text = mark * (20_000 // len(mark)) + "x"
        assert _seconds(kind, text) < 1, f"{mark!r}"


def _seconds(kind: str, text: str) -> float:
    run(kind, EXAMPLES[kind].meets)
    started = time.process_time()  # not the clock on the wall: the machine may be busy
    run(kind, text)
    run(kind, text, "natural")
    return (time.process_time() - started) / 2
