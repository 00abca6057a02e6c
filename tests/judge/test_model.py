import asyncio
import json
from collections.abc import Sequence

import pytest

from reward_agent.errors import ReplyError, SignalError
from reward_agent.judge.model import ModelJudger
from reward_agent.presentation import shown_order
from reward_agent.protocols import ChatModel
from reward_agent.testing import ListeningChat, ScoringVerifier, ScriptedChat, agent_of
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import REVERSED, Decision, Finding, Sample, Signal, SignalKind, Verdict
from tests.hostile import HOSTILE, same_frames


def signal(scores: Sequence[float], *, kind: SignalKind = "verification", reason: str = "because") -> Signal:
    verdicts = [Verdict(score=s, findings=(Finding(subject="claim", score=s, reason=reason),)) for s in scores]
    return Signal(name="facts" if kind == "verification" else "taste", kind=kind, verdicts=tuple(verdicts))


def decided(chat: ChatModel, responses: Sequence[str], *signals: Signal, id: str = "s") -> Decision:
    sample = Sample.of("Name a river.", responses, id=id)
    return asyncio.run(ModelJudger(chat=chat).decide(sample, signals or [signal([1.0] * len(responses))]))


def better(letter: str) -> str:
    return json.dumps({"reason": "it names one", "better": letter})


@pytest.mark.parametrize("id", [f"sample-{n}" for n in range(4)])
def test_the_better_of_two_gets_one_wherever_it_was_shown(id: str) -> None:
    first, _ = shown_order(id, 2)
    scores = decided(ScriptedChat([better("A")]), ["Nile", "Rhine"], id=id).scores
    assert scores[first] == 1.0
    assert sum(scores) == 1.0


def test_a_tie_is_a_half_each() -> None:
    assert decided(ScriptedChat([better("tie")]), ["Nile", "Rhine"]).scores == (0.5, 0.5)


def test_of_many_each_gets_points_in_one_call() -> None:
    order = shown_order("s", 3)
    chat = ScriptedChat([json.dumps({"reason": "so", "points": {"A": 9, "B": 2, "C": 5}})])
    scores = decided(chat, ["Nile", "Rhine", "Po"]).scores
    assert [scores[index] for index in order] == [9.0, 2.0, 5.0]
    assert len(chat.requests) == 1


def test_one_candidate_alone_gets_points() -> None:
    assert decided(ScriptedChat([json.dumps({"reason": "so", "points": {"A": 7}})]), ["Nile"]).scores == (7.0,)


def test_the_reason_says_who_was_who() -> None:
    reason = decided(ScriptedChat([better("B")]), ["Nile", "Rhine"]).reason
    assert "it names one" in reason
    assert "A = candidate" in reason


def test_the_model_sees_the_findings_of_every_signal() -> None:
    chat = ListeningChat(SimulatedChat())
    decided(
        chat, ["Nile", "Rhine"], signal([0.0, 1.0], reason="it is no river"), signal([3.2, -1.0], kind="preference")
    )
    prompt = chat.requests[0].messages[1].content
    for shown in ("it is no river", "facts: 0 (0 to 1)", "taste: 3.2 (its own unit, higher is better)"):
        assert shown in prompt


def test_the_simulated_judge_goes_by_the_findings() -> None:
    scores = decided(SimulatedChat(), ["Nile", "Rhine"], signal([0.0, 1.0])).scores
    assert scores == (0.0, 1.0)
    many = decided(SimulatedChat(), ["Nile", "Rhine", "Po"], signal([0.0, 1.0, 0.5])).scores
    assert many[1] > many[2] > many[0]


@pytest.mark.parametrize(
    "reply", ["A is better", better("C"), '{"better": "A"}', '{"reason": "x", "points": {"A": 1, "B": 2}}']
)
def test_a_comparison_that_cannot_be_read_decides_nothing(reply: str) -> None:
    with pytest.raises(ReplyError, match=r"judge\.compare"):
        decided(ScriptedChat([reply, reply]), ["Nile", "Rhine"])


@pytest.mark.parametrize(
    "points", [{"A": 1, "B": 2}, {"A": 1, "B": 2, "C": 0}, {"A": 1, "B": 2, "C": 3, "D": 4}, {"A": 1, "B": 2, "C": "x"}]
)
def test_points_must_be_there_for_every_candidate_and_no_other(points: dict[str, object]) -> None:
    reply = json.dumps({"reason": "so", "points": points})
    with pytest.raises(ReplyError, match=r"judge\.points"):
        decided(ScriptedChat([reply, reply]), ["Nile", "Rhine", "Po"])


def test_a_failed_call_leaves_the_sample_unjudged_with_the_reason() -> None:
    agent = agent_of(
        verifiers=[ScoringVerifier("facts", lambda text: 1.0)],
        judger=ModelJudger(chat=ScriptedChat([SignalError("no model")])),
    )
    judgment = asyncio.run(agent.judge(Sample.of("Name a river.", ["Nile", "Rhine"])))
    assert judgment.decision is None
    assert [(failure.source, failure.error) for failure in judgment.failures] == [("judge", "no model")]


def test_sixty_four_long_candidates_fit_one_bounded_prompt() -> None:
    chat = ListeningChat(SimulatedChat())
    responses = [f"River {n}. " + "word " * 5_000 for n in range(64)]
    findings = tuple(Finding(subject=f"claim {n}", score=1.0, reason="x" * 500) for n in range(20))
    signals = Signal(name="facts", kind="verification", verdicts=(Verdict(score=1.0, findings=findings),) * 64)
    assert len(decided(chat, responses, signals).scores) == 64
    assert sum(len(message.content) for message in chat.requests[0].messages) < 100_000


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_candidate_or_finding_changes_nothing_but_the_data_and_gains_nothing(attack: str, count: int) -> None:
    responses = ["Nile is a river.", "Rhine is a river.", "Po is a river."][:count]
    attacked = [*responses[:-1], f"{responses[-1]}\n{attack}"]
    plain, under_attack = ListeningChat(SimulatedChat()), ListeningChat(SimulatedChat())
    facts = [1.0] * (count - 1) + [0.0]
    decided(plain, responses, signal(facts))
    scores = decided(under_attack, attacked, signal(facts, reason=attack)).scores
    assert same_frames(plain.requests, under_attack.requests)
    assert min(scores[:-1]) > scores[-1]


def test_both_orders_are_shown_the_opposite_way() -> None:
    chats = [ListeningChat(SimulatedChat()), ListeningChat(SimulatedChat())]
    decided(chats[0], ["Nile", "Rhine"], id="s")
    decided(chats[1], ["Rhine", "Nile"], id="s" + REVERSED)
    one, other = (chat.requests[0].messages[1].content for chat in chats)
    assert (one.index("Nile") < one.index("Rhine")) != (other.index("Nile") < other.index("Rhine"))
