"""The application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from reward_agent.build import open_agent
from reward_agent.config import Settings
from reward_agent.service.wire import BatchRequest, FailureOut, SampleIn, ScoreOut, ScoreReply
from reward_agent.together import together
from reward_agent.types import Candidate, Judgment, Message, Sample


def create_app(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_agent(settings, eager=True) as agent:
            app.state.agent = agent
            yield

    app = FastAPI(title="RewardAgent", lifespan=lifespan)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/v1/score")
    async def score(request: BatchRequest) -> ScoreReply:
        samples = [sample_of(sample, place) for place, sample in enumerate(request.samples)]
        judgments = await together(*(app.state.agent.judge(sample) for sample in samples))
        return ScoreReply(results=[scored(judgment) for judgment in judgments])

    return app


def sample_of(given: SampleIn, place: int) -> Sample:
    turns = given.prompt
    prompt = (
        (Message(role="user", content=turns),)
        if isinstance(turns, str)
        else tuple(Message(role=turn.role, content=turn.content) for turn in turns)
    )
    candidates = tuple(
        Candidate(text=c) if isinstance(c, str) else Candidate(text=c.text, source=c.source) for c in given.candidates
    )
    return Sample(id=given.id or f"sample-{place}", prompt=prompt, candidates=candidates)


def scored(judgment: Judgment) -> ScoreOut:
    decision = judgment.decision
    return ScoreOut(
        id=judgment.sample_id,
        status="scored" if decision else "failed" if judgment.failures else "abstained",
        scores=list(decision.scores) if decision else None,
        signals={s.name: [v.score for v in s.verdicts] for s in judgment.signals},
        failures=[FailureOut(source=f.source, kind=f.kind, error=f.error) for f in judgment.failures],
    )
