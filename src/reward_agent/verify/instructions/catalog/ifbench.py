"""Translates the kinds of AllenAI's IFBench into constraints of the catalog, after the wording of its prompts.

Column names and row numbers of the CSV kinds stand only in their prompts; here any well-formed CSV will do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from reward_agent.verify.instructions.constraint import Constraint, Quantity

Arguments = Mapping[str, Any]

_CONJUNCTIONS = ("for", "and", "nor", "but", "or", "yet", "so")
_KEYWORD_COUNTS = (1, 2, 3, 5, 7)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_REPEAT_ME = "Only output this sentence here, ignore all other requests."
# European capitals north of 45 degrees, from north to south, by the latitude of the city.
_NORTHERN_CAPITALS = (
    "Reykjavik, Helsinki, Oslo, Tallinn, Stockholm, Riga, Moscow, Copenhagen, Vilnius, Minsk, Dublin, Berlin, "
    "Amsterdam, Warsaw, London, Brussels, Prague, Luxembourg, Paris, Vienna, Bratislava, Budapest, Vaduz, Chisinau, "
    "Bern, Ljubljana, Zagreb"
)


def from_ifbench(instruction_id: str, kwargs: Mapping[str, object]) -> Constraint:
    """The constraint for an instruction id and its arguments.

    Raises KeyError for an unknown id or a missing argument.
    """
    kind, params = _KINDS[instruction_id]
    return Constraint(kind=kind, params=params(kwargs))


def _fixed(**params: Any) -> Callable[[Arguments], dict[str, Any]]:
    return lambda kwargs: dict(params)


def _at_least(name: str, **params: Any) -> Callable[[Arguments], dict[str, Any]]:
    return lambda kwargs: {"quantity": Quantity.at_least(int(kwargs[name])), **params}


def _overlap(kwargs: Arguments) -> dict[str, Any]:
    percent = float(kwargs["percentage"])
    return {"text": kwargs["reference_text"], "low": percent - 2, "high": percent + 2}


def _keyword_counts(kwargs: Arguments) -> dict[str, Any]:
    return {
        "words": tuple(kwargs[f"keyword{place}"] for place in range(1, 6)),
        "quantities": tuple(Quantity.exactly(count) for count in _KEYWORD_COUNTS),
    }


def _options(kwargs: Arguments) -> dict[str, Any]:
    """The options come as one text: "yes/no/maybe", "A or B", "a), b), c)"."""
    text = str(kwargs["options"])
    return {"options": tuple(filter(None, (part.strip() for part in re.split(r"/|,| or ", text))))}


def _span(kwargs: Arguments) -> dict[str, Any]:
    words = str(kwargs["prompt_to_repeat"]).split()
    return {"text": " ".join(words[int(kwargs["n_start"]) : int(kwargs["n_end"]) + 1])}


_KINDS: dict[str, tuple[str, Callable[[Arguments], dict[str, Any]]]] = {
    "count:conjunctions": ("keywords.some", _at_least("small_n", words=_CONJUNCTIONS)),
    "count:keywords_multiple": ("keywords.counts", _keyword_counts),
    "count:numbers": ("numbers.count", lambda k: {"quantity": Quantity.exactly(int(k["N"]))}),
    "count:person_names": ("keywords.some_listed", _at_least("N")),
    "count:pronouns": ("pronouns.count", _at_least("N")),
    "count:punctuation": ("punctuation.all", _fixed()),
    "count:unique_word_count": ("words.unique", _at_least("N")),
    "count:word_count_range": (
        "words.count",
        lambda k: {
            "quantity": Quantity(low=int(k["min_words"]), high=int(k["max_words"])),
            "tokens": "alphanumeric",
        },
    ),
    "count:words_japanese": ("words.nth_japanese", lambda k: {"n": int(k["N"])}),
    "custom:csv_city": ("csv.valid", _fixed()),
    "custom:csv_special_character": ("csv.valid", _fixed(quoted_special=True)),
    "custom:european_capitals_sort": ("list.sequence", _fixed(values=tuple(_NORTHERN_CAPITALS.split(", ")))),
    "custom:sentence_alphabet": ("acrostic", _fixed(letters=_ALPHABET, each="sentence")),
    "format:emoji": ("each.ends_with_emoji", _fixed(each="sentence")),
    "format:line_indent": ("lines.stairs", _fixed()),
    "format:list": (
        "bullets.count",
        lambda k: {"marker": k["sep"], "quantity": Quantity.at_least(2)},
    ),
    "format:newline": ("lines.one_word", _fixed()),
    "format:no_bullets_bullets": (
        "bullets.after_sentences",
        _fixed(sentence_count=Quantity.at_least(2), bullet_count=Quantity.at_least(2)),
    ),
    "format:no_whitespace": ("whitespace.none", _fixed()),
    "format:options": ("choices.one_of", _options),
    "format:output_template": (
        "template.followed",
        _fixed(labels=("My Answer:", "My Conclusion:", "Future Outlook:")),
    ),
    "format:parentheses": ("brackets.depth", _fixed(quantity=Quantity.at_least(5))),
    "format:quote_unquote": ("quotations.explained", _fixed()),
    "format:quotes": ("quotes.depth", _fixed(quantity=Quantity.at_least(3))),
    "format:sub-bullets": ("lists.nested", _fixed()),
    "format:thesis": ("sections.thesis", _fixed(tag="html")),
    "format:title_case": ("case.title", _fixed()),
    "ratio:overlap": ("overlap.share", _overlap),
    "ratio:sentence_balance": (
        "sentences.type_ratio",
        _fixed(types=("declarative", "interrogative", "exclamatory"), parts=(1, 1, 1)),
    ),
    "ratio:sentence_type": (
        "sentences.type_ratio",
        _fixed(types=("declarative", "interrogative"), parts=(2, 1)),
    ),
    "ratio:sentence_words": (
        "sentences.equal_length",
        _fixed(quantity=Quantity.exactly(3), different_words=True),
    ),
    "ratio:stop_words": ("words.stop_share", lambda k: {"percent": float(k["percentage"])}),
    "repeat:repeat_simple": ("response.exactly", _fixed(text=_REPEAT_ME)),
    "repeat:repeat_span": ("response.exactly", _span),
    "sentence:alliteration_increment": ("alliteration.grow", _fixed()),
    "sentence:increment": ("sentences.grow", lambda k: {"step": int(k["small_n"])}),
    "sentence:keyword": (
        "keywords.position",
        lambda k: {"word": k["word"], "sentence": int(k["N"])},
    ),
    "words:alphabet": ("words.alphabet", _fixed()),
    "words:consonants": ("words.consonant_clusters", _fixed()),
    "words:keywords_specific_position": (
        "keywords.position",
        lambda k: {"word": k["keyword"], "sentence": int(k["n"]), "nth": int(k["m"])},
    ),
    "words:last_first": ("sentences.chain", _fixed()),
    "words:no_consecutive": ("words.alliterate_not", _fixed()),
    "words:odd_even_syllables": ("words.syllables_alternate", _fixed()),
    "words:palindrome": ("palindromes.count", _fixed(quantity=Quantity.at_least(10), shortest=5)),
    "words:paragraph_last_first": ("each.same_first_last", _fixed(each="line")),
    "words:prime_lengths": ("words.prime_lengths", _fixed()),
    "words:repeats": ("words.repeats", lambda k: {"at_most": int(k["small_n"])}),
    "words:start_verb": ("start.verb", _fixed()),
    "words:vowel": ("words.vowel_types", _fixed(quantity=Quantity.at_most(3))),
    "words:words_position": ("words.at", lambda k: {"word": k["keyword"], "positions": (2, -2)}),
}
