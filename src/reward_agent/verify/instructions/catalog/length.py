"""How long a response is: words, sentences, paragraphs, lines, characters, and the length of each unit."""

from __future__ import annotations

import re
from typing import Literal

from reward_agent.verify.instructions.catalog.evidence import excerpt
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity, Reading
from reward_agent.verify.instructions.units import (
    Each,
    Unit,
    each_unit,
    lines,
    paragraphs,
    sentences,
    size,
    split_sentences_gently,
    words,
)

_RUN = re.compile(r"\w+")


@checker("words.count")
def words_count(
    response: str,
    *,
    quantity: Quantity,
    tokens: Literal["whitespace", "alphanumeric"] = "whitespace",
    reading: Reading = "literal",
) -> Measurement:
    """The number of words.

    literal: whitespace-separated pieces, list markers and code included; natural: only pieces with a letter or digit.
    `tokens="alphanumeric"` counts runs of letters, digits and underscores instead, as IFEval does ("don't" is two).
    """
    found = len(_RUN.findall(response)) if tokens == "alphanumeric" else len(words(response, reading))
    return Measurement.count(found, quantity, "words")


@checker("sentences.count")
def sentences_count(
    response: str,
    *,
    quantity: Quantity,
    splitter: Literal["naive", "abbreviations", "prose"] | None = None,
    reading: Reading = "literal",
) -> Measurement:
    """The number of sentences.

    `splitter` None follows the reading: literal is naive (a cut after every `.!?` before whitespace), natural is
    prose (headings and tables left out, each list item a sentence). "abbreviations" is the naive cut that spares
    abbreviations, initials and list numbers, close to the trained splitter that IFEval's verdicts come from.
    """
    if splitter == "abbreviations":
        found = split_sentences_gently(response)
    else:
        found = sentences(response, {"naive": "literal", "prose": "natural", None: reading}[splitter])
    measurement = Measurement.count(len(found), quantity, "sentences")
    if measurement.met or not found:
        return measurement
    return Measurement(
        met=measurement.met,
        measured=f"{measurement.measured}, the last {excerpt(found[-1])}",
        distance=measurement.distance,
    )


@checker("paragraphs.count")
def paragraphs_count(
    response: str, *, quantity: Quantity, divider: str | None = None, reading: Reading = "literal"
) -> Measurement:
    """The number of paragraphs.

    Without a divider, blank-line blocks that are no headings or rules (a list is a paragraph; natural: it belongs to
    the paragraph above it). With one (`***`, `* * *`, `---`), the parts between dividers; an empty part in between
    fails, an empty first or last part does not count.
    """
    if divider is None:
        return Measurement.count(len(paragraphs(response, reading)), quantity, "paragraphs")
    parts = split_at(response, divider)
    if any(not part for part in parts[1:-1]):
        return Measurement(met=False, measured=f"an empty part between two dividers {divider}", distance=1.0)
    return Measurement.count(sum(1 for part in parts if part), quantity, f"parts divided by {divider}")


def split_at(text: str, divider: str) -> list[str]:
    """The stripped parts between dividers. Asterisks divide wherever they stand, other signs as a line of their own."""
    sign = divider.strip()
    if set(sign) == {"*"}:
        return [part.strip() for part in text.split(sign)]
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip() == sign:
            parts.append([])
        else:
            parts[-1].append(line)
    return ["\n".join(part).strip() for part in parts]


@checker("lines.count")
def lines_count(response: str, *, quantity: Quantity) -> Measurement:
    """The number of lines that are not blank."""
    return Measurement.count(len(lines(response)), quantity, "lines")


@checker("characters.count")
def characters_count(
    response: str, *, quantity: Quantity, counting: Literal["all", "no_spaces", "letters"] = "all"
) -> Measurement:
    """The number of characters: all, without whitespace, or letters only."""
    if counting == "all":
        found = len(response)
    elif counting == "no_spaces":
        found = sum(map(len, response.split()))
    else:
        found = sum(map(str.isalpha, response))
    return Measurement.count(found, quantity, "letters" if counting == "letters" else "characters")


@checker("unit.length")
def unit_length(
    response: str, *, each: Each, quantity: Quantity, unit: Unit, reading: Reading = "literal"
) -> Measurement:
    """The length of each paragraph, sentence, line, bullet, item or section; all must be in range."""
    sizes = [(size(text, unit, reading), text) for text in each_unit(response, each, reading)]
    if not sizes:
        return Measurement(met=False, measured=f"no {each} found", distance=1.0)
    wrong = [(count, text) for count, text in sizes if not quantity.allows(count)]
    if not wrong:
        counts = sorted(count for count, _ in sizes)
        return Measurement(met=True, measured=f"{len(sizes)} {each}s of {counts[0]} to {counts[-1]} {unit}")
    count, text = wrong[0]
    return Measurement(
        met=False,
        measured=f"{len(wrong)} of {len(sizes)} {each}s off {quantity} {unit}, first with {count}: {excerpt(text)}",
        distance=sum(quantity.distance(count) for count, _ in wrong) / len(sizes),
    )
