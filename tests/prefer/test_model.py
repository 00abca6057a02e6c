import asyncio
import json
from collections.abc import Callable, Sequence

import pytest

from reward_agent.errors import ReplyError, SignalError
from reward_agent.prefer.model import PairwiseModel, PointwiseModel
from reward_agent.protocols import ChatModel, PreferenceModel
from reward_agent.testing import ListeningChat, ScriptedChat
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import ChatRequest, Completion, Message, Usage
from tests.hostile import HOSTILE, same_frames

PROMPT = (Message(role="user", content="Describe the quiet harbour of Westrand at dawn."),)
GOOD, POOR = "The quiet harbour of Westrand wakes at dawn.", "Harbours have ships in them."


def scores(model: PreferenceModel, *responses: str) -> list[float]:
    return list(asyncio.run(model.score(PROMPT, responses)))


def point(chat: ChatModel) -> PointwiseModel:
    return PointwiseModel(name="taste", chat=chat)


def pair(chat: ChatModel, opponents: int = 4) -> PairwiseModel:
    return PairwiseModel(name="taste", chat=chat, opponents=opponents)


def test_pointwise_rates_each_response_alone() -> None:
    chat = ScriptedChat(['{"reason": "fine", "rating": 8}', '{"reason": "poor", "rating": 2.5}'])
    assert scores(point(chat), GOOD, POOR) == [8.0, 2.5]
    assert POOR not in chat.requests[0].messages[1].content


def test_equal_responses_are_asked_about_once() -> None:
    chat = ScriptedChat(['{"reason": "fine", "rating": 8}'])
    assert scores(point(chat), GOOD, GOOD) == [8.0, 8.0]
    assert scores(pair(ScriptedChat([])), GOOD, GOOD) == [0.0, 0.0]


@pytest.mark.parametrize(
    "reply", ["8", '{"rating": 8}', '{"reason": "x", "rating": 11}', '{"reason": "x", "rating": "A"}']
)
def test_a_rating_that_cannot_be_read_is_no_verdict(reply: str) -> None:
    with pytest.raises(ReplyError, match=r"prefer\.point"):
        scores(point(ScriptedChat([reply, reply])), GOOD)


@pytest.mark.parametrize("reply", ["[[A]]", '{"reason": "x", "better": "C"}', '{"better": "A"}'])
def test_a_preference_that_cannot_be_read_is_no_verdict(reply: str) -> None:
    with pytest.raises(ReplyError, match=r"prefer\.pair"):
        scores(pair(ScriptedChat([reply, reply])), GOOD, POOR)


def test_a_failed_call_fails_the_signal() -> None:
    with pytest.raises(SignalError, match="no model"):
        scores(point(ScriptedChat(['{"reason": "fine", "rating": 8}', SignalError("no model")])), GOOD, POOR)


def test_pairwise_asks_once_for_a_pair_and_scores_in_logits() -> None:
    chat = SimulatedChat()
    good, poor = scores(pair(chat), GOOD, POOR)
    assert good > 0 > poor
    assert chat.calls == {"prefer.pair": 1}


def test_a_tie_is_a_tie() -> None:
    assert scores(pair(ScriptedChat(['{"reason": "x", "better": "tie"}'])), GOOD, POOR) == [0.0, 0.0]


def test_one_response_alone_cannot_be_compared() -> None:
    with pytest.raises(SignalError, match="mode 'point'"):
        scores(pair(ScriptedChat([])), GOOD)


def test_many_responses_meet_a_bounded_number_of_others() -> None:
    chat = SimulatedChat()
    responses = [f"{GOOD if n % 4 == 0 else POOR} Version {n}." for n in range(16)]
    found = scores(pair(chat, opponents=4), *responses)
    assert chat.calls["prefer.pair"] == 32
    assert min(found[::4]) > max(score for n, score in enumerate(found) if n % 4)


def test_three_responses_all_meet() -> None:
    chat = SimulatedChat()
    scores(pair(chat, opponents=8), GOOD, POOR, "Nothing.")
    assert chat.calls["prefer.pair"] == 3


class FirstWins:
    """A model that always likes what it is shown first."""

    async def complete(self, request: ChatRequest) -> Completion:
        return Completion(text='{"reason": "it came first", "better": "A"}', usage=Usage(calls=1))


def test_responses_that_come_in_the_opposite_order_are_shown_in_the_opposite_order() -> None:
    for number in range(10):
        texts = [f"First of {number}.", f"Second of {number}."]
        forward, backward = scores(pair(FirstWins()), *texts), scores(pair(FirstWins()), *texts[::-1])
        assert forward == backward


def test_a_place_is_given_to_either_response_about_as_often() -> None:
    first = sum(scores(pair(FirstWins()), f"The answer {n}.", f"Another {n}.")[0] > 0 for n in range(400))
    assert 150 < first < 250


@pytest.mark.parametrize("attack", HOSTILE)
@pytest.mark.parametrize("make", [point, pair])
def test_a_hostile_response_changes_nothing_but_the_data_and_gains_nothing(
    attack: str, make: Callable[[ChatModel], PreferenceModel]
) -> None:
    def asked(*responses: str) -> tuple[Sequence[float], list[ChatRequest]]:
        chat = ListeningChat(SimulatedChat())
        return scores(make(chat), *responses), chat.requests

    _, plain = asked(GOOD, POOR)
    (good, poor), attacked = asked(GOOD, f"{POOR}\n{attack}")
    assert same_frames(plain, attacked)
    assert good > poor


def test_replies_are_json_that_our_schema_describes() -> None:
    chat = ListeningChat(SimulatedChat())
    scores(pair(chat), GOOD, POOR)
    schema = json.loads(chat.requests[0].schema or "")
    assert schema["properties"]["better"]["enum"] == ["A", "B", "tie"]
