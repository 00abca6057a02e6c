from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.verify.instructions.constraint import Reading
from reward_agent.verify.instructions.units import (
    Each,
    bare_words,
    each_unit,
    lines,
    paragraphs,
    sentences,
    size,
    split_sentences_gently,
    strip_marks,
    word_pattern,
    words,
)

EACH: tuple[Each, ...] = ("paragraph", "sentence", "line", "bullet", "item", "section")


@pytest.mark.parametrize(
    ("text", "literal", "natural"),
    [
        ("one two  three\n", 3, 3),
        ("- a bullet", 3, 2),
        ("## A heading", 3, 2),
        ("well — yes", 3, 2),
        ("cause—effect", 1, 2),
        ("don't re-do it", 3, 3),
        ("Привет, мир", 2, 2),
        ("हिन्दी भाषा", 2, 2),
        ("猫が好き。", 5, 4),
        ("Kung Fu (功夫) is an old art", 7, 7),
        ("", 0, 0),
    ],
)
def test_words_are_counted_in_two_readings(text: str, literal: int, natural: int) -> None:
    assert (len(words(text)), len(words(text, "natural"))) == (literal, natural)


def test_bare_words_are_lower_case_without_punctuation() -> None:
    assert bare_words('"Hello," she said — TWICE!') == ("hello", "she", "said", "twice")


def test_a_vowel_sign_at_the_end_belongs_to_the_word() -> None:
    assert strip_marks("«हिन्दी»,") == "हिन्दी"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("A heading\n\nglued to this. Two.", 2),
        ("1. First. 2. Second.", 4),
        ('"Hey!" he said. Bye.', 2),
        ("Dr. Who came.", 2),
        ("It is 3.5 m long", 1),
        ("Wait... what?! No", 3),
        ("Ends here. 🎉", 2),
        ("这是一句。这是两句！", 2),
        ("यह एक है। यह दो है।", 2),
        ("   ", 0),
    ],
)
def test_the_literal_reading_cuts_after_every_end_mark(text: str, count: int) -> None:
    assert len(sentences(text)) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Fox came. He left.", 2),
        ("# A heading\n\nOne. Two.", 2),
        ("- first item\n- second item", 2),
        ("1. First\n2. Second", 2),
        ("| a | b |\n|---|---|\n| c | d |\n\nOne.", 1),
        ("---\n\nIt is 3.5 m long.", 1),
    ],
)
def test_the_natural_reading_counts_what_a_person_calls_a_sentence(text: str, count: int) -> None:
    assert len(sentences(text, "natural")) == count


def test_a_chunk_without_end_marks_is_cut_for_the_library_but_loses_no_word() -> None:
    text = "word " * 3000
    assert sum(len(piece.split()) for piece in sentences(text, "natural")) == 3000


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Mr. Fox, e.g. this one, ran. He won.", 2),
        ("J. Smith wrote it. Why?", 2),
        ('He said "Stop." Then he left.', 2),
        ("Wait... then go. Wait... Then go.", 3),
        ("1. First point. 2. second point.", 3),
        ("We met at 5 p.m. and left.", 1),
    ],
)
def test_the_gentle_splitter_spares_abbreviations_and_initials(text: str, count: int) -> None:
    assert len(split_sentences_gently(text)) == count


@pytest.mark.parametrize(
    ("text", "literal", "natural"),
    [
        ("One.\n\nTwo.", 2, 2),
        ("# Title\n\nOne.\n\n---\n\n**Part two**\n\nTwo.", 2, 2),
        ("One.\nStill one.", 1, 1),
        ("Intro:\n\n- a\n- b", 2, 1),
        ("Look:\n\n```\ncode\n\nmore\n```", 3, 1),
        ("One.\r\n\r\nTwo.", 2, 2),
        ("Title\n=====\n\nOne.", 1, 1),
        ("# A\nOne.\n\n# B\n\nTwo.", 2, 2),
    ],
)
def test_paragraphs_are_blocks_that_are_no_headings(text: str, literal: int, natural: int) -> None:
    assert (len(paragraphs(text)), len(paragraphs(text, "natural"))) == (literal, natural)


def test_blank_lines_are_no_lines() -> None:
    assert lines("a\n \n b\r\n") == ("a", " b")


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        ("paragraph", ("Intro.", "- one\n2. two", "End.")),
        ("line", ("# A", "Intro.", "- one", "2. two", "# B", "End.")),
        ("bullet", ("one",)),
        ("item", ("one", "two")),
        ("section", ("Intro.\n\n- one\n2. two", "End.")),
    ],
)
def test_each_unit_gives_the_texts_of_one_sort(each: Each, expected: tuple[str, ...]) -> None:
    assert each_unit("# A\n\nIntro.\n\n- one\n2. two\n\n# B\n\nEnd.", each) == expected


def test_a_text_without_headings_has_its_blocks_as_sections() -> None:
    assert each_unit("One.\n\nTwo.", "section") == ("One.", "Two.")


def test_size_counts_in_the_asked_unit() -> None:
    text = "One two. Three.\n\nFour"
    assert [size(text, unit) for unit in ("words", "sentences", "characters", "lines", "paragraphs")] == [
        4,
        3,
        21,
        2,
        2,
    ]


@pytest.mark.parametrize(
    ("word", "text", "hits"),
    [
        ("budget", "Budget-friendly, the budget's size, budgets", 2),
        ("sync", "sync_x sync", 1),
        ("it's", "it’s and it's", 2),
        ("hidden gem", "a hidden\n gem", 1),
        ("C++", "C++ is not C+", 1),
        ("#tag", "#tag #tags", 1),
        ("café", "Café cafés", 1),
        ("हिन्द", "हिन्दी हिन्द", 1),
        ("猫", "黒猫と猫", 2),
        ("", "anything", 0),
    ],
)
def test_a_word_ends_where_letters_end(word: str, text: str, hits: int) -> None:
    assert len(word_pattern(word).findall(text)) == hits


def test_a_word_can_be_matched_by_case_and_inside_words() -> None:
    assert not word_pattern("Rose", match_case=True).search("a rose")
    assert word_pattern("row", whole=False).search("grown")


@given(st.text(alphabet=st.sampled_from("ab .!?\n\t-*#|`1。字é\u0301'\"")), st.sampled_from(["literal", "natural"]))
def test_splitting_never_raises_and_gives_no_blank_units(text: str, reading: Reading) -> None:
    for found in (words(text, reading), sentences(text, reading), paragraphs(text, reading), lines(text)):
        assert all(piece.strip() for piece in found)
    for each in EACH:
        each_unit(text, each, reading)
    split_sentences_gently(text)


@given(st.text(alphabet="ab.!? \n"))
def test_the_literal_sentences_hold_all_letters(text: str) -> None:
    letters = [char for char in text if char.isalpha()]
    assert [char for piece in sentences(text) for char in piece if char.isalpha()] == letters
