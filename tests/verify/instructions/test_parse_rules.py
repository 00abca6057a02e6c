"""The rule parser as a whole: spans, order, double readings, precision, hostile input."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reward_agent.verify.instructions.catalog import CATALOG
from reward_agent.verify.instructions.constraint import Quantity
from reward_agent.verify.instructions.parse_rules import CONSTRAINTS_AT_MOST, parse

_PIECES = st.sampled_from(
    [
        *("Use exactly 3 sentences", "at least 20 words", "include the keywords 'a' and \"b\"", "{c}", "<<d>>", "***"),
        *(
            "* * *",
            "each bullet",
            "must start with",
            "a capital letter",
            "no more than",
            "5",
            "five hundred",
            " ",
            ". ",
        ),
        *(
            "?",
            "\n",
            "\n\n",
            "’",
            "'",
            '"',
            "[",
            "]",
            "**",
            "do not use",
            "the word",
            "the letter q",
            "appears",
            "3 times",
        ),
        *(
            ", and ",
            "e.g.",
            "P.S.",
            "repeat the request above first",
            "in French only",
            "in all caps",
            "\ue000",
            "\ue0ff",
        ),
        *("Section 1", "json", "table with"),
    ]
)


def _kinds(instruction: str) -> list[str]:
    return [constraint.kind for constraint in parse(instruction).constraints]


def test_constraints_come_in_order_of_appearance_with_their_words() -> None:
    instruction = "Why is it so? Answer in French.Use at most 50 words, and mention the word 'tide' twice."
    found = parse(instruction).constraints
    assert [c.kind for c in found] == ["language.is", "words.count", "keywords.frequency"]
    assert [instruction.find(c.span) for c in found] == sorted(instruction.find(c.span) for c in found)
    assert all(c.span and c.span in instruction for c in found)


def test_capitals_make_no_difference_and_shift_no_offset() -> None:
    (found,) = parse("İİ, İSTANBUL: WRITE EXACTLY 3 SENTENCES.").constraints
    assert (found.kind, found.params, found.span) == (
        "sentences.count",
        {"quantity": Quantity.exactly(3)},
        "EXACTLY 3 SENTENCES",
    )


def test_sentences_glued_without_a_space_are_read_apart() -> None:
    assert _kinds(
        "What is rain? Tell me with wit.Limit it to 3 sentences.include the keywords 'drop' and 'cloud'."
    ) == [
        "sentences.count",
        "keywords.include",
    ]


def test_damaged_tails_do_no_harm() -> None:
    assert _kinds("What is rain?Use no more than 50 words, and the response must be.") == ["words.count"]
    assert _kinds("What is rain?Your answer must include, limit it to 2 paragraphs, and answer.") == [
        "paragraphs.count"
    ]


def test_the_same_words_give_one_constraint() -> None:
    assert _kinds("The word 'tide' should appear at least 3 times.") == ["keywords.frequency"]
    assert _kinds("Use lowercase letters only. No capital letters are allowed.") == ["case.lower"]
    assert _kinds("Write exactly 4 paragraphs. The first paragraph must start with the word 'Once'.") == [
        "paragraph.first_word"
    ]


@pytest.mark.parametrize(
    "instruction",
    [
        "What are the 5 most common words in English?",
        "Which book has more than 300 words a page?",
        "How many sentences are there in a paragraph?",
        'Translate "Write at most 3 sentences and do not use commas." into plain words',
        "My essay has exactly 500 words. What do you think of it?",
        "The Moreno family has 12 members. Each member has at least one pet.",
        "Why do people use the word 'like' so often?",
        "Summarize the following text:\n\nEach speaker had at least 200 words to make the case.",
    ],
)
def test_what_is_not_asked_of_the_response_is_not_read(instruction: str) -> None:
    assert _kinds(instruction) == []


def test_a_length_of_a_part_is_not_a_length_of_the_whole() -> None:
    assert _kinds("The introduction should be concise, and no more than 3 sentences.") == []
    assert _kinds("Write 20 slogans under 8 words.") == []


def test_all_kinds_of_quotes_are_quotes() -> None:
    for quoted in ("'sun'", '"sun"', "“sun”", "‘sun’", "«sun»", "{sun}", "**sun**", "`sun`"):
        (found,) = parse(f"Use the keyword {quoted} in your answer.").constraints
        assert (found.kind, found.params["words"]) == ("keywords.include", ("sun",))


def test_clauses_that_no_rule_reads_are_reported() -> None:
    parsed = parse("Write a poem with a hint of irony. Use exactly 3 sentences, and make sure that the lines rhyme.")
    assert [c.params["quantity"] for c in parsed.constraints] == [Quantity.exactly(3)]
    assert parsed.unparsed == ("Write a poem with a hint of irony.", "make sure that the lines rhyme.")


def test_every_kind_and_parameter_is_the_catalogs() -> None:
    from reward_agent.verify.instructions.grammar.families import RULES

    for rule in RULES:
        for words, constraints in rule.examples:
            for constraint in constraints:
                kind = CATALOG[constraint.kind]
                assert set(constraint.params) <= kind.takes, words
                assert kind.required <= set(constraint.params), words


@given(
    st.one_of(
        st.text(max_size=400), st.lists(_PIECES, max_size=40).map("".join), st.lists(_PIECES, max_size=40).map(" ".join)
    )
)
@settings(max_examples=300, deadline=None)
def test_it_never_raises_and_every_span_is_a_piece_of_the_instruction(instruction: str) -> None:
    parsed = parse(instruction)
    assert len(parsed.constraints) <= CONSTRAINTS_AT_MOST
    for constraint in parsed.constraints:
        assert constraint.span
        assert constraint.span in instruction
        assert CATALOG[constraint.kind].required <= set(constraint.params)
    assert all(clause in instruction for clause in parsed.unparsed)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            " ",
            "\n",
            "a",
            "'a ",
            '"',
            "{",
            "[",
            "*",
            "* ",
            "word ",
            "use the words a b c ",
            "a, ",
            "at least 3 ",
            "each ",
        ),
        *("1", "1,", "'a', ", "keyword a and ", "e.g. ", "more than ", "the word 'a' and ", "no "),
    ],
)
def test_a_megabyte_takes_little_time(piece: str) -> None:
    start = time.process_time()
    parse(piece * (1_000_000 // len(piece)))
    assert time.process_time() - start < 5
