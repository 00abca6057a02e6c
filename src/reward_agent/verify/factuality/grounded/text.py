"""How claims and passages are cut into sentences and words, and what part of a passage is held against a claim.

Plain rules, linear in the text, the same at training and at run time: the weights beside this file fit these rules
and no others.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

WINDOW_WORDS = 90
"""The evidence held against one claim is at most about this long: what an encoder reads in milliseconds."""
TITLE_WORDS = 12

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|\w+")
_BORDER = re.compile(r"(?<=[.!?。！？])[\"'”’)\]]*\s+|\n+|(?<=[a-z\d)\]][a-z\d)\]\"”][.!?])(?=[A-Z][a-z ])")
"""Between sentences there is a space, a line, or, where texts were joined without care, nothing but a capital."""
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|sr|jr|vs|etc|vol|inc|ltd|co|gen|col|lt|sgt|capt|rev|hon|fig|approx|ca|e\.g|i\.e"
    r"|u\.s|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_STOP = (
    "a an the and or but nor if then than so as of in on at by for from to into onto with without about "
    "over under between during after before since until is are was were be been being am do does did done "
    "have has had having will would can could shall should may might must it its this that these those "
    "there here he she they them his her their him who whom whose which what when where why how i you we "
    "me my your our us not no also very just only both each such other another same own"
)
_FAMILY = (
    *("resses", "ational", "ician", "ation", "ators", "ment", "ress", "ator", "ists", "ians", "isms", "ing", "ion"),
    *("ian", "ist", "ism", "ive", "ors", "ers", "ics", "or", "er", "al", "ic", "ed", "y", "e", "s"),
)
"""Endings that make one word of another, the longer ones first."""
MIN_ROOT = 3
MIN_PART = 5
STOP_WORDS = frozenset(_STOP.split())


def folded(text: str) -> str:
    """Lower case without accents, so that names match however they are typed."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).lower()


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words and numbers of a text, folded; thousands are written without commas."""
    return tuple(word.replace(",", "") if word[0].isdigit() else word for word in _WORD.findall(folded(text)))


@lru_cache(maxsize=4096)
def telling_words(text: str) -> tuple[str, ...]:
    """The words that are no stop words, each without its commonest endings."""
    return tuple(stem(word) for word in words(text) if word not in STOP_WORDS)


def stem(word: str) -> str:
    """The word without the endings that inflection adds most often; crude, and the same on both sides."""
    if len(word) < 4 or word[0].isdigit():
        return word
    word = word.removesuffix("'s").removesuffix("’s").replace("'", "").replace("’", "")
    for ending, put in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not (ending == "s" and word[-2] in "su"):
            return word[: -len(ending)] + put
    return word


@lru_cache(maxsize=4096)
def root(word: str) -> str:
    """What words of one family share, crudely: "actress", "acting" and "actor" are "act"."""
    for ending in _FAMILY:
        if word.endswith(ending) and len(word) - len(ending) >= MIN_ROOT:
            return word[: -len(ending)]
    return word


def akin(word: str, other: str) -> bool:
    """Whether two words seem to be of one family, or one is the other with more before or behind it ("writer",
    "screenwriter")."""
    if word[0].isdigit() or other[0].isdigit():
        return False
    short, long = sorted((word, other), key=len)
    if len(short) >= MIN_PART and (long.startswith(short) or long.endswith(short)):
        return True
    return len(short) > MIN_ROOT and root(word) == root(other)


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; lines end them, abbreviations and initials do not."""
    found: list[str] = []
    for piece in _BORDER.split(text):
        piece = piece.strip()
        if not piece:
            continue
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return tuple(found)


def runs_held(claim: Sequence[str], passage: Sequence[str], size: int) -> float:
    """The share of the claim's runs of `size` words that stand in the passage word for word; a half without runs."""
    runs = list(zip(*(claim[at:] for at in range(size)), strict=False))
    if not runs:
        return 0.5
    there = set(zip(*(passage[at:] for at in range(size)), strict=False))
    return sum(run in there for run in runs) / len(runs)


@lru_cache(maxsize=4096)
def window(title: str, text: str, claim: str, question: str = "") -> str:
    """The part of a passage that bears most on a claim: consecutive sentences of at most `WINDOW_WORDS` words, those
    that share most words with the claim and, for less, with the question. The title stands in front."""
    head = " ".join(title.split()[:TITLE_WORDS])
    cut = limited(sentences(text), WINDOW_WORDS)
    if sum(len(sentence.split()) for sentence in cut) > WINDOW_WORDS:
        cut = _best(cut, frozenset(telling_words(claim)), frozenset(telling_words(question)))
    body = " ".join(cut)
    return titled(head, body)


def titled(title: str, text: str) -> str:
    """A text as one, its title in front where it has one."""
    return f"{title}: {text}" if title else text


def limited(found: Sequence[str], most: int) -> list[str]:
    """Sentences none of which has more than `most` words: longer ones are cut."""
    pieces: list[str] = []
    for sentence in found:
        split = sentence.split()
        pieces.extend(" ".join(split[at : at + most]) for at in range(0, len(split), most))
    return pieces


def _best(cut: Sequence[str], claim: frozenset[str], question: frozenset[str]) -> list[str]:
    terms = [frozenset(telling_words(sentence)) for sentence in cut]
    best: tuple[float, int, int] = (-1.0, 0, 1)
    for start in range(len(cut)):
        seen: frozenset[str] = frozenset()
        length, end = 0, start
        while end < len(cut) and length + len(cut[end].split()) <= WINDOW_WORDS:
            length += len(cut[end].split())
            seen |= terms[end]
            end += 1
        worth = len(seen & claim) + 0.5 * len(seen & question)
        if worth > best[0]:
            best = (worth, start, end)
    return list(cut[best[1] : best[2]])
