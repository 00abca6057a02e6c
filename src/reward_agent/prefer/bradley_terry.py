"""Strengths from comparisons: the Bradley-Terry model, in which a beats b with the odds exp(strength_a - strength_b).

Strengths are in logits by construction, and 0 is an average candidate. One win and one loss against such a candidate
are added to everybody, so that who won all its comparisons gets a finite strength, and a larger one the more it won.
"""

import math
from collections.abc import Mapping, Sequence

ROUNDS = 200
CLOSE_ENOUGH = 1e-10
DIGITS = 9
"""Beyond these only the order of the sums speaks, and equal records are to be equal strengths."""


def strengths(count: int, wins: Mapping[tuple[int, int], float]) -> Sequence[float]:
    """The strength of each of `count` candidates; `wins[a, b]` is how often a beat b, half a win for a tie.

    The maximum of the likelihood, by the MM algorithm (Hunter, 2004).
    """
    won = [1.0] * count
    games: dict[tuple[int, int], float] = {}
    for (winner, loser), number in wins.items():
        won[winner] += number
        pair = (min(winner, loser), max(winner, loser))
        games[pair] = games.get(pair, 0.0) + number
    odds = [1.0] * count
    for _ in range(ROUNDS):
        share = [2 / (one + 1) for one in odds]  # the two added games, against odds of 1
        for (first, second), number in games.items():
            expected = number / (odds[first] + odds[second])
            share[first] += expected
            share[second] += expected
        updated = [w / s for w, s in zip(won, share, strict=True)]
        change = max(abs(math.log(new / old)) for new, old in zip(updated, odds, strict=True))
        odds = updated
        if change < CLOSE_ENOUGH:
            break
    return [round(math.log(one), DIGITS) for one in odds]
