"""What sentences are like beside each other: their kinds, lengths, first and last words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal

from reward_agent.verify.instructions.catalog.evidence import every, excerpt, listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity, Reading
from reward_agent.verify.instructions.units import (
    Each,
    bare_words,
    each_unit,
    lines,
    sentences,
    split_sentences_gently,
    strip_marks,
    words,
)

SentenceType = Literal["declarative", "interrogative", "exclamatory"]
_CLOSERS = " \t\n\"'”’)]*_"


def sentence_type(sentence: str) -> SentenceType:
    """The kind of a sentence by its end mark; without one it is declarative."""
    end = sentence.rstrip(_CLOSERS)[-1:]
    if end in "?？؟" and end:
        return "interrogative"
    return "exclamatory" if end in "!！" and end else "declarative"


def type_counts(response: str) -> dict[SentenceType, int]:
    """How many sentences there are of each kind."""
    counts: dict[SentenceType, int] = {"declarative": 0, "interrogative": 0, "exclamatory": 0}
    for sentence in split_sentences_gently(response):
        counts[sentence_type(sentence)] += 1
    return counts


@checker("sentences.of_type")
def sentences_of_type(response: str, *, type: SentenceType, quantity: Quantity) -> Measurement:
    """The number of sentences of one kind: statements, questions or exclamations."""
    return Measurement.count(type_counts(response)[type], quantity, f"{type} sentences")


@checker("sentences.type_ratio")
def sentences_type_ratio(response: str, *, types: tuple[SentenceType, ...], parts: tuple[int, ...]) -> Measurement:
    """Whether the numbers of sentences of the given kinds are in a ratio (2:1 statements to questions)."""
    counts = type_counts(response)
    seen = [counts[type] for type in types]
    measured = ", ".join(f"{count} {type}" for type, count in zip(types, seen, strict=True))
    if not all(seen):
        return Measurement(met=False, measured=measured, distance=1.0)
    scale = sum(seen) / max(sum(parts), 1)
    off = sum(abs(count - scale * part) for count, part in zip(seen, parts, strict=True)) / sum(seen)
    return Measurement(met=off < 1e-9, measured=measured, distance=0.0 if off < 1e-9 else min(off, 1.0))


@checker("each.sentence_type")
def each_sentence_type(
    response: str, *, each: Each, type: SentenceType, where: Literal["first", "last", "all"] = "all"
) -> Measurement:
    """Whether the first, last or every sentence of each unit is of one kind: paragraphs start with a question."""

    def passes(text: str) -> bool:
        found = split_sentences_gently(text)
        chosen = found if where == "all" else found[:1] if where == "first" else found[-1:]
        return bool(chosen) and all(sentence_type(sentence) == type for sentence in chosen)

    place = "be" if where == "all" else "start" if where == "first" else "end"
    return every(each_unit(response, each), passes, each, f"{place} {type}")


def _neighbours(broken: Sequence[str], pairs: int, demand: str, reading: Reading) -> Measurement:
    """Whether all neighbours agree with each other; one sentence alone is enough in the literal reading."""
    if pairs < 1:
        return Measurement.of(pairs == 0 and reading == "literal", "fewer than two to compare")
    if not broken:
        return Measurement(met=True, measured=f"all {pairs + 1} {demand}")
    measured = f"{len(broken)} of {pairs} do not {demand}, first {excerpt(broken[0])}"
    return Measurement(met=False, measured=measured, distance=len(broken) / pairs)


@checker("sentences.grow")
def sentences_grow(
    response: str,
    *,
    step: int,
    exactly: bool = True,
    unit: Literal["words", "characters"] = "words",
    reading: Reading = "literal",
) -> Measurement:
    """Whether each sentence is longer than the one before by `step` (exactly, or at least)."""
    found = _prose(response, reading)
    sizes = [len(words(text) if unit == "words" else text) for text in found]
    broken = [
        found[place + 1]
        for place in range(len(found) - 1)
        if not (Quantity(low=step, high=step if exactly else None)).allows(sizes[place + 1] - sizes[place])
    ]
    return _neighbours(broken, len(found) - 1, f"grow by {step} {unit}", reading)


def _prose(response: str, reading: Reading) -> tuple[str, ...]:
    return split_sentences_gently(response) if reading == "literal" else sentences(response, "natural")


@checker("sentences.chain")
def sentences_chain(response: str, *, reading: Reading = "literal") -> Measurement:
    """Whether the last word of each sentence is the first word of the next."""
    ends = [(tokens[0], tokens[-1]) for text in _prose(response, reading) if (tokens := bare_words(text))]
    broken = [f"{one[1]} / {two[0]}" for one, two in itertools.pairwise(ends) if one[1] != two[0]]
    return _neighbours(broken, len(ends) - 1, "chain", reading)


@checker("each.same_first_last")
def each_same_first_last(response: str, *, each: Each = "paragraph") -> Measurement:
    """Whether each unit ends with the word it starts with."""
    return every(
        each_unit(response, each),
        lambda text: bool(tokens := bare_words(text)) and tokens[0] == tokens[-1],
        each,
        "end with their first word",
    )


@checker("sentences.equal_length")
def sentences_equal_length(
    response: str,
    *,
    quantity: Quantity | None = None,
    unit: Literal["characters", "words"] = "characters",
    different_words: bool = False,
    reading: Reading = "literal",
) -> Measurement:
    """Whether all sentences have the same length, on request without a word in common, and their number."""
    found = _prose(response, reading)
    if not found:
        return Measurement.of(False, "no sentence")
    sizes = [len(text.strip() if unit == "characters" else words(text)) for text in found]
    spread = max(sizes) - min(sizes)
    shared = _shared_words(found) if different_words else []
    number_off = quantity.distance(len(found)) if quantity else 0.0
    seen = f"{len(found)} sentences of {min(sizes)} to {max(sizes)} {unit}"
    return Measurement(
        met=not spread and not shared and not number_off,
        measured=f"{seen}, words in common {listing(shared)}" if shared else seen,
        distance=(spread / max(max(sizes), 1) + (0.5 if shared else 0.0) + number_off) / 3,
    )


def _shared_words(found: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    shared: list[str] = []
    for text in found:
        for word in bare_words(text):
            if word in seen:
                shared.append(word)
            seen.add(word)
    return shared


@checker("acrostic")
def acrostic(response: str, *, letters: str, each: Each = "line", reading: Reading = "literal") -> Measurement:
    """Whether the first letters of the lines (or sentences, paragraphs, items) spell the given letters."""
    wanted = [letter for letter in letters.lower() if letter.isalnum()]
    units = _prose(response, reading) if each == "sentence" else each_unit(response, each, reading)
    seen = [strip_marks(text[:200])[:1].lower() for text in units]
    right = sum(1 for one, two in zip(wanted, seen, strict=False) if one == two)
    most = max(len(wanted), len(seen))
    met = bool(wanted) and wanted == seen
    return Measurement(
        met=met,
        measured=f"first letters {excerpt(''.join(seen), 60)}",
        distance=0.0 if met else 1 - right / (most + 1),
    )


@checker("alliteration.grow")
def alliteration_grow(response: str, *, reading: Reading = "literal") -> Measurement:
    """Whether each sentence has a longer run of words with the same initial than the one before."""
    found = _prose(response, reading)
    runs = [_longest_run([word[0] for word in bare_words(text)]) for text in found]
    broken = [found[place + 1] for place in range(len(found) - 1) if runs[place + 1] <= runs[place]]
    return _neighbours(broken, len(found) - 1, "have a longer run of alliterations", reading)


@checker("alliteration.count")
def alliteration_count(response: str, *, quantity: Quantity) -> Measurement:
    """The longest run of neighbouring words with the same initial."""
    initials = [word[0] for word in bare_words(response)]
    return Measurement.count(_longest_run(initials), quantity, "alliterating words in a row")


def _longest_run(initials: Sequence[str]) -> int:
    longest = run = 0
    previous = ""
    for initial in initials:
        run = run + 1 if initial == previous else 1
        previous = initial
        longest = max(longest, run)
    return longest


@checker("rhyme.lines")
def rhyme_lines(response: str, *, scheme: str) -> Measurement:
    """Whether the line ends rhyme by a scheme such as AABB, repeated over all lines (English, by spelling)."""
    ends = [tokens[-1] for line in lines(response) if (tokens := bare_words(line))]
    plan = [letter for letter in scheme.upper() if letter.isalpha()]
    if not plan or len(ends) < len(plan):
        return Measurement(met=False, measured=f"{len(ends)} lines for the scheme {scheme}", distance=1.0)
    wrong = pairs = 0
    first_wrong = ""
    for start in range(0, len(ends) - len(plan) + 1, len(plan)):
        for letter in dict.fromkeys(plan):
            group = [ends[start + place] for place, sign in enumerate(plan) if sign == letter]
            for one, two in itertools.pairwise(group):
                pairs += 1
                if not _rhymes(one, two):
                    wrong += 1
                    first_wrong = first_wrong or f"{one} / {two}"
    return Measurement(
        met=wrong == 0,
        measured=f"{wrong} of {pairs} rhymes missing{': ' if wrong else ''}{first_wrong[:80]}",
        distance=wrong / pairs if pairs else 0.0,
    )


def _rhymes(one: str, two: str) -> bool:
    """Whether two words have the same spelling from their last vowel group on, a final e or s aside."""
    return one != two and (_rime(one) == _rime(two) or one[-3:] == two[-3:])


def _rime(word: str) -> str:
    word = word[-12:]
    end = len(word.rstrip("es")) or len(word)
    start = end
    while start > 0 and word[start - 1] not in "aeiouy":
        start -= 1
    while start > 0 and word[start - 1] in "aeiouy":
        start -= 1
    return word[start:end]


@checker("sentences.unique")
def sentences_unique(response: str) -> Measurement:
    """Whether no sentence is said twice, whatever its case."""
    found = [" ".join(bare_words(text)) for text in split_sentences_gently(response)]
    repeated = len(found) - len(set(found))
    return Measurement.count(repeated, Quantity.at_most(0), f"repeated of {len(found)} sentences")
