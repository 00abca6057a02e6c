import itertools
from collections.abc import Sequence

import pytest

from reward_agent.errors import ConfigError, RunError
from reward_agent.jobs.pairing.rules import Pair, PairRules, Reason
from reward_agent.types import Decision, Failure, Judgment, Plan, Sample, Signal, Verdict

TEXTS = ("a long river", "bread and salt", "old night trains", "maps of the sea", "bees in the garden")


def judged(
    scores: Sequence[float] | None, *, failed: str | None = None, **signals: Sequence[float | None]
) -> tuple[Sample, Judgment]:
    count = len(scores or ()) or 2
    return Sample.of("p", [*TEXTS, *map(str, range(60))][:count], id="s"), Judgment(
        sample_id="s",
        plan=Plan(checks=(), reason=""),
        signals=tuple(
            Signal(name=name, kind="verification", verdicts=tuple(Verdict(score=value) for value in values))
            for name, values in signals.items()
        ),
        failures=(Failure(source=failed, kind="error", error="on purpose"),) if failed else (),
        decision=None if scores is None else Decision(scores=tuple(scores), reason="fixed"),
    )


def pairs(rules: PairRules, scores: Sequence[float]) -> list[tuple[int, int]]:
    return [(pair.chosen, pair.rejected) for pair in rules.pair(*judged(scores)).pairs]


def test_the_highest_is_set_against_the_lowest() -> None:
    assert PairRules().pair(*judged([0.2, 0.9, 0.1])).pairs == (Pair(chosen=1, rejected=2, margin=0.8),)


def test_all_pairs_of_different_scores_come_the_widest_margin_first() -> None:
    assert pairs(PairRules(rule="all"), [0.0, 1.0, 0.75, 0.75][:3]) == [(1, 0), (2, 0), (1, 2)]
    assert pairs(PairRules(rule="all", max_pairs=2), [0.0, 1.0, 0.75]) == [(1, 0), (2, 0)]
    assert len(pairs(PairRules(rule="all"), [1.0, 1.0, 0.0])) == 2


def test_the_best_against_a_lower_one_drawn_by_the_samples_id() -> None:
    rules = PairRules(rule="best-random")
    scores = [0.5, 1.0, 0.25, 0.75, 0.0]
    assert pairs(rules, scores) == pairs(rules, scores)
    assert len(pairs(PairRules(rule="best-random", max_pairs=3), scores)) == 3
    sample, judgment = judged(scores)
    drawn = set()
    for number in range(60):
        other = Sample(id=f"s{number}", prompt=sample.prompt, candidates=sample.candidates)
        (pair,) = rules.pair(other, judgment).pairs
        assert pair.chosen == 1
        drawn.add(pair.rejected)
    assert drawn == {0, 2, 3, 4}


@pytest.mark.parametrize("rule", ["best-worst", "best-random", "all"])
def test_the_order_of_the_candidates_changes_no_pair(rule: str) -> None:
    scores = [1.0, 0.5, 1.0, 0.5, 0.0]
    rules = PairRules(rule=rule)  # type: ignore[arg-type]  # one of three
    expected = None
    for order in itertools.islice(itertools.permutations(range(5)), 0, 120, 7):
        sample, judgment = judged([scores[index] for index in order])
        sample = Sample.of("p", [TEXTS[index] for index in order], id="s")
        found = {
            (sample.responses[pair.chosen], sample.responses[pair.rejected])
            for pair in rules.pair(sample, judgment).pairs
        }
        expected = expected or found
        assert found == expected


def test_what_makes_no_pair_says_why() -> None:
    rules = PairRules()
    sample, judgment = judged([1.0])
    assert rules.pair(sample, judgment).reason == Reason.SINGLE
    assert rules.pair(sample, None).reason == Reason.NOT_JUDGED
    assert rules.pair(*judged([0.5, 0.5])).reason == Reason.ALIKE
    assert rules.pair(*judged(None)).reason == Reason.UNDECIDED
    assert rules.pair(*judged([0.5, 0.5])).pairs == ()


def test_a_margin_that_is_too_small_refuses_a_pair_and_one_that_is_just_reached_does_not() -> None:
    pairing = PairRules(min_margin=0.5).pair(*judged([0.6, 0.2]))
    assert (pairing.pairs, pairing.reason, pairing.refused) == ((), Reason.MARGIN, (Reason.MARGIN,))
    assert PairRules(min_margin=0.5).pair(*judged([0.7, 0.2])).pairs  # 0.7 - 0.2 is a little less than 0.5


def test_the_winner_must_not_lose_on_a_required_signal() -> None:
    rules = PairRules(require=("facts",))
    assert rules.pair(*judged([1.0, 0.0], facts=[0.2, 0.8])).reason == Reason.LOSES
    assert rules.pair(*judged([1.0, 0.0], facts=[0.8, 0.8])).pairs
    assert rules.pair(*judged([1.0, 0.0], facts=[None, 0.8])).pairs
    assert rules.pair(*judged([1.0, 0.0], form=[0.0, 1.0])).pairs
    assert rules.pair(*judged([1.0, 0.0], failed="facts")).reason == Reason.UNVERIFIED


def test_all_pairs_skip_the_refused_ones_and_count_them() -> None:
    rules = PairRules(rule="all", require=("facts",))
    pairing = rules.pair(*judged([1.0, 0.5, 0.0], facts=[0.0, 1.0, 0.5]))
    assert [(pair.chosen, pair.rejected) for pair in pairing.pairs] == [(1, 2)]
    assert pairing.refused == (Reason.LOSES, Reason.LOSES)


def test_near_duplicates_of_a_better_candidate_are_left_out() -> None:
    _, judgment = judged([1.0, 0.0, 0.5])
    same = Sample.of("p", ["the very same words", "The very same  words", "others"], id="s")
    pairing = PairRules().pair(same, judgment)
    assert ([(p.chosen, p.rejected) for p in pairing.pairs], pairing.near_duplicates) == ([(0, 2)], 1)
    kept = PairRules(near_duplicates=None).pair(same, judgment)
    assert [(p.chosen, p.rejected) for p in kept.pairs] == [(0, 1)]
    _, two = judged([1.0, 0.0])
    assert PairRules().pair(Sample.of("p", ["same", "same"], id="s"), two).reason == Reason.DUPLICATES


def test_scores_for_another_number_of_candidates_are_damage() -> None:
    _, judgment = judged([1.0, 0.0])
    with pytest.raises(RunError, match="2 scores for 3 candidates"):
        PairRules().pair(Sample.of("p", ["a", "b", "c"], id="s"), judgment)


@pytest.mark.parametrize(
    "values",
    [
        {"rule": "worst-best"},
        {"min_margin": -1},
        {"min_margin": float("nan")},
        {"near_duplicates": 2},
        {"max_pairs": 0},
    ],
)
def test_a_value_out_of_range_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        PairRules(**values)  # type: ignore[arg-type]  # wrong on purpose
