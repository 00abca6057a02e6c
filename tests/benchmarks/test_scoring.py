"""The pair rule, in one order and in both."""

from collections.abc import Sequence

import pytest

from reward_agent.benchmarks.scoring import compare_pairs, pair_comparison
from reward_agent.types import Candidate, LabeledSample, Message, Sample

Orders = Sequence[Sequence[float] | None]


@pytest.mark.parametrize(
    ("orders", "credit", "published", "tied", "flipped"),
    [
        ([(2.0, 1.0)], 1.0, 1.0, False, False),
        ([(1.0, 2.0)], 0.0, 0.0, False, False),
        ([(1.0, 1.0)], 0.5, 0.0, True, False),
        ([(2.0, 1.0), (3.0, 1.0)], 1.0, 1.0, False, False),
        ([(2.0, 1.0), (1.0, 9.0)], 0.5, 0.0, True, True),
        ([(2.0, 1.0), (1.0, 1.0)], 1.0, 1.0, False, True),
        ([(1.0, 2.0), (1.0, 1.0)], 0.0, 0.0, False, True),
        ([(1.0, 1.0), (0.0, 0.0)], 0.5, 0.0, True, False),
        ([None, (2.0, 1.0)], 1.0, 1.0, False, False),
    ],
)
def test_the_sign_of_the_sum_over_the_orders_decides(
    orders: Orders, credit: float, published: float, tied: bool, flipped: bool
) -> None:
    found = pair_comparison(id="a", sample_id="a", subset="s", orders=orders, better=0, worse=1)
    assert (found.credit, found.published, found.tied, found.flipped) == (credit, published, tied, flipped)
    assert found.judged


@pytest.mark.parametrize("orders", [(), [None], [None, None]])
def test_an_unjudged_pair_counts_half_and_is_no_tie(orders: Orders) -> None:
    found = pair_comparison(id="a", sample_id="a", subset="s", orders=orders, better=0, worse=1)
    assert (found.credit, found.published, found.judged, found.tied) == (0.5, 0.0, False, False)


def test_the_better_candidate_need_not_stand_first() -> None:
    sample = Sample.of("question", ["wrong", "right"], id="q")
    labeled = LabeledSample(sample=sample, best=(1,), rest=(0,), subset="s")
    (found,) = compare_pairs([labeled], {"q": [(0.0, 1.0)]})
    assert (found.id, found.credit) == ("q", 1.0)


def test_a_sample_of_several_candidates_is_compared_pair_by_pair() -> None:
    sample = Sample(
        id="q",
        prompt=(Message(role="user", content="?"),),
        candidates=tuple(Candidate(text=text) for text in "abc"),
    )
    labeled = LabeledSample(sample=sample, best=(0,), rest=(1, 2), subset="s")
    found = compare_pairs([labeled], {"q": [(1.0, 0.0, 2.0)]})
    assert [(c.id, c.sample_id, c.credit) for c in found] == [("q/0-1", "q", 1.0), ("q/0-2", "q", 0.0)]


def test_a_sample_without_scores_is_unjudged() -> None:
    labeled = LabeledSample(sample=Sample.of("?", ["a", "b"], id="q"), best=(0,), rest=(1,), subset="s")
    assert not compare_pairs([labeled], {})[0].judged
