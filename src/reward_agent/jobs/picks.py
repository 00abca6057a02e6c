"""Who is picked among the first n candidates of a shuffle, and what that pick is worth.

    order = shuffle_of(sample.id, 0, len(sample.candidates))
    tied = leaders(ranks, order[:8])           # all that share the highest rank: ties are never broken by index
    pick = lot(sample, tied)

Sizes nest: the first 4 of a shuffle are the first 4 of its first 8, so every size is read from one judgment of all. The
picks that are written are those of one shuffle. What a way of picking is worth at a size is the mean over every order
of the candidates, which has a closed form where ranks decide; a vote is counted in `SHUFFLES` of them.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from reward_agent.evaluate.answers import normalised
from reward_agent.evaluate.majority import final_answer
from reward_agent.presentation import digest, shuffled
from reward_agent.types import Sample

Rank = tuple[int, float]
"""The round in which a candidate was scored, and its score there: who came further stands above. See `standings`."""
Method = Callable[[int], Sequence[float]]
"""How likely each candidate is the method's pick among so many of them, drawn at random; ties share."""

AGENT = "reward agent"
RANDOM = "random"
BEST = "best possible"
MAJORITY = "majority"
ALONE = "{} alone"
SHUFFLES = 32


def shuffle_of(sample_id: str, number: int, count: int) -> tuple[int, ...]:
    """The indices of `count` candidates in the order of the sample's shuffle `number`."""
    return shuffled(range(count), f"{sample_id}\n{number}")


def leaders(ranks: Sequence[Rank] | Sequence[float] | None, drawn: Sequence[int]) -> Sequence[int]:
    """Those of the drawn with the highest rank; all of them where there are no ranks."""
    if ranks is None:
        return drawn
    top = max(ranks[index] for index in drawn)
    return [index for index in drawn if ranks[index] == top]


def lot(sample: Sample, tied: Sequence[int]) -> int:
    """One of the candidates, drawn by the sample's id and the candidates' texts: their order plays no part."""
    return min(tied, key=lambda index: digest(sample.id, sample.candidates[index].text))


def by(ranks: Sequence[Rank] | Sequence[float] | None, count: int) -> Method:
    """The method that goes by the ranks of `count` candidates; it draws where there are none.

    A candidate with `above` others of higher rank, and `equal` of its own with itself, is the pick of n where none of
    the former is drawn and one of the latter is, and then it shares with all of these.
    """
    if ranks is None:
        return lambda size: [1 / count] * count
    places: list[Rank] = [rank if isinstance(rank, tuple) else (0, rank) for rank in ranks]
    groups = Counter(places)
    above: dict[Rank, int] = {}
    seen = 0
    for rank in sorted(groups, reverse=True):
        above[rank] = seen
        seen += groups[rank]

    def chances(size: int) -> Sequence[float]:
        drawn = min(size, count)
        ways = [math.comb(count - higher, drawn) for higher in range(count + 1)]
        share = {
            rank: (ways[higher] - ways[higher + groups[rank]]) / (ways[0] * groups[rank])
            for rank, higher in above.items()
        }
        return [share[place] for place in places]

    return chances


def worth(chances: Sequence[float], values: Sequence[float]) -> float:
    """What a pick with these chances is worth on average."""
    return math.fsum(chance * value for chance, value in zip(chances, values, strict=True))


def methods_of(
    sample: Sample, ranks: Sequence[Rank] | None, alone: Mapping[str, Sequence[float] | None]
) -> dict[str, Method]:
    """The ways to pick that know no answer key, by name. `alone`: a preference model's scores by its name, None where
    it did not score every candidate."""
    lengths = [float(len(text)) for text in sample.responses]
    ways: dict[str, Sequence[Rank] | Sequence[float] | None] = {
        AGENT: ranks,
        **{ALONE.format(name): scores for name, scores in alone.items()},
        "longest": lengths,
        "shortest": [-length for length in lengths],
        RANDOM: None,
    }
    methods: dict[str, Method] = {name: by(way, len(lengths)) for name, way in ways.items()}
    if (votes := _votes(sample)) is not None:
        methods[MAJORITY] = votes
    return methods


def _votes(sample: Sample) -> Method | None:
    """Self-consistency: the answer that most of the drawn give; None where no two candidates give the same."""
    answers = [normalised(final_answer(text)) for text in sample.responses]
    counts = Counter(answer for answer in answers if answer)
    if len(set(sample.responses)) < 2 or max(counts.values(), default=0) < 2:
        return None
    orders = [shuffle_of(sample.id, number, len(answers)) for number in range(SHUFFLES)]

    def chances(size: int) -> Sequence[float]:
        if size == 1:
            return [1 / len(answers)] * len(answers)  # whoever comes first, over every order
        found = [0.0] * len(answers)
        for order in orders:
            drawn = order[:size]
            given = Counter(answers[index] for index in drawn if answers[index])
            tied = leaders([float(given[answer]) if answer else 0.0 for answer in answers], drawn)
            for index in tied:
                found[index] += 1 / (len(tied) * len(orders))
        return found

    return chances
