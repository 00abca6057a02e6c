from typing import Any

import numpy as np
import pytest

from tests.clients.conftest import loaded
from tests.clients.faulty import Fault, FaultyService

KEYS = {"score", "reward_agent_failed", "reward_agent_abstained", "reward_agent_partial"}


@pytest.fixture
def verl() -> Any:
    return loaded("verl")


def test_one_rollout_as_the_naive_manager_asks(service: FaultyService, verl: Any) -> None:
    scored = verl.compute_score(
        data_source="mine", solution_str="four", ground_truth=None, extra_info={"prompt": "p", "num_turns": 2}
    )

    assert scored.keys() == KEYS
    assert scored["score"] == 4.0
    assert scored["reward_agent_failed"] == 0.0


def test_a_batch_as_the_batch_manager_asks(service: FaultyService, verl: Any) -> None:
    scored = verl.compute_score_batch(
        data_sources=np.array(["mine"] * 3, dtype=object),
        solution_strs=["a", "bb", "ccc"],
        ground_truths=[None] * 3,
        extra_infos=np.array([{"prompt": "p"}, {"prompt": "q"}, {"prompt": "p"}], dtype=object),
    )

    assert [row["score"] for row in scored] == [1.0, 2.0, 3.0]
    assert len(service.bodies) == 1


def test_messages_may_come_as_an_array_as_parquet_gives_them(service: FaultyService, verl: Any) -> None:
    prompt = np.array([{"role": "system", "content": "Short."}, {"role": "user", "content": "p"}], dtype=object)

    assert verl.compute_score("mine", "bb", None, {"prompt": prompt})["score"] == 2.0
    assert [turn["role"] for turn in service.bodies[0]["rollouts"][0]["prompt"]] == ["system", "user"]


def test_a_failure_has_the_same_keys_a_flag_and_the_number_that_was_chosen_for_it(
    service: FaultyService, verl: Any
) -> None:
    service.failing = ("q",)
    infos = [{"prompt": "p"}, {"prompt": "q"}]

    scored = verl.compute_score_batch(["mine"] * 2, ["a", "bb"], [None] * 2, infos, no_score=-1.0)

    assert [row.keys() for row in scored] == [KEYS, KEYS]
    assert [row["score"] for row in scored] == [1.0, -1.0]
    assert [row["reward_agent_failed"] for row in scored] == [0.0, 1.0]


def test_a_failure_can_stop_the_run_instead(service: FaultyService, verl: Any) -> None:
    service.failing = ("p",)

    with pytest.raises(verl.RewardServiceError, match="1 of 1"):
        verl.compute_score("mine", "a", None, {"prompt": "p"}, on_failure="raise")


def test_a_wrong_token_always_stops_the_run(service: FaultyService, verl: Any) -> None:
    service.faults = [Fault(status=401, text="no")]

    with pytest.raises(verl.RewardServiceError, match="401"):
        verl.compute_score("mine", "a", None, {"prompt": "p"})


@pytest.mark.parametrize("extra_info", [None, {}, {"prompt": ""}, {"index": 3}])
def test_a_row_without_its_prompt_says_how_to_give_it(service: FaultyService, verl: Any, extra_info: Any) -> None:
    with pytest.raises(ValueError, match=r"extra_info\['prompt'\]"):
        verl.compute_score("mine", "a", None, extra_info)


def test_an_unknown_way_to_fail_is_refused(service: FaultyService, verl: Any) -> None:
    with pytest.raises(ValueError, match='"flag" or "raise"'):
        verl.compute_score("mine", "a", None, {"prompt": "p"}, on_failure="ignore")
