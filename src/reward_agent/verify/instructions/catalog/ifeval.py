"""Translates the 25 official kinds of IFEval into constraints of the catalog.

With these parameters the verdicts follow the official way of counting: keywords as substrings, words as runs of
letters and digits, capitals only with English text, and languages as langdetect tells them (the extra `ifeval`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reward_agent.verify.instructions.constraint import Constraint, Quantity

Arguments = Mapping[str, Any]
_CHOICES = ("My answer is yes.", "My answer is no.", "My answer is maybe.")


def from_ifeval(instruction_id: str, kwargs: Mapping[str, object]) -> Constraint:
    """The constraint for an official instruction id (with or without the prefix `en:`) and its arguments.

    Raises KeyError for an unknown id or a missing argument.
    """
    kind, params = _KINDS[instruction_id.removeprefix("en:")]
    return Constraint(kind=kind, params=params(kwargs))


def _quantity(kwargs: Arguments, relation: str, number: str) -> Quantity:
    """`less than` excludes the number, `at least` includes it."""
    count = int(kwargs[number])
    return Quantity.at_most(count - 1) if kwargs[relation] == "less than" else Quantity.at_least(count)


def _exactly(number: str) -> Callable[[Arguments], Quantity]:
    return lambda kwargs: Quantity.exactly(int(kwargs[number]))


def _at_least(number: str) -> Callable[[Arguments], Quantity]:
    return lambda kwargs: Quantity.at_least(int(kwargs[number]))


_KINDS: dict[str, tuple[str, Callable[[Arguments], dict[str, Any]]]] = {
    "change_case:capital_word_frequency": (
        "case.capital_words",
        lambda k: {"quantity": _quantity(k, "capital_relation", "capital_frequency")},
    ),
    "change_case:english_capital": ("case.upper", lambda k: {"language": "en", "identifier": "langdetect"}),
    "change_case:english_lowercase": ("case.lower", lambda k: {"language": "en", "identifier": "langdetect"}),
    "combination:repeat_prompt": ("repeat.prompt", lambda k: {"text": k["prompt_to_repeat"]}),
    "combination:two_responses": ("two.responses", lambda k: {}),
    "detectable_content:number_placeholders": (
        "placeholders.count",
        lambda k: {"quantity": _at_least("num_placeholders")(k)},
    ),
    "detectable_content:postscript": ("postscript", lambda k: {"marker": k["postscript_marker"]}),
    "detectable_format:constrained_response": (
        "choices.one_of",
        lambda k: {"options": _CHOICES, "whole": False, "match_case": True},
    ),
    "detectable_format:json_format": ("json.valid", lambda k: {}),
    "detectable_format:multiple_sections": (
        "sections.labelled",
        lambda k: {"label": k["section_spliter"], "quantity": _at_least("num_sections")(k), "anywhere": True},
    ),
    "detectable_format:number_bullet_lists": (
        "bullets.count",
        lambda k: {"quantity": _exactly("num_bullets")(k), "marker": ("*", "-")},
    ),
    "detectable_format:number_highlighted_sections": (
        "highlights.count",
        lambda k: {"quantity": _at_least("num_highlights")(k)},
    ),
    "detectable_format:title": ("title.wrapped", lambda k: {}),
    "keywords:existence": ("keywords.include", lambda k: {"words": tuple(k["keywords"]), "match": "substring"}),
    "keywords:forbidden_words": ("keywords.forbid", lambda k: {"words": tuple(k["forbidden_words"])}),
    "keywords:frequency": (
        "keywords.frequency",
        lambda k: {"word": k["keyword"], "quantity": _quantity(k, "relation", "frequency"), "match": "substring"},
    ),
    "keywords:letter_frequency": (
        "letters.frequency",
        lambda k: {"letter": k["letter"], "quantity": _quantity(k, "let_relation", "let_frequency")},
    ),
    "language:response_language": ("language.is", lambda k: {"language": k["language"], "identifier": "langdetect"}),
    "length_constraints:nth_paragraph_first_word": (
        "paragraph.first_word",
        lambda k: {
            "word": k["first_word"],
            "nth": int(k["nth_paragraph"]),
            "paragraphs": int(k["num_paragraphs"]),
        },
    ),
    "length_constraints:number_paragraphs": (
        "paragraphs.count",
        lambda k: {"quantity": _exactly("num_paragraphs")(k), "divider": "***"},
    ),
    "length_constraints:number_sentences": (
        "sentences.count",
        lambda k: {"quantity": _quantity(k, "relation", "num_sentences"), "splitter": "abbreviations"},
    ),
    "length_constraints:number_words": (
        "words.count",
        lambda k: {"quantity": _quantity(k, "relation", "num_words"), "tokens": "alphanumeric"},
    ),
    "punctuation:no_comma": ("punctuation.forbid", lambda k: {"marks": (",",)}),
    "startend:end_checker": ("end.phrase", lambda k: {"phrase": k["end_phrase"]}),
    "startend:quotation": ("quotes.wrapped", lambda k: {}),
}
