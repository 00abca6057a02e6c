"""Which language a response is written in."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from functools import cache, lru_cache
from typing import Literal

from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity

Identifier = Literal["py3langid", "langdetect"]
"""Which library tells the language. `langdetect` (an extra) is the one that IFEval's official verdicts come from: it
is often wrong on capitals and names, and only right where parity with the published figures is asked for."""

_SHORTEST = 20
_LONGEST = 1000
# The library tells 140 languages apart; short texts get lost to small relatives (Konkani for Marathi), so only
# these, and the one that is asked for, are in the race.
_CODES = """
    af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko
    ky la lo lt lv mk ml mn mr ms mt my nb ne nl nn no or pa pl ps pt ro ru si sk sl so sq sr sv sw ta te tg th tl tr
    ug uk ur uz vi yo zh zu
"""
_COMMON = frozenset(_CODES.split())
_ALIASES = {"zh-cn": "zh", "zh-tw": "zh", "iw": "he", "in": "id", "fil": "tl", "nb": "no", "nn": "no"}
# Scripts that one major language uses: first and last letter.
_SCRIPTS = {
    "bn": ("\u0980", "\u09ff"),
    "pa": ("\u0a00", "\u0a7f"),
    "gu": ("\u0a80", "\u0aff"),
    "or": ("\u0b00", "\u0b7f"),
    "ta": ("\u0b80", "\u0bff"),
    "te": ("\u0c00", "\u0c7f"),
    "kn": ("\u0c80", "\u0cff"),
    "ml": ("\u0d00", "\u0d7f"),
    "si": ("\u0d80", "\u0dff"),
    "th": ("\u0e00", "\u0e7f"),
    "lo": ("\u0e80", "\u0eff"),
    "my": ("\u1000", "\u109f"),
    "ka": ("\u10a0", "\u10ff"),
    "ko": ("\uac00", "\ud7a3"),
    "km": ("\u1780", "\u17ff"),
    "hy": ("\u0530", "\u058f"),
    "el": ("\u0370", "\u03ff"),
    "he": ("\u0590", "\u05ff"),
    "ja": ("\u3040", "\u30ff"),
}


def identify_language(text: str, wanted: str = "") -> str | None:
    """The ISO 639-1 code of the text's most probable language, None below 20 letters of a shared script.

    Reads the first 1,000 characters; `wanted` joins the widespread languages that are considered.
    """
    return _identify(text[:_LONGEST], wanted)


@lru_cache(maxsize=512)
def _identify(text: str, wanted: str) -> str | None:
    letters = [char for char in text if char.isalpha() or char >= "\u0300"]
    if (script := _by_script(letters)) is not None:
        return script
    foreign = sum(1 for char in letters if char >= "\u0370")
    if len(letters) < (_SHORTEST // 2 if 2 * foreign > len(letters) else _SHORTEST):
        return None
    import py3langid

    first = str(py3langid.classify(text)[0])
    if first in _COMMON or first == wanted:
        return first
    ranked = (str(code) for code, _ in py3langid.rank(text))
    return next((code for code in ranked if code in _COMMON or code == wanted), None)


def _by_script(letters: list[str]) -> str | None:
    if len(letters) < 2 or max(letters) < "\u0370":
        return None
    for language, (first, last) in _SCRIPTS.items():
        share = sum(1 for char in letters if first <= char <= last)
        # Japanese mixes kana with Han, so a fifth of kana tells it from Chinese.
        if share * (5 if language == "ja" else 2) > len(letters):
            return language
    return None


@checker("language.is")
def language_is(response: str, *, language: str, identifier: Identifier = "py3langid") -> Measurement:
    """Whether the response is in a language (ISO 639-1); not known for fewer than 20 letters of a shared script.

    `identifier="langdetect"` follows IFEval: what that library cannot tell counts as met. Where the extra `ifeval` is
    not installed, py3langid answers in its place and the measurement says so.
    """
    wanted = language.strip().lower()
    if identifier == "langdetect":
        if _has_langdetect():
            seen = identify_as_ifeval(response)
            return Measurement.of(seen in (None, wanted), f"the language is {seen or 'not known'}, by langdetect")
        other = language_is(response, language=language)
        return replace(other, measured=f"{other.measured}, by py3langid, as langdetect is not installed")
    wanted = _ALIASES.get(wanted, wanted)
    found = identify_language(response, wanted)
    if found is None and wanted in _SCRIPTS and any(map(str.isalpha, response[:_LONGEST])):
        return Measurement.of(False, "another script")
    if found is None:
        return Measurement(met=None, measured="too short to know its language")
    return Measurement.of(_ALIASES.get(found, found) == wanted, f"the language is {found}")


@cache
def _has_langdetect() -> bool:
    return importlib.util.find_spec("langdetect") is not None


@lru_cache(maxsize=512)
def identify_as_ifeval(text: str) -> str | None:
    """The language code that langdetect gives, None where it cannot tell. The library draws at random; its seed is
    fixed here, so that a verdict can be had again. Raises ImportError without the extra `ifeval`."""
    from langdetect import LangDetectException, detector_factory

    detector_factory.init_factory()
    detector = detector_factory._factory.create()
    detector.seed = 0
    try:
        detector.append(text)
        return str(detector.detect())
    except LangDetectException:
        return None


@checker("characters.ascii")
def characters_ascii(response: str) -> Measurement:
    """Whether only ASCII characters occur: no accents, typographic quotes, emoji or other scripts."""
    if response.isascii():
        return Measurement(met=True, measured="only ASCII")
    others = [char for char in response if char > "\x7f"]
    return Measurement.count(
        len(others), Quantity.at_most(0), f"other characters: {' '.join(sorted(set(others))[:10])}"
    )
