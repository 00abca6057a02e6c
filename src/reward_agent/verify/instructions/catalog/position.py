"""How the response, its paragraphs and its other units start and end."""

from __future__ import annotations

import re
from typing import Literal

from reward_agent.verify.instructions.catalog.evidence import every, excerpt, listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity, Reading
from reward_agent.verify.instructions.markdown import (
    blocks,
    heading,
    is_heading_line,
    numbered_item,
    strip_emphasis,
)
from reward_agent.verify.instructions.units import Each, each_unit, lines, paragraphs, strip_marks

_QUOTED = "\"'“”‘’«»"
_CUT = re.compile(r"[.,?!'\"]")
_MARKUP = " \t\r\n*_#>-`"


def _starts(text: str, phrase: str, reading: Reading, match_case: bool) -> bool:
    """Whether a text starts with a phrase; natural ignores markup, quotes and case."""
    if reading == "natural":
        return text.lstrip(_MARKUP + _QUOTED).lower().startswith(phrase.strip(_QUOTED + " ").lower())
    if match_case:
        return text.lstrip().startswith(phrase)
    return text.lstrip().lower().startswith(phrase.strip().lower())


@checker("start.phrase")
def start_phrase(response: str, *, phrase: str, match_case: bool = False, reading: Reading = "literal") -> Measurement:
    """Whether the response starts with a phrase. literal: its first characters; natural: after markup and quotes."""
    met = _starts(response, phrase, reading, match_case)
    near = phrase.strip().lower() in response[: len(phrase) + 200].lower()
    return Measurement(
        met=met, measured=f"starts {excerpt(response[:200])}", distance=0.0 if met else (0.5 if near else 1.0)
    )


@checker("end.phrase")
def end_phrase(response: str, *, phrase: str, match_case: bool = False) -> Measurement:
    """Whether the response ends with a phrase; blanks and double quotes at the very end do not matter."""
    text = response.strip().strip('"').rstrip()
    wanted = phrase.strip()
    met = text.endswith(wanted) if match_case else text.lower().endswith(wanted.lower())
    near = wanted.strip(".!?").lower() in text[-len(phrase) - 200 :].lower()
    return Measurement(met=met, measured=f"ends {excerpt(text[-70:])}", distance=0.0 if met else (0.5 if near else 1.0))


@checker("start.title")
def start_title(response: str, *, style: Literal["bold", "heading", "angle", "any"] = "any") -> Measurement:
    """Whether the first line is a title: in double asterisks, a markdown heading, or in double angle brackets."""
    first = next(iter(lines(response)), "").strip()
    styles = {
        "bold": first.startswith("**") and first.rstrip(":").endswith("**") and len(first) > 4,
        "heading": heading(first) is not None and first.startswith("#"),
        "angle": first.startswith("<<") and first.endswith(">>") and len(first) > 4,
    }
    met = styles[style] if style in styles else is_heading_line(first)
    near = any(styles.values())
    return Measurement(
        met=met, measured=f"the first line is {excerpt(first)}", distance=0.0 if met else (0.5 if near else 1.0)
    )


@checker("paragraph.first_word")
def paragraph_first_word(
    response: str,
    *,
    word: str,
    nth: int,
    paragraphs: int | None = None,
    reading: Reading = "literal",
) -> Measurement:
    """Whether the nth paragraph (from 1; negative from the end) starts with a word, and the number of paragraphs.

    literal: the parts between empty lines, headings too, and only `.,?!` and quotes do not belong to the word;
    natural: paragraphs proper, and no punctuation belongs to it.
    """
    parts = _parts(response, reading)
    count_gap = 0.0 if paragraphs is None else Quantity.exactly(paragraphs).distance(len(parts))
    index = nth - 1 if nth > 0 else nth
    if not -len(parts) <= index < len(parts):
        return Measurement(met=False, measured=f"{len(parts)} paragraphs, none is number {nth}", distance=1.0)
    first = (parts[index][:500].split(maxsplit=1) or [""])[0].lower()
    first = _CUT.split(first.lstrip("\"'"), maxsplit=1)[0] if reading == "literal" else strip_marks(first)
    right = first == word.strip().lower()
    return Measurement(
        met=right and not count_gap,
        measured=f"{len(parts)} paragraphs, number {nth} starts {excerpt(parts[index], 40)}",
        distance=(count_gap + (0.0 if right else 1.0)) / 2,
    )


def _parts(response: str, reading: Reading) -> tuple[str, ...]:
    if reading == "natural":
        return paragraphs(response, reading)
    return tuple(part.strip() for part in response.split("\n\n") if part.strip())


@checker("each.starts_with")
def each_starts_with(
    response: str,
    *,
    each: Each,
    phrases: tuple[str, ...],
    match_case: bool = False,
    reading: Reading = "literal",
) -> Measurement:
    """Whether each unit starts with a phrase; with several phrases the k-th unit starts with the k-th.

    literal: with its first characters (`**X` does not start with X); natural: after markup and quotes.
    """
    units = each_unit(response, each, reading)
    if len(phrases) == 1:
        return every(
            units, lambda text: _starts(text, phrases[0], reading, match_case), each, f"start with {listing(phrases)}"
        )
    pairs = list(zip(units, phrases, strict=False))
    wrong = [(text, phrase) for text, phrase in pairs if not _starts(text, phrase, reading, match_case)]
    missing = max(len(phrases) - len(units), 0)
    if not wrong and not missing:
        return Measurement(met=True, measured=f"{each}s start with {listing(phrases)}")
    seen = f"{excerpt(wrong[0][0], 40)} does not start with {excerpt(wrong[0][1], 40)}" if wrong else ""
    lack = f"{len(units)} {each}s for {len(phrases)} phrases" if missing else ""
    return Measurement(
        met=False,
        measured="; ".join(filter(None, (lack, seen))),
        distance=(len(wrong) + missing) / max(len(phrases), 1),
    )


@checker("each.ends_with")
def each_ends_with(
    response: str, *, each: Each, phrase: str, match_case: bool = False, reading: Reading = "literal"
) -> Measurement:
    """Whether each unit ends with a phrase or mark. natural: before markup and quotes at its end."""

    def passes(text: str) -> bool:
        end = text.rstrip()
        if reading == "natural" and not phrase.endswith(tuple(_QUOTED + "*_`")):
            end = end.rstrip(_QUOTED + "*_` ")
        return end.endswith(phrase) if match_case else end.lower().endswith(phrase.lower())

    return every(each_unit(response, each, reading), passes, each, f"end with {excerpt(phrase, 40)}")


@checker("each.starts_with_number")
def each_starts_with_number(response: str, *, each: Each, reading: Reading = "literal") -> Measurement:
    """Whether each unit starts with a digit (items: their marker); natural: after markup."""
    if each in ("bullet", "item"):
        units = tuple(line.strip() for line in lines(response) if heading(line) is None)
        return every(units, lambda text: numbered_item(text) is not None, "item", "start with a number")
    return every(
        each_unit(response, each, reading),
        lambda text: (text if reading == "literal" else text.lstrip(_MARKUP + _QUOTED + "([")).lstrip()[:1].isdigit(),
        each,
        "start with a number",
    )


@checker("each.starts_with_letter")
def each_starts_with_letter(response: str, *, each: Each, letter: str, reading: Reading = "literal") -> Measurement:
    """Whether the first letter of each unit is a given one, whatever its case."""
    return every(
        each_unit(response, each, reading),
        lambda text: strip_marks(text[:200])[:1].lower() == letter.strip().lower(),
        each,
        f"start with the letter {letter}",
    )


@checker("end.mark")
def end_mark(response: str, *, marks: tuple[str, ...]) -> Measurement:
    """Whether the response ends with one of the given characters."""
    text = response.rstrip()
    return Measurement.of(text.endswith(tuple(mark for mark in marks if mark)), f"ends {excerpt(text[-70:])}")


@checker("order.labels")
def order_labels(response: str, *, labels: tuple[str, ...]) -> Measurement:
    """Whether blocks that start with the given labels all occur, in the given order."""
    starts = [strip_emphasis(block.partition("\n")[0]).lower() for block in blocks(response)]
    reached = 0
    for start in starts:
        if reached < len(labels) and start.startswith(strip_emphasis(labels[reached]).lower()):
            reached += 1
    return Measurement(
        met=reached == len(labels),
        measured=f"{reached} of {len(labels)} labels in order",
        distance=1 - reached / max(len(labels), 1),
    )


@checker("start.forbid")
def start_forbid(response: str, *, phrases: tuple[str, ...]) -> Measurement:
    """Whether the response starts with none of the given phrases, after markup and quotes, whatever their case."""
    used = [phrase for phrase in phrases if phrase.strip() and _starts(response, phrase, "natural", False)]
    return Measurement.of(not used, f"starts {excerpt(response[:200])}")
