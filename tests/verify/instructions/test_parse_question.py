"""Questions about a response: what they ask, when code may say yes or no, and when it must not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reward_agent.verify.instructions.parse_question import parse_question
from reward_agent.verify.instructions.question_demand import demanded
from reward_agent.verify.instructions.question_rules import QUESTION_RULES, Demand

_EXAMPLES = [shown for rule in QUESTION_RULES for shown in rule.examples]
_NOT_IN = [question for rule in QUESTION_RULES for question in rule.not_in]
_POEM = "Soft rain falls down\non roofs of tin,\nit wakes the town\nand lets us in."


@pytest.mark.parametrize(("question", "demand"), _EXAMPLES, ids=[question for question, _ in _EXAMPLES])
def test_the_question_asks_for_this(question: str, demand: Demand) -> None:
    asked = parse_question(question)
    assert asked is not None
    assert [(c.kind, dict(c.params)) for c in asked.constraints] == [(demand.kind, dict(demand.params))]
    assert asked.complete == demand.complete


@pytest.mark.parametrize("question", _NOT_IN)
def test_no_rule_reads_the_question(question: str) -> None:
    assert parse_question(question) is None


@pytest.mark.parametrize(
    ("question", "demand"),
    [
        ("Is the answer exactly ten lines long?", "The response must be exactly ten lines long."),
        ("Does the generated poem have four stanzas?", "The response must have four stanzas."),
        ("In the generated text, does each line rhyme?", "Each line must rhyme."),
        ("Are there any commas in the response?", "The response must contain commas."),
        ("Is the word 'tide' used twice? (content)", "The word 'tide' must be used twice."),
        ("Has the essay been divided into 3 parts?", "The response must be divided into 3 parts."),
        ("Did the model answer in two sentences?", "The response must answer in two sentences."),
        ("Write a poem.", None),
        ("Why is the answer so long?", None),
        ("Isn't the answer too long?", None),
    ],
)
def test_a_question_becomes_the_demand_behind_it(question: str, demand: str | None) -> None:
    assert demanded(question) == demand


@pytest.mark.parametrize(
    ("question", "response", "holds"),
    [
        ("Is the response at most five words long?", "One two three.", True),
        ("Is the response at most five words long?", "One two three four five six.", False),
        ("Is the response in all lowercase letters?", "all small", True),
        ("Are all items in the list in alphabetical order?", "- apple\n- pear\n- quince", True),
        ("Are all items in the list in alphabetical order?", "- pear\n- apple", False),
        ("Does the answer avoid commas?", "Well, no.", False),
        ("Is the generated text a poem?", _POEM, True),
        ("Is the generated text a letter?", _POEM, None),
        ("Is the generated text a haiku?", "Just one line.", False),
        ("Is the generated text a haiku?", "One\ntwo\nthree", None),
        ("Does the response mention Lisbon?", "We flew to Lisbon.", True),
        ("Does the response mention Lisbon?", "We flew home.", False),
        ("Does the response mention the price of the boat?", "It was dear.", None),
        ("Does each sentence in the response have at most 4 words?", "It is wet. So are we.", True),
        ("Is the answer in exactly two sentences?", "Here is the answer:\n\nIt rains. It pours.", True),
        ("Is the answer in exactly two sentences?", "", False),
    ],
)
def test_code_says_yes_or_no_where_it_can_tell(question: str, response: str, holds: bool | None) -> None:
    asked = parse_question(question)
    assert asked is not None
    assert asked.holds(response) is holds


def test_a_question_that_asks_for_more_can_only_be_denied() -> None:
    asked = parse_question("Is the response a moving tribute of at most 5 words?")
    assert asked is not None and not asked.complete
    assert asked.holds("You were kind.") is None
    assert asked.holds("You were the kindest of all the people here.") is False


def test_a_response_that_only_repeats_the_request_mentions_nothing() -> None:
    asked = parse_question("Does the notice mention the name: Ada Byron?")
    assert asked is not None
    request = "Write a short notice for our tenant Ada Byron of Elm Street about the rent."
    assert asked.holds(request, prompt=request) is None


@pytest.mark.parametrize(
    "question",
    ["Is the tone warm?", "Is the answer correct?", "Is Paris the capital of France?", "Is the joke funny?", ""],
)
def test_a_matter_of_judgement_is_left_alone(question: str) -> None:
    assert parse_question(question) is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Is ",
                "Does ",
                "the response ",
                "each ",
                "there ",
                "in the generated text",
                "must ",
                "'a' ",
                "(x)",
                "?",
                "3 ",
            ]
        )
        | st.text(max_size=4),
        max_size=12,
    ).map("".join)
)
def test_no_question_makes_it_raise(question: str) -> None:
    if asked := parse_question(question + "?"):
        assert asked.holds("One. Two.", prompt=question) in (True, False, None)


def test_a_long_question_is_not_read() -> None:
    started = time.process_time()
    assert parse_question("Is the response " + "in the response " * 60_000 + "?") is None
    assert time.process_time() - started < 1
