"""One unit by its place or name: the third paragraph, the last sentence, the section "Methods"."""

from __future__ import annotations

from collections.abc import Callable

from reward_agent.verify.instructions.catalog.evidence import excerpt, listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.catalog.sentences import SentenceType, sentence_type
from reward_agent.verify.instructions.constraint import Measurement, Quantity, Reading
from reward_agent.verify.instructions.markdown import sections, strip_emphasis
from reward_agent.verify.instructions.units import (
    Each,
    Unit,
    each_unit,
    size,
    split_sentences_gently,
    word_pattern,
)


def _at_place(
    response: str, each: Each, nth: int, reading: Reading, examine: Callable[[str], Measurement]
) -> Measurement:
    """What `examine` says of the nth unit (from 1; negative from the end); no such unit is a miss."""
    units = each_unit(response, each, reading)
    index = nth - 1 if nth > 0 else nth
    if not nth or not -len(units) <= index < len(units):
        return Measurement(met=False, measured=f"{len(units)} {each}s, none is number {nth}", distance=1.0)
    found = examine(units[index])
    return Measurement(met=found.met, measured=f"{each} {nth}: {found.measured}", distance=found.distance)


@checker("nth.starts_with")
def nth_starts_with(response: str, *, each: Each, nth: int, phrase: str, reading: Reading = "literal") -> Measurement:
    """Whether the nth unit (from 1; negative from the end) starts with a phrase, whatever its case."""
    wanted = phrase.strip().lower()
    skip = "" if reading == "literal" else " \t*_#>\"'“‘"
    return _at_place(
        response,
        each,
        nth,
        reading,
        lambda text: Measurement.of(text.lstrip(skip or None).lower().startswith(wanted), excerpt(text)),
    )


@checker("nth.ends_with")
def nth_ends_with(response: str, *, each: Each, nth: int, phrase: str, reading: Reading = "literal") -> Measurement:
    """Whether the nth unit (from 1; negative from the end) ends with a phrase, whatever its case."""
    wanted = phrase.strip().lower()
    return _at_place(
        response,
        each,
        nth,
        reading,
        lambda text: Measurement.of(text.rstrip().lower().endswith(wanted), excerpt(text[-70:])),
    )


@checker("nth.contains")
def nth_contains(
    response: str, *, each: Each, nth: int, words: tuple[str, ...], reading: Reading = "literal"
) -> Measurement:
    """Whether the nth unit (from 1; negative from the end) contains all the given words."""

    def examine(text: str) -> Measurement:
        missing = [word for word in words if not word_pattern(word).search(text)]
        if not missing:
            return Measurement(met=True, measured=excerpt(text))
        return Measurement(
            met=False,
            measured=f"{excerpt(text)} lacks {listing(missing)}",
            distance=len(missing) / (len(words) + 1),
        )

    return _at_place(response, each, nth, reading, examine)


@checker("nth.length")
def nth_length(
    response: str, *, each: Each, nth: int, quantity: Quantity, unit: Unit, reading: Reading = "literal"
) -> Measurement:
    """The length of the nth unit (from 1; negative from the end)."""
    return _at_place(
        response,
        each,
        nth,
        reading,
        lambda text: Measurement.count(size(text, unit, reading), quantity, unit),
    )


@checker("nth.sentence_type")
def nth_sentence_type(response: str, *, nth: int, type: SentenceType) -> Measurement:
    """Whether the nth sentence (from 1; negative from the end) is a statement, a question or an exclamation."""
    found = split_sentences_gently(response)
    index = nth - 1 if nth > 0 else nth
    if not nth or not -len(found) <= index < len(found):
        return Measurement(met=False, measured=f"{len(found)} sentences, none is number {nth}", distance=1.0)
    seen = sentence_type(found[index])
    return Measurement.of(seen == type, f"sentence {nth} is {seen}: {excerpt(found[index])}")


@checker("unit.count")
def unit_count(response: str, *, each: Each, quantity: Quantity, reading: Reading = "literal") -> Measurement:
    """The number of paragraphs, sentences, lines, bullets, items or sections (text under a heading, else blocks)."""
    return Measurement.count(len(each_unit(response, each, reading)), quantity, f"{each}s")


@checker("section.length")
def section_length(
    response: str, *, name: str, quantity: Quantity, unit: Unit, reading: Reading = "literal"
) -> Measurement:
    """The length of the section under a heading of the given name, whatever its case."""
    body = _section(response, name)
    if body is None:
        return Measurement.of(False, f"no section {excerpt(name)}")
    return Measurement.count(size(body, unit, reading), quantity, f"{unit} under {excerpt(name, 40)}")


@checker("section.contains")
def section_contains(response: str, *, name: str, words: tuple[str, ...]) -> Measurement:
    """Whether the section under a heading of the given name contains all the given words."""
    body = _section(response, name)
    if body is None:
        return Measurement.of(False, f"no section {excerpt(name)}")
    missing = [word for word in words if not word_pattern(word).search(body)]
    return Measurement(
        met=not missing,
        measured=f"{excerpt(name, 40)} lacks {listing(missing)}" if missing else f"{excerpt(name, 40)} has them",
        distance=len(missing) / (len(words) + 1),
    )


def _section(response: str, name: str) -> str | None:
    wanted = strip_emphasis(name).lower()
    for section in sections(response):
        title = section.heading.lower()
        if title == wanted or title.endswith((f". {wanted}", f": {wanted}", f") {wanted}")):
            return section.body
    return None
