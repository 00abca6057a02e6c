"""Our own API."""

import asyncio
import json
from typing import Any

import pytest

from reward_agent.service.judges import JudgingError
from reward_agent.testing import BrokenPreference, BrokenVerifier, ScoringVerifier, agent_of
from tests.service.doubles import SAMPLE, HeldVerifier, LoopJudges, a_service, an_agent, asked, client_of


def test_scores_are_aligned_and_come_with_each_signals_own() -> None:
    reply = asked("POST", "/v1/score", json={"samples": [SAMPLE]})
    assert reply.status_code == 200
    assert reply.json()["results"] == [
        {
            "id": "s",
            "status": "scored",
            "scores": [12.0, 4.0],
            "signals": {"instructions": [1.0, 0.0], "length": [11.0, 4.0]},
            "failures": [],
        }
    ]


def test_judge_replies_the_whole_judgment() -> None:
    judgment = asked("POST", "/v1/judge", json=SAMPLE).json()
    assert judgment["signals"][0]["verdicts"][0]["findings"][0]["reason"] == "by the double's rule"
    assert judgment["decision"]["scores"] == [12.0, 4.0]


def test_signals_ask_no_preference_model_and_sum_nothing() -> None:
    judges = LoopJudges()
    body = {"samples": [SAMPLE], "signals": ["instructions"], "findings": True}
    (result,) = asked("POST", "/v1/signals", service=a_service(judges), json=body).json()["results"]
    assert result["signals"] == {"instructions": [1.0, 0.0]}
    assert result["findings"]["instructions"][1][0]["score"] == 0.0


def test_an_unknown_signal_is_refused_with_those_there_are() -> None:
    reply = asked("POST", "/v1/signals", json={"samples": [SAMPLE], "signals": ["length"]})
    assert reply.status_code == 422
    assert "there are: instructions" in reply.json()["detail"]


def test_a_failed_signal_is_told_and_what_is_known_stands() -> None:
    judges = LoopJudges(
        agent=agent_of(verifiers=[ScoringVerifier("instructions", lambda text: 1.0), BrokenVerifier("facts")])
    )
    reply = asked("POST", "/v1/score", service=a_service(judges), json={"samples": [SAMPLE]})
    (result,) = reply.json()["results"]
    assert reply.status_code == 200
    assert result["scores"] == [1.0, 1.0]
    assert result["failures"] == [{"source": "facts", "kind": "error", "error": "facts is broken on purpose"}]


@pytest.mark.parametrize("path", ["/v1/score", "/v1/signals", "/v1/judge", "/v1/group"])
def test_where_nothing_is_known_the_answer_is_503(path: str) -> None:
    judges = LoopJudges(agent=agent_of(verifiers=[BrokenVerifier("instructions")]))
    rollouts = {"rollouts": [{"prompt": "p", "response": "r"}]}
    body = {"/v1/judge": SAMPLE, "/v1/group": rollouts}.get(path, {"samples": [SAMPLE]})
    reply = asked("POST", path, service=a_service(judges), json=body)
    assert reply.status_code == 503
    assert reply.headers["retry-after"] == "1"
    assert reply.json()["failures"][0]["source"] == "instructions"


def test_an_abstention_is_no_failure_and_has_no_score() -> None:
    judges = LoopJudges(agent=agent_of(verifiers=[ScoringVerifier("instructions", lambda text: None)]))
    reply = asked("POST", "/v1/score", service=a_service(judges), json={"samples": [SAMPLE]})
    (result,) = reply.json()["results"]
    assert (reply.status_code, result["status"], result["scores"]) == (200, "abstained", None)


def test_rollouts_of_one_prompt_are_one_sample_and_rewards_keep_their_order() -> None:
    judges = LoopJudges()
    rollouts = [
        {"prompt": "a", "response": "please"},
        {"prompt": "b", "response": "no"},
        {"prompt": [{"role": "user", "content": "a"}], "response": "never"},
    ]
    reply = asked("POST", "/v1/group", service=a_service(judges), json={"rollouts": rollouts}).json()
    assert [len(job.sample.candidates) for job in judges.jobs] == [2, 1]
    assert reply["rewards"] == [7.0, 2.0, 5.0]
    assert reply["signals"]["instructions"] == [1.0, 0.0, 0.0]
    assert [(group["rollouts"], group["without_variance"]) for group in reply["groups"]] == [
        ([0, 2], False),
        ([1], None),
    ]


def test_a_group_with_two_prompts_is_refused() -> None:
    rollouts = [{"group": "g", "prompt": prompt, "response": "r"} for prompt in "ab"]
    assert asked("POST", "/v1/group", json={"rollouts": rollouts}).status_code == 422


@pytest.mark.parametrize(
    ("path", "headers"), [("/v1/judge/stream", {}), ("/v1/score", {"Accept": "application/x-ndjson"})]
)
def test_a_batch_comes_as_lines_and_a_last_one_that_counts(path: str, headers: dict[str, str]) -> None:
    samples = [{"prompt": f"p{n}", "candidates": ["a" * n]} for n in (1, 2, 3)]
    reply = asked("POST", path, json={"samples": samples}, headers=headers)
    *lines, end = map(json.loads, reply.text.splitlines())
    assert {line["index"]: line["scores"] for line in lines} == {0: [1.0], 1: [2.0], 2: [3.0]}
    assert end == {"done": 3, "scored": 3, "abstained": 0, "failed": 0}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"samples": [', "not JSON"),
        ('{"samples": [], "x": NaN}', "not JSON"),
        ('{"samples": [{"prompt": "\\ud800", "candidates": ["a"]}]}', "not JSON"),
        ("[" * 5000, "not JSON"),
    ],
)
def test_a_body_that_is_no_json_is_told_so(body: str, told: str) -> None:
    reply = asked("POST", "/v1/score", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400
    assert told in reply.json()["detail"]


def test_what_does_not_fit_is_placed_and_not_repeated() -> None:
    secret = "sk-very-secret"
    reply = asked("POST", "/v1/score", json={"samples": [{"prompt": "p", "candidates": [], "key": secret}]})
    assert reply.status_code == 422
    assert "samples.0.candidates" in reply.json()["detail"]
    assert secret not in reply.text


@pytest.mark.parametrize(
    ("limit", "samples"),
    [
        ({"max_samples": 1}, [SAMPLE, SAMPLE]),
        ({"max_candidates": 1}, [SAMPLE]),
        ({"max_chars": 10}, [SAMPLE]),
    ],
)
def test_what_is_too_large_is_refused_with_the_settings_name(limit: dict[str, Any], samples: list[object]) -> None:
    reply = asked("POST", "/v1/score", service=a_service(**limit), json={"samples": samples})
    assert reply.status_code == 422
    assert f"serve.{next(iter(limit))}" in reply.json()["detail"]


def test_a_deadline_keeps_what_is_known_and_stops_the_rest() -> None:
    async def ask() -> None:
        held = HeldVerifier(name="facts")
        agent = agent_of(verifiers=[ScoringVerifier("instructions", lambda text: 0.5), held])
        async with client_of(a_service(LoopJudges(agent=agent))) as client:
            reply = await client.post("/v1/score", json={"samples": [SAMPLE], "timeout_s": 0.05})
        (result,) = reply.json()["results"]
        assert held.stopped.is_set()
        assert result["signals"] == {"instructions": [0.5, 0.5]}
        assert [failure["kind"] for failure in result["failures"]] == ["deadline"]

    asyncio.run(ask())


def test_a_deadline_that_leaves_nothing_is_504() -> None:
    judges = LoopJudges(agent=agent_of(verifiers=[HeldVerifier()]))
    service = a_service(judges)
    reply = asked("POST", "/v1/score", service=service, json={"samples": [SAMPLE]}, headers={"X-Timeout-S": "0.05"})
    assert reply.status_code == 504
    assert service.reception.pending == 0


def test_a_full_line_is_429_with_when_to_come_again() -> None:
    async def ask() -> None:
        held = HeldVerifier()
        service = a_service(LoopJudges(agent=agent_of(verifiers=[held])), queue=1)
        async with client_of(service) as client:
            first = asyncio.create_task(client.post("/v1/score", json={"samples": [SAMPLE]}))
            await held.began.wait()
            second = await client.post("/v1/judge/stream", json={"samples": [SAMPLE]})
            held.let_go.set()
            assert (await first).status_code == 200
            third = await client.post("/v1/score", json={"samples": [SAMPLE]})
        assert second.status_code == 429
        assert int(second.headers["retry-after"]) >= 1
        assert third.status_code == 200

    asyncio.run(ask())


def test_a_lost_worker_is_a_failure_of_the_service() -> None:
    judges = LoopJudges(error=JudgingError("worker lost", "gone"))
    reply = asked("POST", "/v1/score", service=a_service(judges), json={"samples": [SAMPLE]})
    assert reply.status_code == 503
    assert reply.json()["failures"] == [{"source": "service", "kind": "worker lost", "error": "gone"}]


def test_stopping_answers_what_is_under_way_and_takes_nothing_new() -> None:
    async def ask() -> None:
        held = HeldVerifier()
        service = a_service(LoopJudges(agent=agent_of(verifiers=[held])))
        async with client_of(service) as client:
            first = asyncio.create_task(client.post("/v1/score", json={"samples": [SAMPLE]}))
            await held.began.wait()
            service.reception.close()
            assert (await client.post("/v1/score", json={"samples": [SAMPLE]})).status_code == 503
            assert (await client.get("/readyz")).status_code == 503
            assert (await client.get("/healthz")).status_code == 200
            service.reception.stop()
            reply = await first
        assert reply.status_code == 503
        assert reply.json()["failures"][0]["kind"] == "stopping"
        assert held.stopped.is_set()

    asyncio.run(ask())


def test_a_partly_broken_agent_fails_the_dialects_that_cannot_say_so() -> None:
    agent = agent_of(verifiers=an_agent().verifiers, preference_models=[BrokenPreference("taste")])
    service = a_service(LoopJudges(agent=agent))
    assert asked("POST", "/score", service=service, json={"text_1": "p", "text_2": "r"}).status_code == 503
