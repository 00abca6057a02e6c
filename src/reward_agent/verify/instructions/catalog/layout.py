"""How lines are laid out, and how the response relates to another text."""

from __future__ import annotations

import re
from collections import Counter

from reward_agent.verify.instructions.catalog.evidence import every, excerpt, listing
from reward_agent.verify.instructions.catalog.registry import checker
from reward_agent.verify.instructions.constraint import Measurement, Quantity, Reading
from reward_agent.verify.instructions.english import NEVER_VERBS, VERBS
from reward_agent.verify.instructions.markdown import bullet_item
from reward_agent.verify.instructions.units import bare_words, lines, sentences, word_pattern, words


@checker("lines.one_word")
def lines_one_word(response: str) -> Measurement:
    """Whether every line holds exactly one word."""
    return every(lines(response), lambda line: len(line.split()) == 1, "line", "hold one word")


@checker("lines.stairs")
def lines_stairs(response: str, *, reading: Reading = "literal") -> Measurement:
    """Whether each line is indented further than the one before; a single line is enough in the literal reading."""
    found = lines(response)
    indents = [len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()) for line in found]
    if len(found) < 2:
        return Measurement.of(bool(found) and reading == "literal", f"{len(found)} lines")
    broken = [found[place + 1] for place in range(len(found) - 1) if indents[place + 1] <= indents[place]]
    return Measurement(
        met=not broken,
        measured=f"{len(broken)} of {len(found) - 1} lines not indented further"
        + (f", first {excerpt(broken[0])}" if broken else ""),
        distance=len(broken) / (len(found) - 1),
    )


@checker("bullets.after_sentences")
def bullets_after_sentences(
    response: str, *, sentence_count: Quantity, bullet_count: Quantity, marker: str = "*"
) -> Measurement:
    """Whether sentences that end in a period come first and bullets after them to the end, and how many of each."""
    rows = lines(response)
    first = next((place for place, line in enumerate(rows) if _is_bullet(line, marker)), len(rows))
    before = [text for text in sentences("\n".join(rows[:first])) if text.endswith(".")]
    after = sum(1 for line in rows[first:] if _is_bullet(line, marker))
    others = len(rows) - first - after
    distance = (sentence_count.distance(len(before)) + bullet_count.distance(after) + (0.5 if others else 0.0)) / 3
    return Measurement(
        met=distance == 0,
        measured=f"{len(before)} sentences, then {after} bullets with {marker} and {others} other lines",
        distance=distance,
    )


def _is_bullet(line: str, marker: str) -> bool:
    item = bullet_item(line)
    return item is not None and item.marker == marker


@checker("overlap.share")
def overlap_share(
    response: str, *, text: str, low: float, high: float, n: int = 3, reading: Reading = "literal"
) -> Measurement:
    """The percentage of a reference text's runs of n words that the response has too.

    literal: whitespace-separated words as they are; natural: without case and punctuation.
    """
    wanted, given = _runs(text, n, reading), _runs(response, n, reading)
    if not wanted:
        return Measurement(met=None, measured="the reference is shorter than one run of words")
    share = 100 * len(wanted & given) / len(wanted)
    met = low <= share <= high
    return Measurement(
        met=met,
        measured=f"{share:.1f} % of the runs of {n} words, between {low:g} and {high:g}",
        distance=0.0 if met else min(max(low - share, share - high) / 100, 1.0),
    )


def _runs(text: str, n: int, reading: Reading) -> set[tuple[str, ...]]:
    found = words(text) if reading == "literal" else bare_words(text)
    return {tuple(found[place : place + n]) for place in range(len(found) - n + 1)}


@checker("keywords.counts")
def keywords_counts(response: str, *, words: tuple[str, ...], quantities: tuple[Quantity, ...]) -> Measurement:
    """How often each of several words occurs, each with its own range."""
    counts = [len(word_pattern(word).findall(response)) for word in words]
    gaps = [quantity.distance(count) for quantity, count in zip(quantities, counts, strict=True)]
    seen = ", ".join(f"{excerpt(word, 30)} {count} times" for word, count in zip(words, counts, strict=True))
    return Measurement(met=not any(gaps), measured=seen, distance=sum(gaps) / max(len(gaps), 1))


_NAME_LIST = re.compile(r"(?:[A-Z][\w'-]{1,30}, ){2,400}(?:and )?[A-Z][\w'-]{1,30}")


@checker("keywords.some_listed")
def keywords_some_listed(response: str, *, quantity: Quantity, prompt: str) -> Measurement:
    """How many different words of the list in the prompt occur (its longest list of capitalised words)."""
    lists = [match.group() for match in _NAME_LIST.finditer(prompt)]
    names = sorted({name.removeprefix("and ").strip() for name in max(lists, key=len, default="").split(",")} - {""})
    if not names:
        return Measurement(met=None, measured="no list of names in the prompt")
    said = Counter(re.findall(r"\w+", response))
    found = [name for name in names if name in said or (not name.isalnum() and name in response)]
    return Measurement.count(len(found), quantity, f"of {len(names)} listed names ({listing(found)})")


@checker("start.verb")
def start_verb(response: str) -> Measurement:
    """Whether the response starts with an English verb; not known for a word that is none of the common ones."""
    first = next(iter(bare_words(response[:500])), "")
    if not first or first in NEVER_VERBS:
        return Measurement.of(False, f"starts with {excerpt(first, 40)}")
    if first in VERBS or (first.endswith("ing") and len(first) > 5) or first.endswith(("ize", "ise", "ify")):
        return Measurement(met=True, measured=f"starts with {excerpt(first, 40)}")
    return Measurement(met=None, measured=f"starts with {excerpt(first, 40)}, which may be a verb")
