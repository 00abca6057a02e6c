"""Which pairs of candidates are compared, where comparing all would cost too much."""

from reward_agent.presentation import digest, is_reversed, original_id, shown_order

Pair = tuple[int, int]
"""Two indices of candidates, in the order in which to show them."""


def drawn_pairs(sample_id: str, candidates: int, count: int, *, everyone: bool) -> tuple[Pair, ...]:
    """`count` different pairs, or all there are if these are fewer, drawn by the sample's id.

    With `everyone` the draw begins with pairs that cover every candidate, so that there may be more than `count`.
    Without, each pair is as likely as any other, as published: with n pairs of n candidates some are never drawn. The
    same sample in the opposite order gets the same pairs, each shown the other way round.
    """
    if candidates < 2:
        return ()
    seed = original_id(sample_id)
    order = shown_order(seed, candidates)
    cover = [(order[place], order[(place + 1) % candidates]) for place in range(0, candidates, 2)] if everyone else []
    pairs = [_turned(seed, first, second) for first in range(candidates) for second in range(first)]
    pairs.sort(key=lambda pair: digest(seed, f"{min(pair)} {max(pair)}"))
    unique: dict[frozenset[int], Pair] = {}
    for pair in (*cover, *pairs):
        unique.setdefault(frozenset(pair), pair)
    drawn = tuple(unique.values())[: max(count, len(cover))]
    if is_reversed(sample_id):
        return tuple((candidates - 1 - second, candidates - 1 - first) for first, second in drawn)
    return drawn


def _turned(seed: str, first: int, second: int) -> Pair:
    """The pair in the order in which to show it."""
    turn = digest(seed, f"turn {first} {second}")[0] % 2
    return (second, first) if turn else (first, second)
