from typing import Any

import pytest

from tests.clients.conftest import loaded
from tests.clients.faulty import Fault, FaultyService


@pytest.fixture
def openrlhf() -> Any:
    return loaded("openrlhf")


def test_rewards_come_as_the_trainer_reads_them(service: FaultyService, openrlhf: Any) -> None:
    given = openrlhf.reward_func(["<s>p</s>ab", "c"], ["<s>p</s>", ""], ["", ""])

    assert given == {"rewards": [10.0, 1.0], "scores": [10.0, 1.0], "extra_logs": {"instructions": 0.5}}
    assert service.bodies[0]["query"] == ["<s>p</s>ab", "c"]
    assert service.bodies[0]["prompts"] == ["<s>p</s>", ""]


def test_connections_are_kept_from_call_to_call(service: FaultyService, openrlhf: Any) -> None:
    for _ in range(4):
        openrlhf.reward_func(["pa"], ["p"], [None])

    assert service.connections == 1


def test_the_deadline_comes_from_the_environment(
    service: FaultyService, openrlhf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REWARD_AGENT_DEADLINE_S", "0.05")
    service.faults = [Fault(status=503) for _ in range(9)]

    with pytest.raises(openrlhf.RewardServiceError, match="503"):
        openrlhf.reward_func(["pa"], ["p"], [None])


@pytest.mark.parametrize(
    "reply", [[], {}, {"rewards": []}, {"rewards": [None]}, {"rewards": [float("nan")]}, {"rewards": "1"}]
)
def test_a_reply_that_does_not_fit_raises(service: FaultyService, openrlhf: Any, reply: Any) -> None:
    service.reply = reply

    with pytest.raises(openrlhf.RewardServiceError, match="/get_reward"):
        openrlhf.reward_func(["pa"], ["p"], [None])
