import asyncio
import logging
import pickle
from typing import Any

import pytest

from reward_agent.clients.trl import AsyncRewardAgent, RewardAgent, RewardServiceError
from tests.clients.conftest import loaded
from tests.clients.faulty import Fault, FaultyService


def turns(*contents: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": content} for content in contents]


def test_rewards_follow_the_order_of_the_completions(service: FaultyService) -> None:
    reward = loaded("trl").RewardAgent()

    assert reward(prompts=["p", "q", "p"], completions=["a", "bb", "ccc"], trainer_state=None) == [1.0, 2.0, 3.0]


def test_all_rollouts_of_a_prompt_travel_together(service: FaultyService) -> None:
    prompts = [f"prompt {place % 10}" for place in range(200)]

    RewardAgent()(prompts=prompts, completions=["x"] * 200)

    assert len(service.bodies) == 4
    seen: dict[str, int] = {}
    for request, body in enumerate(service.bodies):
        assert len(body["rollouts"]) <= 64
        for rollout in body["rollouts"]:
            assert seen.setdefault(rollout["prompt"][0]["content"], request) == request


def test_conversations_are_judged_by_their_last_assistant_turn(service: FaultyService) -> None:
    completion: list[dict[str, Any]] = [
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": "12 degrees"},
        {"role": "assistant", "content": [{"type": "text", "text": "cold"}]},
    ]

    rewards = RewardAgent()(
        prompts=[[{"role": "developer", "content": "Short."}, *turns("How warm?")]], completions=[completion]
    )

    assert rewards == [4.0]
    assert service.bodies[0]["rollouts"] == [
        {
            "prompt": [{"role": "system", "content": "Short."}, {"role": "user", "content": "How warm?"}],
            "response": "cold",
        }
    ]


def test_what_is_no_text_has_no_reward_and_the_rest_has(
    service: FaultyService, caplog: pytest.LogCaptureFixture
) -> None:
    picture = [{"type": "image", "image": "..."}, {"type": "text", "text": "What is it?"}]

    rewards = RewardAgent()(prompts=[turns(picture), turns("p")], completions=["a cat", "bb"])

    assert rewards == [None, 2.0]
    assert "'image'" in caplog.text


def test_a_failed_group_is_none_and_counted(service: FaultyService) -> None:
    service.failing = ("q",)
    metrics: dict[str, float] = {}

    rewards = RewardAgent(name="verified")(
        prompts=["p", "q", "q", "p"], completions=["a", "b", "c", "d"], log_metric=metrics.__setitem__
    )

    assert rewards == [1.0, None, None, 1.0]
    assert metrics == {"verified/failed": 0.5, "verified/abstained": 0.0, "verified/partial": 0.0}


def test_a_signal_of_its_own_can_be_the_reward(service: FaultyService) -> None:
    assert RewardAgent(signal="instructions")(prompts=["p"], completions=["four"]) == [0.04]
    assert RewardAgent(signal="factuality")(prompts=["p"], completions=["four"]) == [None]


def test_a_service_that_is_down_gives_none_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        rewards = RewardAgent("http://127.0.0.1:9", deadline_s=0.05)(prompts=["p", "p"], completions=["a", "b"])

    assert rewards == [None, None]
    assert "2 rollouts have no reward" in caplog.text


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_token_or_address_stops_the_run(service: FaultyService, status: int) -> None:
    service.faults = [Fault(status=status, text="no")]

    with pytest.raises(RewardServiceError, match=str(status)):
        RewardAgent()(prompts=["p"], completions=["a"])


def test_a_request_that_is_refused_for_one_group_costs_that_group_alone(service: FaultyService) -> None:
    service.faults = [Fault(status=413, text="too long"), Fault(), Fault(status=413, text="too long")]
    service.faults[1] = Fault(text='{"rewards": [1.0], "signals": {}, "groups": [{"rollouts": [0], "failures": []}]}')

    assert RewardAgent()(prompts=["p", "q"], completions=["a", "b"]) == [1.0, None]


@pytest.mark.parametrize(
    "reply",
    [
        [],
        {},
        {"rewards": [1.0]},
        {"rewards": [1.0], "signals": {}, "groups": [{"rollouts": [0], "failures": []}]},
        {"rewards": [1.0, 2.0], "signals": {}, "groups": [{"rollouts": [0], "failures": []}]},
        {"rewards": [1.0, True], "signals": {}, "groups": [{"rollouts": [0, 1], "failures": []}]},
        {"rewards": [1.0, float("nan")], "signals": {}, "groups": [{"rollouts": [0, 1], "failures": []}]},
        {"rewards": [1.0, "2"], "signals": {}, "groups": [{"rollouts": [0, 1], "failures": []}]},
        {"rewards": [1.0, 2.0], "signals": {}, "groups": [{"rollouts": [0, 9], "failures": []}]},
    ],
)
def test_a_reply_that_does_not_fit_is_never_a_reward(service: FaultyService, reply: Any) -> None:
    service.reply = reply

    assert RewardAgent()(prompts=["p", "p"], completions=["a", "b"]) == [None, None]


def test_the_asynchronous_form_gives_the_same(service: FaultyService) -> None:
    reward = AsyncRewardAgent()

    assert asyncio.run(reward(prompts=["p"], completions=["abc"], completion_ids=[[1]])) == [3.0]


def test_no_rollouts_ask_nothing(service: FaultyService) -> None:
    assert RewardAgent()(prompts=[], completions=[]) == []
    assert service.bodies == []


def test_a_reward_function_has_a_name_and_can_be_pickled(service: FaultyService) -> None:
    reward = pickle.loads(pickle.dumps(RewardAgent(name="verified")))

    assert reward.__name__ == "verified"
    assert reward(prompts=["p"], completions=["a"]) == [1.0]
