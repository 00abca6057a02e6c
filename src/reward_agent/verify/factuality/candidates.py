"""Candidates as they are shown: each text once, under a letter, in parts that fit a prompt."""

from collections.abc import Sequence
from dataclasses import dataclass

from reward_agent.presentation import letters, shortened, shown_order
from reward_agent.prompting import Fence
from reward_agent.types import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCandidate:
    """One text, shortened to fit, and the candidates (by index) whose text it is."""

    letter: str
    text: str
    indices: tuple[int, ...]


def shown_candidates(sample: Sample, *, limit: int) -> tuple[ShownCandidate, ...]:
    """The distinct texts that say anything, in the order derived from the sample's id, `limit` characters of each."""
    indices: dict[str, list[int]] = {}
    for index in shown_order(sample.id, len(sample.candidates)):
        if text := sample.responses[index].strip():
            indices.setdefault(text, []).append(index)
    return tuple(
        ShownCandidate(letter=letter, text=shortened(text, limit), indices=tuple(sorted(places)))
        for letter, (text, places) in zip(letters(len(indices)), indices.items(), strict=True)
    )


def parts(candidates: Sequence[ShownCandidate], *, chars: int) -> list[tuple[ShownCandidate, ...]]:
    """The candidates in groups of about `chars` characters, each of at least one candidate."""
    groups: list[list[ShownCandidate]] = []
    size = 0
    for candidate in candidates:
        if not groups or size + len(candidate.text) > chars:
            groups.append([])
            size = 0
        groups[-1].append(candidate)
        size += len(candidate.text)
    return [tuple(group) for group in groups]


def fenced(candidates: Sequence[ShownCandidate], fence: Fence) -> str:
    """The candidates as data in a prompt."""
    return "\n".join(fence(f"candidate {candidate.letter}", candidate.text) for candidate in candidates)
