"""What every Judger does."""

import asyncio

import pytest

from reward_agent.judge.calibrate import Calibration
from reward_agent.judge.model import ModelJudger
from reward_agent.judge.vote import VoteJudger
from reward_agent.judge.weighted import WeightedJudger
from reward_agent.protocols import Judger
from reward_agent.testing import SumJudger
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Sample, Signal, SignalKind, Verdict

JUDGERS = [
    WeightedJudger(calibrations={"taste": Calibration(centre=0.0, spread=1.0)}),
    VoteJudger(weights={"factuality": 1.2, "instructions": 1.1}),
    ModelJudger(chat=SimulatedChat()),
    SumJudger(),
]


def signal(name: str, scores: list[float], kind: SignalKind = "verification") -> Signal:
    return Signal(name=name, kind=kind, verdicts=tuple(Verdict(score=score) for score in scores))


def scores(judger: Judger, *signals: Signal) -> tuple[float, ...]:
    sample = Sample.of("p", ["x"] * len(signals[0].verdicts))
    decision = asyncio.run(judger.decide(sample, signals))
    assert decision.reason
    return decision.scores


@pytest.mark.parametrize("judger", JUDGERS, ids=lambda judger: type(judger).__name__)
class TestJudger:
    def test_it_is_a_judger(self, judger: Judger) -> None:
        assert isinstance(judger, Judger)

    def test_a_candidate_that_is_better_everywhere_wins(self, judger: Judger) -> None:
        decided = scores(judger, signal("facts", [0.2, 0.9, 0.2]), signal("taste", [1.0, 2.0, -1.0], "preference"))
        assert max(decided) == decided[1]
        assert decided.count(decided[1]) == 1

    def test_equal_signals_are_a_tie(self, judger: Judger) -> None:
        first, second = scores(judger, signal("facts", [0.5, 0.5]), signal("taste", [2.0, 2.0], "preference"))
        assert first == second

    def test_the_order_of_candidates_does_not_matter(self, judger: Judger) -> None:
        facts, taste = [0.0, 1.0, 0.5], [3.0, -2.0, 0.0]
        forward = scores(judger, signal("facts", facts), signal("taste", taste, "preference"))
        backward = scores(judger, signal("facts", facts[::-1]), signal("taste", taste[::-1], "preference"))
        assert backward == pytest.approx(forward[::-1])

    def test_one_candidate_alone_is_legal(self, judger: Judger) -> None:
        assert len(scores(judger, signal("facts", [0.5]))) == 1
