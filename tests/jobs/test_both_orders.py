"""`--both-orders` with models that see an order: both are asked, and a verdict that follows the place is found out."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from reward_agent.agent import RewardAgent
from reward_agent.benchmarks.scoring import compare_pairs
from reward_agent.jobs.judging import judge_all, read_judgments, scores_by_order
from reward_agent.judge.model import ModelJudger
from reward_agent.judge.weighted import WeightedJudger
from reward_agent.prefer.model import PairwiseModel
from reward_agent.protocols import ChatModel
from reward_agent.testing import FixedEvidence, ScoringVerifier, agent_of
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Candidate, ChatRequest, Comparison, Completion, LabeledSample, Message, Passage, Usage
from reward_agent.verify.factuality.pairwise import PairedDifferences
from reward_agent.verify.factuality.verifier import FactualityVerifier

EVEN = ScoringVerifier("even", lambda text: 0.5)
EVIDENCE = FixedEvidence({"q": [Passage(text="Something.")]})
FIRST = '{"reason": "first", "better": "A"}'
FIXED = {
    "judge.compare": FIRST,
    "prefer.pair": FIRST,
    "factuality.differences": '{"differences": [{"difference": "d", "query": "q"}]}',
    "factuality.ratings": '{"reason": "first", "A": 9, "B": 2}',
}


class FirstWins:
    """Likes what it is shown first, whatever it says."""

    async def complete(self, request: ChatRequest) -> Completion:
        return Completion(text=FIXED[request.purpose], usage=Usage(calls=1))


def judge(chat: ChatModel) -> RewardAgent:
    return agent_of(verifiers=[EVEN], judger=ModelJudger(chat=chat))


def preference(chat: ChatModel) -> RewardAgent:
    return agent_of(preference_models=[PairwiseModel(name="taste", chat=chat)])


def pairs(chat: ChatModel) -> RewardAgent:
    verifier = FactualityVerifier(way=PairedDifferences(chat=chat, evidence=EVIDENCE))
    return agent_of(verifiers=[verifier], judger=WeightedJudger())


def compared(agent: RewardAgent, path: Path) -> Sequence[Comparison]:
    labeled = [
        LabeledSample.pair(
            id=f"sample-{number}",
            prompt=(Message(role="user", content=f"Describe the quiet harbour number {number}."),),
            chosen=Candidate(text=f"The quiet harbour number {number} is wide."),
            rejected=Candidate(text="There are ships."),
            subset="all",
        )
        for number in range(20)
    ]
    samples = [one.sample for one in labeled]
    asyncio.run(judge_all(agent, samples, path, both_orders=True, concurrency=4))
    return compare_pairs(labeled, scores_by_order(samples, read_judgments(path), both_orders=True))


@pytest.mark.parametrize("make", [judge, preference, pairs], ids=lambda make: str(make.__name__))
def test_a_verdict_that_follows_the_place_flips_on_every_pair_and_wins_nothing(
    make: Callable[[ChatModel], RewardAgent], tmp_path: Path
) -> None:
    comparisons = compared(make(FirstWins()), tmp_path / "journal.jsonl")
    assert all(comparison.flipped for comparison in comparisons)
    assert {comparison.credit for comparison in comparisons} == {0.5}


@pytest.mark.parametrize("make", [judge, preference])
def test_a_verdict_that_follows_the_text_does_not_flip(
    make: Callable[[ChatModel], RewardAgent], tmp_path: Path
) -> None:
    comparisons = compared(make(SimulatedChat()), tmp_path / "journal.jsonl")
    assert not any(comparison.flipped for comparison in comparisons)
    assert {comparison.credit for comparison in comparisons} == {1.0}


def test_in_one_order_a_model_that_follows_the_place_is_right_by_chance_alone(tmp_path: Path) -> None:
    labeled = [
        LabeledSample.pair(
            id=f"sample-{number}",
            prompt=(Message(role="user", content="Say hi."),),
            chosen=Candidate(text=f"Hi {number}"),
            rejected=Candidate(text=f"No {number}"),
            subset="all",
        )
        for number in range(200)
    ]
    samples = [one.sample for one in labeled]
    path = tmp_path / "journal.jsonl"
    asyncio.run(judge_all(judge(FirstWins()), samples, path, both_orders=False, concurrency=8))
    comparisons = compare_pairs(labeled, scores_by_order(samples, read_judgments(path), both_orders=False))
    assert 0.4 < sum(comparison.credit for comparison in comparisons) / 200 < 0.6
