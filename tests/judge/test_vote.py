import asyncio

import pytest

from reward_agent.judge.vote import VoteJudger
from reward_agent.types import Decision, Sample, Signal, Verdict


def signal(name: str, *scores: float) -> Signal:
    return Signal(name=name, kind="verification", verdicts=tuple(Verdict(score=score) for score in scores))


def decided(*signals: Signal) -> Decision:
    sample = Sample.of("p", ["x"] * len(signals[0].verdicts))
    return asyncio.run(VoteJudger(weights={"factuality": 1.2, "instructions": 1.1}).decide(sample, signals))


def test_a_signal_without_a_weight_has_one_vote() -> None:
    scores = decided(signal("factuality", 1, 0), signal("instructions", 0, 1), signal("rm", 0, 1)).scores
    assert scores == pytest.approx((1.2, 2.1))


def test_candidates_that_share_the_top_split_the_vote() -> None:
    assert decided(signal("rm", 0.5, 0.5, 0.1)).scores == (0.5, 0.5, 0.0)


def test_only_the_order_within_a_signal_matters() -> None:
    assert decided(signal("rm", 0.9, 0.1)).scores == decided(signal("rm", 0.11, 0.1)).scores


def test_the_reason_shows_every_ballot() -> None:
    assert (
        decided(signal("factuality", 1, 0), signal("rm", 1, 1)).reason
        == "votes: factuality (1.2) for 1; rm (1) for 1, 2"
    )
