"""Nothing holds the event loop for long: while many requests are served, each round of the loop stays short."""

import asyncio
import json
from time import thread_time
from typing import Any

from reward_agent.service.app import Service
from reward_agent.service.judges import Done, Job
from reward_agent.types import Decision, Judgment, Plan
from tests.service.doubles import LoopJudges, a_service

BODY = json.dumps(
    {"samples": [{"prompt": f"Prompt {n}.", "candidates": [f"answer {k} " * 20 for k in range(16)]} for n in range(8)]}
).encode()


class Elsewhere(LoopJudges):
    """Judges that take no time of this loop's, as those in other processes do."""

    async def judge(self, job: Job) -> Done:
        await asyncio.sleep(0)
        scores = tuple(float(len(text)) for text in job.sample.responses)
        plan = Plan(checks=(), reason="a test double")
        return Done(judgment=Judgment(sample_id=job.sample.id, plan=plan, decision=Decision(scores=scores, reason="")))


async def asked(service: Service) -> None:
    statuses: list[int] = []
    body = [{"type": "http.request", "body": BODY, "more_body": False}]

    async def receive() -> Any:
        return body.pop() if body else await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/v1/score", "headers": headers, "query_string": b""}
    await service.door({**scope, "http_version": "1.1", "scheme": "http", "root_path": ""}, receive, send)
    assert statuses == [200]


def longest_round_s(requests: int) -> float:
    """The longest round of the loop in CPU seconds of its thread, which other processes do not lengthen."""

    async def go() -> float:
        service = a_service(Elsewhere(capacity=64), queue=100_000)
        await asked(service)  # what is made once is made now
        asking = asyncio.gather(*(asked(service) for _ in range(requests)))
        longest, before = 0.0, thread_time()
        while not asking.done():
            await asyncio.sleep(0)
            now = thread_time()
            longest, before = max(longest, now - before), now
        await asking
        return longest

    return asyncio.run(go())


def test_thirty_two_requests_hold_the_loop_hardly_longer_than_one() -> None:
    one = min(longest_round_s(1) for _ in range(3))
    many = min(longest_round_s(32) for _ in range(3))
    assert many < 20 * one, (one, many)
