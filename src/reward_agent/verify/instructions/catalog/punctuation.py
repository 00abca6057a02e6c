"""Punctuation marks, quotes and brackets."""

from __future__ import annotations

import re

from reward_agent.verify.instructions.catalog.evidence import all_found, every, excerpt, listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity
from reward_agent.verify.instructions.units import Each, each_unit, sentences

_QUOTES = {'"': '"', "“": "”", "„": "“”", "«": "»", "「": "」"}


@checker("punctuation.forbid")
def punctuation_forbid(response: str, *, marks: tuple[str, ...]) -> Measurement:
    """Whether none of the given marks occurs."""
    hits = {mark: count for mark in marks if mark and (count := response.count(mark))}
    if not hits:
        return Measurement(met=True, measured=f"no {' '.join(marks)}")
    place = min(response.find(mark) for mark in hits)
    used = ", ".join(f"{mark} {count} times" for mark, count in hits.items())
    return Measurement(
        met=False,
        measured=f"{used}, first in {excerpt(response[max(0, place - 40) : place + 20])}",
        distance=Quantity.at_most(0).distance(sum(hits.values())),
    )


@checker("punctuation.frequency")
def punctuation_frequency(response: str, *, mark: str, quantity: Quantity) -> Measurement:
    """How often a punctuation mark occurs."""
    return Measurement.count(response.count(mark) if mark else 0, quantity, f"times {mark}")


@checker("quotes.wrapped")
def quotes_wrapped(response: str, *, curly: bool = False) -> Measurement:
    """Whether the whole response stands between double quotation marks; `curly` accepts typographic ones too."""
    text = response.strip()
    first, last = text[:1], text[-1:]
    met = len(text) > 1 and (first == last == '"' or (curly and last in _QUOTES.get(first, "") and last != ""))
    distance = 0.0 if met else (0.5 if first in _QUOTES or last == '"' else 1.0)
    return Measurement(met=met, measured=f"starts {excerpt(text[:20])}, ends {excerpt(text[-20:])}", distance=distance)


_STANDARD = (".", ",", "!", "?", ";", ":")


@checker("punctuation.all")
def punctuation_all(response: str, *, marks: tuple[str, ...] = _STANDARD, interrobang: bool = True) -> Measurement:
    """Whether every standard punctuation mark occurs, the interrobang (?!, !? or ‽) too on request."""
    missing = [mark for mark in marks if mark not in response]
    if interrobang and not any(mark in response for mark in ("?!", "!?", "‽")):
        missing.append("?!")
    return all_found((*marks, "?!") if interrobang else marks, missing, "mark")


@checker("whitespace.none")
def whitespace_none(response: str) -> Measurement:
    """Whether there is no whitespace at all; blanks around the response do not matter."""
    gaps = len(response.split()) - 1
    return Measurement.count(max(gaps, 0), Quantity.at_most(0), "gaps")


_OPEN = {"(": ")", "[": "]", "{": "}"}


@checker("brackets.depth")
def brackets_depth(response: str, *, quantity: Quantity) -> Measurement:
    """How deep closed brackets ( [ { are nested."""
    stack: list[str] = []
    heights: list[int] = []
    deepest = 0
    for char in response:
        if char in _OPEN:
            stack.append(_OPEN[char])
            heights.append(0)
        elif stack and char == stack[-1]:
            stack.pop()
            height = heights.pop() + 1
            deepest = max(deepest, height)
            if heights:
                heights[-1] = max(heights[-1], height)
    return Measurement.count(deepest, quantity, "levels of brackets")


@checker("quotes.depth")
def quotes_depth(response: str, *, quantity: Quantity) -> Measurement:
    """How deep quotes are nested, double and single ones in turn; apostrophes inside words are none."""
    stack: list[str] = []
    deepest = 0
    for place, char in enumerate(response):
        mark = _PLAIN.get(char)
        if mark is None or (mark == "'" and _inside_word(response, place)):
            continue
        if stack and stack[-1] == mark:
            # A level counts once it is closed.
            deepest = max(deepest, len(stack))
            stack.pop()
        elif len(stack) < _DEEPEST:
            stack.append(mark)
    return Measurement.count(deepest, quantity, "levels of quotes")


_PLAIN = {'"': '"', "“": '"', "”": '"', "'": "'", "‘": "'", "’": "'"}
_DEEPEST = 1000


def _inside_word(text: str, place: int) -> bool:
    return 0 < place < len(text) - 1 and text[place - 1].isalnum() and text[place + 1].isalnum()


_QUOTATION = re.compile(r"\"[^\"\n]+\"|“[^”\n]+”|«[^»\n]+»")


@checker("quotations.count")
def quotations_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of quoted pieces in double quotation marks."""
    found = _QUOTATION.findall(response)
    return Measurement.count(len(found), quantity, f"quotations{': ' if found else ''}{listing(found, 3)}")


@checker("quotations.explained")
def quotations_explained(response: str) -> Measurement:
    """Whether every quoted piece is followed by words outside quotes before the next one, and there is one."""
    text = response.replace("“", '"').replace("”", '"')
    parts = text.split('"')
    if len(parts) < 3:
        return Measurement.of(False, "no quotation")
    after = parts[2::2]
    bare = sum(1 for piece in after if not any(map(str.isalnum, piece)))
    return Measurement(
        met=not bare, measured=f"{bare} of {len(after)} quotations without words after", distance=bare / len(after)
    )


EMOJI = re.compile(
    r"[\U0001f1e6-\U0001f1ff]{2}"
    r"|[\u203c\u2049\u2139\u2194-\u21aa\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d"
    r"\u3297\u3299\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*"
    r"(?:\u200d[\u2600-\u27bf\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*)*"
    r"|[0-9#*]\ufe0f\u20e3"
)


@checker("emoji.count")
def emoji_count(response: str, *, quantity: Quantity, different: bool = False) -> Measurement:
    """The number of emoji, or of different ones."""
    found = EMOJI.findall(response)
    return Measurement.count(len(set(found)) if different else len(found), quantity, "emoji")


@checker("each.ends_with_emoji")
def each_ends_with_emoji(response: str, *, each: Each = "sentence") -> Measurement:
    """Whether each sentence, line, paragraph or item ends with an emoji, before or after its end mark."""
    if each != "sentence":
        return every(each_unit(response, each), lambda text: _emoji_at_end(text), each, "end with an emoji")
    found = sentences(response)
    if not found:
        return Measurement(met=False, measured="no sentence found", distance=1.0)
    following = [*found[1:], ""]
    wrong = [
        text
        for text, after in zip(found, following, strict=True)
        if EMOJI.sub("", text).strip(_NOT_TEXT) and not _emoji_at_end(text) and not EMOJI.match(after.lstrip(_NOT_TEXT))
    ]
    return Measurement(
        met=not wrong,
        measured=f"{len(wrong)} of {len(found)} sentences without{', first ' + excerpt(wrong[0]) if wrong else ''}",
        distance=len(wrong) / len(found),
    )


_NOT_TEXT = " \t\n.!?\"'”’)]*_"


def _emoji_at_end(text: str) -> bool:
    tail = text[-60:].rstrip(_NOT_TEXT)
    return any(match.end() == len(tail) for match in EMOJI.finditer(tail))


@checker("hashtags.count")
def hashtags_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of hashtags (#word)."""
    found = re.findall(r"(?<![\w#&/])#(?=\w)[\w-]+", response)
    return Measurement.count(len(found), quantity, f"hashtags{': ' if found else ''}{listing(found, 3)}")
