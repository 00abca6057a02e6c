"""Splits a text into the units that instructions talk about: words, sentences, paragraphs, lines, items, sections.

Every splitter is linear in the text's length, never raises, and is cached, because several checks of one response
ask for the same split. Where people count differently the splitter takes a `Reading`; the literal one follows the
way short published scripts count, which agrees best with labels (see the project's study of real instructions).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal

from reward_agent.verify.instructions.constraint import Reading
from reward_agent.verify.instructions.english import ABBREVIATIONS, TITLES
from reward_agent.verify.instructions.markdown import (
    blocks,
    bullets,
    is_heading_block,
    is_heading_line,
    is_rule,
    items,
    list_item,
    sections,
    without_code,
)
from reward_agent.verify.instructions.remember import remembered

Each = Literal["paragraph", "sentence", "line", "bullet", "item", "section"]
Unit = Literal["words", "sentences", "characters", "lines", "paragraphs"]

_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_TOKEN = re.compile(r"[^\s\u2014\u2013]+")
_END = r"(?:(?<![.!?])[.!?]++(?:\s|$)|[。！？]++[」』”’）]*+|[।॥؟۔]++(?:\s|$))"
_MOST = 4000
_SENTENCE_END = re.compile(_END)


def is_spaceless(text: str) -> bool:
    """Whether most letters of the text belong to a script written without spaces (Han, kana)."""
    if text.isascii():
        return False
    spaceless = len(_SPACELESS.findall(text))
    return spaceless > 0 and 2 * spaceless > sum(1 for char in text if char.isalpha())


@remembered
def words(text: str, reading: Reading = "literal") -> tuple[str, ...]:
    """The words of a text.

    literal: whitespace-separated pieces (`text.split()`), markers and code included. natural: only pieces with a
    letter or digit, split at dashes too. In a text that is mostly Han or kana each such character is a word.
    """
    if is_spaceless(text):
        return tuple(
            piece for piece in _SPACELESS.sub(r" \g<0> ", text).split() if reading == "literal" or _solid(piece)
        )
    if reading == "literal":
        return tuple(text.split())
    return tuple(piece for piece in _TOKEN.findall(text) if _solid(piece))


def _solid(piece: str) -> bool:
    return piece.isalnum() or any(map(str.isalnum, piece))


@remembered
def bare_words(text: str) -> tuple[str, ...]:
    """The words in lower case without the punctuation around them; pieces without a letter or digit are left out."""
    return tuple(bare for bare in (strip_marks(word).lower() for word in words(text, "natural")) if bare)


def strip_marks(word: str) -> str:
    """The word without leading and trailing characters that are no letter, digit or combining mark."""
    if word.isalnum():
        return word
    start, end = 0, len(word)
    while start < end and not word[start].isalnum():
        start += 1
    while end > start and not (word[end - 1].isalnum() or unicodedata.category(word[end - 1])[0] == "M"):
        end -= 1
    return word[start:end]


@remembered
def sentences(text: str, reading: Reading = "literal") -> tuple[str, ...]:
    """The sentences of a text, with their end marks.

    literal: cut after every run of `.!?` before whitespace; a line break alone does not end a sentence, `1.` and
    abbreviations do. natural: headings, rules and tables are left out, every list item ends a sentence, and
    abbreviations, initials and decimal numbers do not (with the library sentencex).
    """
    return _literal_sentences(text) if reading == "literal" else _natural_sentences(text)


def _literal_sentences(text: str) -> tuple[str, ...]:
    pieces: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if text[start : end.start()].strip():
            pieces.append(text[start : end.end()].strip())
        start = end.end()
    if rest := text[start:].strip():
        pieces.append(rest)
    return tuple(pieces)


def _natural_sentences(text: str) -> tuple[str, ...]:
    from sentencex import segment

    language = "en" if text.isascii() or not is_spaceless(text) else "ja"
    found: list[str] = []
    for chunk in _prose_chunks(text):
        for part in _bounded(chunk):
            found.extend(piece.strip() for piece in segment(language, part) if _solid(piece))
    return tuple(found)


def _bounded(chunk: str) -> Iterator[str]:
    """Parts of at most `_MOST` characters, cut at a sentence end or a blank: the library takes quadratic time."""
    start = 0
    while len(chunk) - start > _MOST:
        end = start + _MOST
        cut = next((at for sign in (". ", " ") if (at := chunk.rfind(sign, start, end) + 1) > start), end)
        yield chunk[start:cut]
        start = cut
    yield chunk[start:]


def _prose_chunks(text: str) -> list[str]:
    """Runs of lines in which sentences may go on over a line break: prose blocks, and each list item alone."""
    chunks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if not line.strip() or is_heading_line(line) or is_rule(line) or line.lstrip().startswith(("|", "```")):
            chunks.append([])
            continue
        if item := list_item(line):
            chunks.append([item.text])
        else:
            chunks[-1].append(line)
    return ["\n".join(chunk) for chunk in chunks if chunk]


@remembered
def split_sentences_gently(text: str) -> tuple[str, ...]:
    """Sentences as a trained splitter of plain prose finds them: the literal cut, also after a straight quote
    or bracket, but not after a title or an initial, nor where an abbreviation, a list number or dots go on in lower
    case."""
    pieces: list[str] = []
    start = 0
    for end in _GENTLE_END.finditer(text):
        if end[1].startswith(".") and not _ends_sentence(text, max(start, end.start() - 24), end):
            continue
        if piece := text[start : end.end()].strip():
            pieces.append(piece)
        start = end.end()
    if rest := text[start:].strip():
        pieces.append(rest)
    return tuple(pieces)


_GENTLE_END = re.compile(r"""(?<![.!?])([.!?]++)["')\]}*_]*+(?=\s|$)""")


def _ends_sentence(text: str, left: int, end: re.Match[str]) -> bool:
    goes_on = text[end.end() : end.end() + 40].lstrip()[:1].islower()
    if len(end[1]) > 1:
        return not goes_on
    word = re.split(r"[\s(\"'*\[]", text[left : end.start()])[-1].lower()
    if len(word) == 1 and word.isalpha():
        return False
    return not (word in TITLES or (goes_on and (word in ABBREVIATIONS or word.isdigit())))


@remembered
def lines(text: str) -> tuple[str, ...]:
    """The lines with something on them."""
    return tuple(line for line in text.replace("\r\n", "\n").split("\n") if line.strip())


@remembered
def paragraphs(text: str, reading: Reading = "literal") -> tuple[str, ...]:
    """The paragraphs of a text.

    literal: blank-line blocks without those that are only a heading or a rule; a list is a paragraph. natural: fenced
    code and heading lines are left out, and a list belongs to the paragraph above it.
    """
    if reading == "literal":
        return tuple(block for block in blocks(text) if not is_heading_block(block))
    found: list[list[str]] = []
    for block in blocks(without_code(text)):
        if is_heading_block(block):
            continue
        prose = "\n".join(line for line in block.split("\n") if not (is_heading_line(line) or is_rule(line))).strip()
        if found and list_item(prose.partition("\n")[0]):
            found[-1].append(prose)
        else:
            found.append([prose])
    return tuple("\n".join(parts) for parts in found)


def each_unit(text: str, each: Each, reading: Reading = "literal") -> tuple[str, ...]:
    """The texts of all units of one sort; of list items the text after the marker, of sections the body."""
    if each == "paragraph":
        return paragraphs(text, reading)
    if each == "sentence":
        return sentences(text, reading)
    if each == "line":
        return lines(text)
    if each == "bullet":
        return tuple(item.text for item in bullets(text))
    if each == "item":
        return tuple(item.text for item in items(text))
    return tuple(section.body for section in sections(text))


def size(text: str, unit: Unit, reading: Reading = "literal") -> int:
    """How many words, sentences, characters, lines or paragraphs a text has."""
    if unit == "words":
        return len(words(text, reading))
    if unit == "sentences":
        return len(sentences(text, reading))
    if unit == "characters":
        return len(text)
    if unit == "lines":
        return len(lines(text))
    return len(paragraphs(text, reading))


@cache
def combining_marks() -> str:
    """The combining marks of the basic plane, as the inside of a character class: `\\w` does not know them."""
    return "".join(re.escape(chr(code)) for code in range(0x300, 0xFFFF) if unicodedata.category(chr(code))[0] == "M")


@lru_cache(maxsize=4096)
def word_pattern(word: str, match_case: bool = False, whole: bool = True) -> re.Pattern[str]:
    """Finds a word or phrase. Whole words end at anything but letters, digits, underscores and combining marks; in
    Han, kana and other scripts written without spaces a word may stand anywhere. Inner spaces match any whitespace.
    """
    word = word.strip()
    core = re.sub("['’]", "['’]", r"\s+".join(re.escape(part) for part in word.split()))
    if whole and word and not _SPACELESS.search(word):
        inside = r"\w" if word.isascii() else rf"\w{combining_marks()}"
        if word[0].isalnum() or word[0] == "_":
            core = rf"(?<![{inside}]){core}"
        if word[-1].isalnum() or word[-1] == "_" or unicodedata.category(word[-1])[0] == "M":
            core = rf"{core}(?![{inside}])"
    return re.compile(core or r"(?!)", 0 if match_case else re.IGNORECASE)
