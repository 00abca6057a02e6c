from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from reward_agent.verify.instructions.catalog import CATALOG, measure
from reward_agent.verify.instructions.catalog.ifeval import from_ifeval
from reward_agent.verify.instructions.catalog.language import identify_as_ifeval
from reward_agent.verify.instructions.catalog.loose import measure_loosely

DATA = Path(__file__).parents[5] / "shared" / "data" / "ifeval"
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("change_case:capital_word_frequency", {"capital_relation": "less than", "capital_frequency": 2}, "NO", "NO WAY"),
    ("change_case:english_capital", {}, "THIS IS A CALM AND SUNNY DAY", "Calm"),
    ("change_case:english_lowercase", {}, "this is a calm and sunny day", "Calm"),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Say hi."}, "Say hi. Hi.", "Hi."),
    ("combination:two_responses", {}, "a\n******\nb", "a"),
    ("detectable_content:number_placeholders", {"num_placeholders": 1}, "[name]", "name"),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, "Bye.\nP.P.S more", "Bye.\nP.S. more"),
    ("detectable_format:constrained_response", {}, "My answer is no.", "No."),
    ("detectable_format:json_format", {}, "[1]", "1]"),
    (
        "detectable_format:multiple_sections",
        {"section_spliter": "Day", "num_sections": 2},
        "Day 1\na\nDay 2\nb",
        "Day 1",
    ),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "* a\n- b", "* a\n- b\n- c"),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*a* *b*", "*a*"),
    ("detectable_format:title", {}, "<<a>>", "a"),
    ("keywords:existence", {"keywords": ["sun"]}, "a sunny day", "a day"),
    ("keywords:forbidden_words", {"forbidden_words": ["sun"]}, "a sunny day", "the sun"),
    ("keywords:frequency", {"keyword": "sun", "relation": "at least", "frequency": 2}, "sun, sunny", "sun"),
    ("keywords:letter_frequency", {"letter": "o", "let_relation": "less than", "let_frequency": 2}, "so", "soon"),
    ("language:response_language", {"language": "kn"}, "ಹೌದು, ಅದು ಸರಿ", "yes, that is all right"),
    (
        "length_constraints:nth_paragraph_first_word",
        {"first_word": "so", "num_paragraphs": 2, "nth_paragraph": 2},
        "a\n\nSo, b",
        "a\n\nb",
    ),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "a\n***\nb", "a\n\nb"),
    (
        "length_constraints:number_sentences",
        {"relation": "at least", "num_sentences": 2},
        "Mr. A ran. B won.",
        "Mr. A.",
    ),
    ("length_constraints:number_words", {"relation": "less than", "num_words": 3}, "two words", "don't go"),
    ("punctuation:no_comma", {}, "a b", "a, b"),
    ("startend:end_checker", {"end_phrase": "The end."}, "So. The end.", "The end. So"),
    ("startend:quotation", {}, '"a"', "a"),
]


@pytest.mark.parametrize(("name", "kwargs", "meets", "fails"), CASES)
def test_an_official_kind_becomes_a_constraint_of_the_catalog(
    name: str, kwargs: dict[str, Any], meets: str, fails: str
) -> None:
    constraint = from_ifeval(f"en:{name}", kwargs)
    assert constraint == from_ifeval(name, kwargs)
    assert measure(constraint, meets, prompt="", reading="literal").met
    assert measure(constraint, fails, prompt="", reading="literal").met is False


def test_all_25_kinds_are_translated() -> None:
    assert len({name for name, *_ in CASES}) == 25
    assert {from_ifeval(name, kwargs).kind for name, kwargs, *_ in CASES} <= set(CATALOG)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        from_ifeval("startend:rhyme", {})


def test_the_language_is_told_by_the_library_that_the_official_verdicts_come_from() -> None:
    capitals = from_ifeval("change_case:english_capital", {})
    assert "langdetect" in measure(capitals, "EIN GUTER TAG", prompt="", reading="literal").measured
    spoken = from_ifeval("language:response_language", {"language": "de"})
    assert measure(spoken, "1, 2, 3", prompt="", reading="literal").met  # officially, what cannot be told passes
    languages = [identify_as_ifeval("only a short line") for _ in range(3)]
    assert len(set(languages)) == 1


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data/ifeval")
def test_the_verdicts_agree_with_the_official_ones() -> None:
    rows = map(json.loads, (DATA / "input_data.jsonl").read_text(encoding="utf-8").splitlines())
    asked = {str(row["key"]): row for row in rows}
    total = strict = loose = 0
    answers = gzip.decompress((DATA / "responses.jsonl.gz").read_bytes()).decode("utf-8")
    for row in map(json.loads, answers.rstrip("\n").split("\n")[::6]):  # langdetect is slow; benchmarks/ reads them all
        question, response = asked[str(row["key"])], row["response"] or ""
        for place, name in enumerate(question["instruction_id_list"]):
            kwargs = question["kwargs"][place]
            if name.endswith("letter_frequency") and not kwargs["letter"].isalpha():
                continue  # the official verdict is of a letter drawn by chance
            constraint = from_ifeval(name, kwargs)
            ours = bool(response.strip() and measure(constraint, response, prompt="", reading="literal").met)
            total += 1
            strict += ours == row["strict"][place]
            ours = ours or bool(measure_loosely(constraint, response, prompt="", reading="literal").met)
            loose += ours == row["loose"][place]
    assert min(strict, loose) / total >= 0.995
