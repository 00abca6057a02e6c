"""Titles, headings, sections, postscripts, dividers, and other parts a response is made of."""

from __future__ import annotations

import re

from reward_agent.verify.instructions.catalog.evidence import all_found, excerpt, listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity, Reading
from reward_agent.verify.instructions.markdown import heading, is_rule, strip_emphasis
from reward_agent.verify.instructions.units import lines, word_pattern

_PLACEHOLDER = re.compile(r"\[[^\[\]\n]*\]")
_ANY_PLACEHOLDER = re.compile(r"\[[^\[\]\n]+\](?!\()")


@checker("title.wrapped")
def title_wrapped(response: str) -> Measurement:
    """Whether a title stands in double angle brackets: <<title>>."""
    for line in response.split("\n"):
        start, end = line.find("<<"), line.rfind(">>")
        if 0 <= start < end - 2 and line[start:end].strip("<> \t"):
            return Measurement(met=True, measured=f"title {excerpt(line[start : end + 2])}")
    return Measurement.of(False, "no <<title>>")


def _headings(response: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    fenced = False
    for line in response.split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and (level_text := heading(line.rstrip())):
            found.append(level_text)
    return found


@checker("headings.named")
def headings_named(response: str, *, names: tuple[str, ...]) -> Measurement:
    """Whether a heading, bold line, or labelled line of each given name occurs, whatever its case."""
    titles = {text.lower() for _, text in _headings(response)}
    titles |= {strip_emphasis(line).lower() for line in lines(response) if len(line) < 200}
    labels = [strip_emphasis(line.partition(":")[0]).lower() for line in lines(response) if ":" in line[:120]]
    starts = titles | set(labels)
    missing = [name for name in names if not _named(strip_emphasis(name).lower(), starts, titles)]
    return all_found(names, missing, "heading")


_ENUMERATION = re.compile(r"^(?:\d{1,3}|[ivxl]{1,6}|[a-z])[.):]\s+")


def _named(name: str, starts: set[str], titles: set[str]) -> bool:
    return name in starts or any(_ENUMERATION.sub("", title) == name for title in titles)


@checker("headings.count")
def headings_count(response: str, *, quantity: Quantity, level: int | None = None) -> Measurement:
    """The number of headings; `level` counts only those with that many `#`, None counts bold lines too."""
    found = [text for depth, text in _headings(response) if level is None or depth == level]
    measurement = Measurement.count(len(found), quantity, "headings" if level is None else f"headings with {level} #")
    return Measurement(
        met=measurement.met,
        measured=f"{measurement.measured}: {listing(found)}" if found else measurement.measured,
        distance=measurement.distance,
    )


@checker("sections.labelled")
def sections_labelled(
    response: str, *, label: str, quantity: Quantity, anywhere: bool = False, reading: Reading = "literal"
) -> Measurement:
    """The number of sections labelled with a word and a number: "Section 1", "STEP 2:".

    literal: the label is the first thing on its line, in the given case; natural: markup may come before it and case
    does not matter. `anywhere` counts the label wherever it stands in the text, as IFEval does.
    """
    core = rf"{re.escape(label.strip())}\s?(?:\d{{1,6}}|[IVXL]{{1,6}}\b)"
    if anywhere:
        pattern, flags = rf"{re.escape(label.strip())}\s?\d{{1,6}}", re.RegexFlag.NOFLAG
    elif reading == "literal":
        pattern, flags = rf"^{core}", re.MULTILINE
    else:
        pattern, flags = rf"^[ \t*_#>\-\[(]{{0,12}}{core}", re.MULTILINE | re.IGNORECASE
    found = sum(1 for _ in re.finditer(pattern, response, flags))
    return Measurement.count(found, quantity, f'sections labelled "{label.strip()}"')


@checker("postscript")
def postscript(response: str, *, marker: str = "P.S.", reading: Reading = "literal") -> Measurement:
    """Whether a postscript with the given marker (P.S., P.P.S) occurs.

    literal: the marker anywhere, in any case; natural: at the start of a line, and its periods may be missing.
    """
    signs = [re.escape(sign) + (r"\s?" if sign == "." else "") for sign in marker.strip().lower()]
    if reading == "natural":
        signs = [r"\.?\s?" if sign.startswith(r"\.") else sign for sign in signs]
    found = re.search("".join(signs) or "(?!)", response.lower())
    if found is None:
        return Measurement.of(False, f"no {marker}")
    if reading == "natural":
        line = response[response.rfind("\n", 0, found.start()) + 1 : found.start()]
        if line.strip(" \t*_#>"):
            return Measurement(met=False, measured=f"{marker} inside a line", distance=0.5)
    return Measurement(met=True, measured=f"postscript {excerpt(response[found.start() : found.start() + 200])}")


@checker("placeholders.count")
def placeholders_count(response: str, *, quantity: Quantity, reading: Reading = "literal") -> Measurement:
    """The number of placeholders in square brackets. natural: empty brackets and link texts do not count."""
    found = (_PLACEHOLDER if reading == "literal" else _ANY_PLACEHOLDER).findall(response)
    return Measurement.count(len(found), quantity, "placeholders")


@checker("two.responses")
def two_responses(response: str, *, separator: str = "******") -> Measurement:
    """Whether there are exactly two different parts with the separator between them."""
    parts = [part.strip() for part in response.split(separator or "******")]
    kept = [part for place, part in enumerate(parts) if part or 0 < place < len(parts) - 1]
    if len(kept) != 2 or not all(kept):
        return Measurement(
            met=False,
            measured=f"{sum(map(bool, kept))} parts between {separator}",
            distance=Quantity.exactly(2).distance(len(kept)) or 1.0,
        )
    return Measurement.of(kept[0] != kept[1], "two different parts" if kept[0] != kept[1] else "two equal parts")


@checker("repeat.prompt")
def repeat_prompt(response: str, *, text: str) -> Measurement:
    """Whether the response starts by repeating a text word for word, whatever its case."""
    wanted, given = text.strip().lower(), response.strip().lower()
    if given.startswith(wanted):
        return Measurement(met=True, measured="starts with the text to repeat")
    same = _common_prefix(wanted, given)
    return Measurement(
        met=False,
        measured=f"follows the text for {same} of {len(wanted)} characters, then {excerpt(given[same : same + 60])}",
        distance=1 - same / max(len(wanted) + 1, 1),
    )


def _common_prefix(first: str, second: str) -> int:
    for place, (left, right) in enumerate(zip(first, second, strict=False)):
        if left != right:
            return place
    return min(len(first), len(second))


@checker("choices.one_of")
def choices_one_of(
    response: str,
    *,
    options: tuple[str, ...],
    whole: bool = True,
    match_case: bool = False,
    reading: Reading = "literal",
) -> Measurement:
    """Whether the response is one of the given options; `whole=False`: contains one of them.

    literal: exactly, up to case and outer whitespace; natural: up to quotes, markup and a final period too.
    """
    text = response.strip()
    if not whole:
        found = [option for option in options if word_pattern(option, match_case, False).search(text)]
        return Measurement.of(bool(found), f"contains {listing(found)}" if found else "contains none of the options")
    trim = " \t\r\n" if reading == "literal" else " \t\r\n\"'“”*_`.!()"
    met = any(text.strip(trim).lower() == option.strip(trim).lower() for option in options)
    near = any(word_pattern(option).search(text) for option in options)
    return Measurement(met=met, measured=f"answers {excerpt(text)}", distance=0.0 if met else (0.5 if near else 1.0))


@checker("dividers.count")
def dividers_count(response: str, *, quantity: Quantity, divider: str | None = None) -> Measurement:
    """The number of divider lines (`---`, `***`); `divider` counts only lines that are exactly it."""
    rows = (line.strip() for line in lines(response))
    found = sum(1 for row in rows if (is_rule(row) if divider is None else row == divider.strip()))
    return Measurement.count(found, quantity, f"dividers {divider or ''}".rstrip())
