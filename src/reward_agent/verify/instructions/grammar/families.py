"""All the rules, in the order in which they are tried: words read by an earlier rule are not read by a later one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from reward_agent.verify.instructions.grammar import (
    capitals,
    counted,
    data_formats,
    each,
    edges,
    forbidden,
    formats,
    frequency,
    keywords,
    language,
    length_bounds,
    length_phrases,
    lengths,
    letters,
    lists,
    markup,
    nth,
    repeat,
    sections,
    titles,
    unit_lengths,
)
from reward_agent.verify.instructions.grammar.rule import Rule
from reward_agent.verify.instructions.grammar.text import Sentence

RULES: tuple[Rule, ...] = (
    *repeat.RULES,
    *counted.RULES,
    *unit_lengths.RULES,
    *each.RULES,
    *titles.RULES,
    *sections.RULES,
    *nth.RULES,
    *edges.RULES,
    *markup.RULES,
    *data_formats.RULES,
    *formats.RULES,
    *letters.RULES,
    *capitals.RULES,
    *frequency.RULES,
    *forbidden.RULES,
    *keywords.RULES,
    *lists.RULES,
    *length_phrases.COUNTS,
    *length_bounds.RULES,
    *lengths.RULES,
    *length_phrases.RULES,
    *language.RULES,
)

_CUES = frozenset(cue for rule in RULES for cue in (*rule.needs, *rule.also))
_CUES_OF_WORDS = frozenset(cue for cue in _CUES if " " in cue)
_CUES_IN_WORDS = _CUES - _CUES_OF_WORDS
_WAITING: dict[str, tuple[int, ...]] = {
    cue: tuple(place for place, rule in enumerate(RULES) if cue in rule.needs) for cue in _CUES
}


def rules_waiting(sentence: Sentence) -> Iterator[Rule]:
    """The rules that may match a sentence, in their order."""
    cues = cues_in(sentence.low)
    places = {place for cue in cues for place in _WAITING[cue]}
    return (rule for rule in map(RULES.__getitem__, sorted(places)) if rule.may_match(sentence, cues))


def cues_in(low: str) -> set[str]:
    """The strings, of all that rules wait for, that a text in lower case holds."""
    found = {cue for cue in _CUES_OF_WORDS if cue in low}
    for word in low.split():
        found |= _cues_in_word(word)
    return found


@lru_cache(maxsize=4096)
def _cues_in_word(word: str) -> frozenset[str]:
    """Remembered, for most words of an instruction are those of the one before."""
    return frozenset(cue for cue in _CUES_IN_WORDS if cue in word)
