"""Who is picked among the first n candidates of a shuffle, and what that pick is worth.

    order = shuffle_of(sample.id, 0, len(sample.candidates))
    tied = leaders(ranks, order[:8])           # all that share the highest rank: ties are never broken by index
    pick = lot(sample, tied)

Sizes nest: the first 4 of a shuffle are the first 4 of its first 8, so every size is read from one judgment of all.
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
Method = Callable[[Sequence[int]], Sequence[int]]
"""Among the candidates drawn, those that the method holds for the best: one, or all that tie."""

AGENT = "reward agent"
RANDOM = "random"
BEST = "best possible"
MAJORITY = "majority"
ALONE = "{} alone"


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


def chances_of(method: Method, orders: Sequence[Sequence[int]], size: int, count: int) -> list[float]:
    """How likely each of `count` candidates is the method's pick among the first `size` of an order, over the orders
    and over ties."""
    chances = [0.0] * count
    for order in orders:
        tied = method(order[:size])
        for index in tied:
            chances[index] += 1 / (len(tied) * len(orders))
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
    methods: dict[str, Method] = {name: by(way) for name, way in ways.items()}
    if (votes := _votes(sample)) is not None:
        methods[MAJORITY] = votes
    return methods


def by(ranks: Sequence[Rank] | Sequence[float] | None) -> Method:
    """The method that goes by the ranks."""
    return lambda drawn: leaders(ranks, drawn)


def _votes(sample: Sample) -> Method | None:
    """Self-consistency: the answer that most of the drawn give; None where no two candidates give the same."""
    answers = [normalised(final_answer(text)) for text in sample.responses]
    counts = Counter(answer for answer in answers if answer)
    if len(set(sample.responses)) < 2 or max(counts.values(), default=0) < 2:
        return None

    def most_given(drawn: Sequence[int]) -> Sequence[int]:
        given = Counter(answers[index] for index in drawn if answers[index])
        return leaders([float(given[answer]) if answer else 0.0 for answer in answers], drawn)

    return most_given
