"""What a response mentions, what it calls itself, and the marks of a few genres: for questions about a response.

Words of content are compared by their stems. Where they are missing the checkers do not tell (`met` is None), since a
text may say the same in other words; nor do they tell of a response that only repeats the request.
"""

from __future__ import annotations

import itertools
import re

from reward_agent.verify.instructions.catalog.evidence import excerpt, listing
from reward_agent.verify.instructions.catalog.forms import without_opener
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement
from reward_agent.verify.instructions.markdown import code_blocks
from reward_agent.verify.instructions.units import bare_words, lines

_SUFFIX = re.compile(r"(?:ing|ed|es|s|ies|y|e|er|ers|ly|ment|ments)$")
_NUMBERS = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
        ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
        strict=True,
    )
)


def _stem(word: str) -> str:
    word = _NUMBERS.get(word.lower(), word.lower()).removesuffix("'s").removesuffix("’s")
    return _SUFFIX.sub("", word) if len(word) > 4 else word.removesuffix("s")


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(part) for word in bare_words(text) for part in re.split(r"[-/–—]", word) if part)


_MAY_MISS = 0.25
"""The share of a phrase's content words that may be missing, names and figures apart: a text has words of its own."""
_FEWEST_WORDS = 3
_ECHO = 0.7
"""The share of its neighbouring words that a response has from the request, from which on it only repeats it."""


@checker("terms.mentioned")
def terms_mentioned(response: str, *, terms: tuple[str, ...], prompt: str = "") -> Measurement:
    """Whether all content words of a phrase occur, inflections included; a missing name (a capital) is a no.

    Not known where other words are missing, since a text may say it in others, or where it only repeats the request.
    """
    found = _stems(response)
    missing = [term for term in terms if _stem(term) not in found]
    if _repeats(response, prompt):
        return Measurement(met=None, measured="repeats the request")
    figures = any(term.isdigit() for term in missing)
    if not missing or (len(missing) <= _MAY_MISS * len(terms) and not figures and not any(map(_is_name, missing))):
        return Measurement(met=True, measured=f"mentions {listing([term for term in terms if term not in missing])}")
    named = [term for term in missing if _is_name(term)]
    if named:
        return Measurement(met=False, measured=f"no {listing(named)}", distance=len(missing) / len(terms))
    return Measurement(met=None, measured=f"not in these words: {listing(missing)}")


def _is_name(term: str) -> bool:
    return term[:1].isupper()


def _repeats(response: str, prompt: str) -> bool:
    given, asked = bare_words(response), bare_words(prompt)
    pairs = list(itertools.pairwise(given))
    known = set(itertools.pairwise(asked))
    return bool(pairs) and sum(pair in known for pair in pairs) >= _ECHO * len(pairs)


def _too_short(response: str) -> bool:
    return len(bare_words(response)) < _FEWEST_WORDS


@checker("form.named")
def form_named(response: str, *, words: tuple[str, ...], prompt: str = "") -> Measurement:
    """Whether the response calls itself by a name, in its first lines or as "this notice"; not known otherwise."""
    if _repeats(response, prompt):
        return Measurement(met=None, measured="repeats the request")
    if _too_short(response):
        return Measurement.of(False, "too short to be anything of the kind")
    head = " ".join(lines(without_opener(response))[:3])[:600]
    itself = re.search(rf"\bthis (?:\w{{1,20}} )?{re.escape(words[-1])}\b", response, re.IGNORECASE) if words else None
    if itself or all(_stem(word) in _stems(head) for word in words):
        return Measurement(met=True, measured=f"calls itself {excerpt(' '.join(words))}")
    return Measurement(met=None, measured="does not name itself")


_GENRES: dict[str, tuple[str, ...]] = {
    "eulogy": (
        r"\bgather(?:ed)?\b",
        r"\b(?:celebrat|honou?r|remember|tribute)\w*\b[^.\n]{0,60}\b(?:life|memory|legacy)\b",
        r"\b(?:rest in peace|passed away|departed|left us|beloved|missed|in our hearts|lives? on|(?:his|her) loss)\b",
        r"\bwas an? (?:\w+ ){0,2}(?:man|woman|person|father|mother|friend|husband|wife|son|daughter)\b",
    ),
    "recipe": (
        r"\bingredients\b",
        r"\b(?:instructions|directions|method)\b",
        r"\b(?:cups?|tbsp|tsp|oven|stir|grams?)\b",
    ),
    "resume": (r"\bexperience\b", r"\beducation\b", r"\bskills\b"),
    "itinerary": (r"\bday (?:1|one)\b", r"\b(?:morning|afternoon|evening)\b", r"\b(?:arrive|visit|check in|depart)\b"),
    "press release": (r"\bfor immediate release\b", r"\b(?:media )?contact\b", r"\bannounc"),
    "invitation": (r"\b(?:invit(?:e|ed)|join us)\b", r"\brsvp\b", r"\b(?:date|time|where|when|venue)\b"),
    "cover letter": (r"\bdear\b", r"\b(?:position|role|opportunity)\b", r"\b(?:sincerely|regards)\b"),
}
GENRES = tuple(_GENRES)


@checker("form.genre")
def form_genre(response: str, *, genre: str) -> Measurement:
    """Whether the response has at least two marks of a genre (a recipe: ingredients, directions, measures)."""
    text = without_opener(response)
    if _too_short(text):
        return Measurement.of(False, "too short to be anything of the kind")
    seen = [match[0] for mark in _GENRES.get(genre, ()) if (match := re.search(mark, text, re.IGNORECASE))]
    if len(seen) < 2:
        return Measurement(met=None, measured=f"{len(seen)} marks of {genre}")
    return Measurement(met=True, measured=f"marks of {genre}: {listing(seen)}")


_LANGUAGES: dict[str, tuple[tuple[str, ...], str]] = {
    "python": (("python", "py", "python3"), r"\bdef \w+\(|\bprint\(|\bimport \w+\s*$|= ?input\(|\belif\b"),
    "javascript": (("javascript", "js", "jsx"), r"\bconsole\.log\(|\bfunction \w*\(|\b(?:const|let) \w+ =|=> ?[{(]"),
    "java": (("java",), r"\bpublic (?:static |class )|System\.out\."),
    "c++": (("cpp", "c++"), r"#include ?<|std::"),
    "sql": (("sql",), r"\bSELECT\b[^;]{1,300}\bFROM\b|\bINSERT INTO\b"),
    "html": (("html",), r"</?(?:html|body|div|p|a|img|ul|li|table|h[1-6]|span)\b"),
}
CODE_LANGUAGES = tuple(_LANGUAGES)


@checker("code.language")
def code_language(response: str, *, language: str) -> Measurement:
    """Whether the code is in a language, by the marks of its fences or else by telling words."""
    names, telling = _LANGUAGES.get(language.lower(), ((language.lower(),), r"(?!)"))
    marked = {block.language.lower() for block in code_blocks(response) if block.language}
    if marked:
        return Measurement.of(bool(marked & set(names)), f"code marked {listing(sorted(marked))}")
    if match := re.search(telling, response, re.MULTILINE):
        return Measurement(met=True, measured=f"{language} by {excerpt(match[0])}")
    return Measurement(met=None, measured="code in no language known")
