from __future__ import annotations

from typing import Any

import pytest

from reward_agent.verify.instructions.catalog import CATALOG, measure
from reward_agent.verify.instructions.catalog.ifbench import from_ifbench

CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("count:conjunctions", {"small_n": 2.0}, "this and that or so", "this"),
    ("count:numbers", {"N": 2.0}, "3 of 4", "3"),
    ("count:pronouns", {"N": 2.0}, "she saw him", "she"),
    ("count:word_count_range", {"min_words": 2.0, "max_words": 3.0}, "two words", "one"),
    ("format:list", {"sep": "!?"}, "!? a\n!? b", "- a\n- b"),
    ("format:options", {"options": "yes/no/maybe"}, "maybe", "perhaps"),
    ("format:output_template", {}, "My Answer: a\nMy Conclusion: b\nFuture Outlook: c", "My Answer: a"),
    ("format:sub-bullets", {}, "* a\n  - b", "* a"),
    ("ratio:stop_words", {"percentage": 50.0}, "green tea", "it is tea"),
    ("ratio:overlap", {"percentage": 100.0, "reference_text": "a b c d"}, "a b c d", "a b"),
    ("repeat:repeat_span", {"prompt_to_repeat": "a b c d", "n_start": 1, "n_end": 2}, "b c", "a b"),
    ("sentence:increment", {"small_n": 1.0}, "One. Two words.", "One. Two."),
    ("sentence:keyword", {"word": "tea", "N": 2.0}, "One. Hot tea.", "Tea. Two."),
    ("words:keywords_specific_position", {"keyword": "tea", "n": 1, "m": 2}, "Hot tea.", "Tea."),
    ("words:repeats", {"small_n": 1.0}, "a b", "a a"),
    ("words:words_position", {"keyword": "tea"}, "a tea b tea c", "tea"),
]


@pytest.mark.parametrize(("name", "kwargs", "meets", "fails"), CASES)
def test_a_kind_becomes_a_constraint_of_the_catalog(name: str, kwargs: dict[str, Any], meets: str, fails: str) -> None:
    constraint = from_ifbench(name, kwargs)
    assert constraint.kind in CATALOG
    assert measure(constraint, meets, prompt="", reading="literal").met
    assert measure(constraint, fails, prompt="", reading="literal").met is False


def test_several_keywords_have_a_count_each() -> None:
    kwargs = {f"keyword{place}": word for place, word in enumerate(("a", "b", "c", "d", "e"), start=1)}
    text = " ".join(word * 1 for word, count in zip("abcde", (1, 2, 3, 5, 7), strict=True) for _ in range(count))
    assert measure(from_ifbench("count:keywords_multiple", kwargs), text, prompt="", reading="literal").met


def test_names_are_counted_from_the_list_in_the_prompt() -> None:
    prompt = "Mention at least 2 names from this list: Ada, Grace, Alan, Barbara . Tell a story."
    constraint = from_ifbench("count:person_names", {"N": 2.0})
    assert measure(constraint, "Ada met Alan.", prompt=prompt, reading="literal").met
    assert measure(constraint, "Ada met Kurt.", prompt=prompt, reading="literal").met is False


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        from_ifbench("words:unknown", {})
