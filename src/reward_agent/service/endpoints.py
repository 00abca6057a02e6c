"""Our own API: /v1/judge, /v1/judge/stream, /v1/score, /v1/signals, /v1/group."""

from collections import Counter as Tally
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from reward_agent.service.counter import Counter
from reward_agent.service.judges import Done, Job
from reward_agent.service.judges.work import JUDGMENT
from reward_agent.service.rollouts import group_reply, grouped
from reward_agent.service.strict import StrictRoute, json_reply
from reward_agent.service.translate import check_something_known, messages_of, sample_of, scored, signalled
from reward_agent.service.wire import (
    BatchRequest,
    GroupReply,
    GroupRequest,
    JudgeRequest,
    SampleIn,
    ScoreReply,
    SignalsReply,
    SignalsRequest,
    StreamEnd,
    StreamLine,
)
from reward_agent.types import Judgment

JSON_LINES = "application/x-ndjson"
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {JSON_LINES: {}}, "description": "StreamLine after StreamLine, and a StreamEnd"}
}


def own_routes(counter: Counter) -> APIRouter:
    """The routes over one counter."""
    routes = APIRouter(prefix="/v1", route_class=StrictRoute, tags=["RewardAgent"])

    @routes.post("/judge", response_model=Judgment)
    async def judge(request: Request, body: JudgeRequest) -> Response:
        """Judge one sample and get everything that was found out about it, as `reward-agent judge --json` prints it."""
        (done,) = await counter.judged(request, [Job(sample=sample_of(body), whole=True)], body.timeout_s)
        check_something_known([done])
        return Response(done.document or JUDGMENT.dump_json(done.judgment), media_type="application/json")

    @routes.post("/judge/stream", response_class=StreamingResponse, responses=STREAM)
    async def judge_stream(request: Request, body: BatchRequest) -> Response:
        """Score samples and get each result as a line of JSON as soon as it is there; the last line counts them."""
        return _streamed(counter, request, body)

    @routes.post("/score", response_model=ScoreReply, responses=STREAM)
    async def score(request: Request, body: BatchRequest) -> Response:
        """Score samples: the judger's scores and each signal's. With `Accept: application/x-ndjson`, as a stream."""
        if JSON_LINES in request.headers.get("accept", ""):
            return _streamed(counter, request, body)
        done = await counter.judged(request, _jobs(body.samples), body.timeout_s)
        check_something_known(done)
        return json_reply(ScoreReply(results=[scored(one) for one in done]))

    @routes.post("/signals")
    async def signals(request: Request, body: SignalsRequest) -> SignalsReply:
        """Verifiable signals alone, to combine with a reward model of one's own."""
        checks = None if body.signals is None else counter.check_verifiers(body.signals)
        jobs = [
            Job(sample=sample_of(sample), checks=checks, verify_only=True, whole=body.findings)
            for sample in body.samples
        ]
        done = await counter.judged(request, jobs, body.timeout_s)
        check_something_known(done)
        return SignalsReply(results=[signalled(one, findings=body.findings) for one in done])

    @routes.post("/group")
    async def group(request: Request, body: GroupRequest) -> GroupReply:
        """Rewards of rollouts: those of one prompt are verified together, as the candidates of one sample."""
        groups = grouped([(rollout.group, messages_of(rollout.prompt), rollout.response) for rollout in body.rollouts])
        done = await counter.judged(request, [Job(sample=one.sample) for one in groups], body.timeout_s)
        check_something_known(done)
        return group_reply(groups, done, len(body.rollouts))

    return routes


def _jobs(samples: Sequence[SampleIn]) -> list[Job]:
    return [Job(sample=sample_of(sample)) for sample in samples]


def _streamed(counter: Counter, request: Request, body: BatchRequest) -> Response:
    """Refusals come before the first byte; a client that goes away ends the stream, and with it the work."""
    results = counter.stream(request, _jobs(body.samples), body.timeout_s)
    return StreamingResponse(_lines(results), media_type=JSON_LINES)


async def _lines(results: AsyncGenerator[tuple[int, Done], None]) -> AsyncIterator[bytes]:
    ended: Tally[str] = Tally()
    async with aclosing(results):
        async for place, done in results:
            line = StreamLine(index=place, **dict(scored(done)))
            ended[line.status] += 1
            yield line.model_dump_json().encode() + b"\n"
    end = StreamEnd(done=ended.total(), scored=ended["scored"], abstained=ended["abstained"], failed=ended["failed"])
    yield end.model_dump_json().encode() + b"\n"
