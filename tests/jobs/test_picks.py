import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.jobs.picks import MAJORITY, RANDOM, by, leaders, lot, methods_of, shuffle_of, worth
from reward_agent.types import Sample

SCORES = st.lists(st.integers(0, 3).map(float), min_size=1, max_size=9)


def drawn_often(scores: Sequence[float], size: int, times: int = 4000) -> list[float]:
    """What `by` has in closed form, by drawing."""
    rng, found = random.Random(0), [0.0] * len(scores)
    for _ in range(times):
        tied = leaders(scores, rng.sample(range(len(scores)), min(size, len(scores))))
        found[rng.choice(list(tied))] += 1 / times
    return found


def test_a_shuffle_has_every_candidate_once_and_goes_by_the_samples_id() -> None:
    assert sorted(shuffle_of("a", 0, 9)) == list(range(9))
    assert shuffle_of("a", 0, 9) == shuffle_of("a", 0, 9)
    assert shuffle_of("a", 0, 9) != shuffle_of("b", 0, 9)
    assert shuffle_of("a", 0, 9) != shuffle_of("a", 1, 9)


def test_leaders_are_all_that_share_the_first_place_and_everybody_without_ranks() -> None:
    assert leaders([1.0, 3.0, 3.0, 2.0], [0, 1, 2, 3]) == [1, 2]
    assert leaders([1.0, 3.0, 3.0, 2.0], [0, 3]) == [3]
    assert leaders(None, [2, 0]) == [2, 0]


def test_the_lot_among_ties_knows_no_order() -> None:
    texts = ["red", "green", "blue", "grey"]
    picked = {lot_text(order) for order in (texts, texts[::-1], [*texts[2:], *texts[:2]])}
    assert len(picked) == 1


def lot_text(texts: Sequence[str]) -> str:
    sample = Sample.of("p", texts, id="s")
    return sample.responses[lot(sample, range(len(texts)))]


def test_lots_fall_on_every_place() -> None:
    places = {lot(Sample.of("p", [f"{k}" for k in range(4)], id=f"s{number}"), range(4)) for number in range(60)}
    assert places == {0, 1, 2, 3}


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_the_chances_over_every_order_are_what_drawing_gives(size: int) -> None:
    scores = [0.2, 0.9, 0.9, 0.1, 0.5]
    assert by(scores, 5)(size) == pytest.approx(drawn_often(scores, size), abs=0.04)


@given(scores=SCORES, size=st.integers(1, 12))
def test_chances_sum_to_one_and_equal_ranks_have_equal_chances(scores: list[float], size: int) -> None:
    chances = by(scores, len(scores))(size)
    assert sum(chances) == pytest.approx(1)
    assert len({(score, round(chance, 12)) for score, chance in zip(scores, chances, strict=True)}) == len(set(scores))


@given(scores=SCORES)
def test_a_perfect_scorers_curve_never_falls_and_ends_at_the_best(scores: list[float]) -> None:
    perfect = by(scores, len(scores))
    curve = [worth(perfect(size), scores) for size in range(1, len(scores) + 1)]
    assert all(later >= earlier - 1e-12 for earlier, later in itertools.pairwise(curve))
    assert curve[0] == pytest.approx(sum(scores) / len(scores))
    assert curve[-1] == pytest.approx(max(scores))


@given(scores=SCORES, seed=st.integers(0, 99), size=st.integers(1, 9))
def test_the_worth_of_a_pick_does_not_depend_on_the_order_of_the_candidates(
    scores: list[float], seed: int, size: int
) -> None:
    values = [float(place % 4) for place in range(len(scores))]
    order = random.Random(seed).sample(range(len(scores)), len(scores))
    moved, moved_values = [scores[index] for index in order], [values[index] for index in order]
    here, there = by(scores, len(scores))(size), by(moved, len(scores))(size)
    assert worth(here, values) == pytest.approx(worth(there, moved_values))


def test_without_ranks_everybody_is_as_likely_at_every_size() -> None:
    assert by(None, 4)(1) == by(None, 4)(4) == [0.25] * 4


def test_who_came_further_stands_above_whatever_the_scores() -> None:
    assert by([(0, 9.0), (1, -5.0)], 2)(2) == [0.0, 1.0]


def test_longest_and_shortest_go_by_characters_and_a_model_without_scores_draws() -> None:
    methods = methods_of(Sample.of("p", ["a", "bbb", "cc"], id="s"), None, {"taste": None, "size": [3.0, 1.0, 2.0]})
    assert methods["longest"](3) == [0.0, 1.0, 0.0]
    assert methods["shortest"](3) == [1.0, 0.0, 0.0]
    assert methods["size alone"](3) == [1.0, 0.0, 0.0]
    assert methods["taste alone"](3) == methods[RANDOM](3) == pytest.approx([1 / 3] * 3)


def test_majority_picks_among_those_who_give_the_answer_most_give() -> None:
    texts = ["Paris", "The answer is Rome.", "rome", "Oslo"]
    votes = methods_of(Sample.of("p", texts, id="s"), None, {})[MAJORITY]
    assert votes(4) == pytest.approx([0.0, 0.5, 0.5, 0.0])
    assert votes(1) == [0.25] * 4


def test_there_is_no_majority_where_no_two_give_the_same_or_all_are_one_text() -> None:
    assert MAJORITY not in methods_of(Sample.of("p", ["a1", "b2", "c3"], id="s"), None, {})
    assert MAJORITY not in methods_of(Sample.of("p", ["x", "x"], id="s"), None, {})
