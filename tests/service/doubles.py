"""Judges on the test's own loop, and a client of the service over them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from reward_agent.agent import RewardAgent
from reward_agent.config.serve import ServeSettings
from reward_agent.service.app import Service, create_service
from reward_agent.service.judges import Done, Job, JudgingError, Offer
from reward_agent.service.judges.work import Desk
from reward_agent.testing import LengthPreference, ScoringVerifier, agent_of
from reward_agent.types import Sample, Signal


def polite(text: str) -> float | None:
    return None if text == "?" else float("please" in text)


def an_agent() -> RewardAgent:
    return agent_of(
        verifiers=[ScoringVerifier("instructions", polite)], preference_models=[LengthPreference(name="length")]
    )


@dataclass(slots=True, kw_only=True)
class LoopJudges:
    agent: RewardAgent = field(default_factory=an_agent)
    capacity: int = 8
    alive: int = 1
    restarts: int = 0
    jobs: list[Job] = field(default_factory=list)
    error: JudgingError | None = None

    @property
    def offer(self) -> Offer:
        return Desk(agent=self.agent).offer

    async def judge(self, job: Job) -> Done:
        self.jobs.append(job)
        if self.error is not None:
            raise self.error
        return await Desk(agent=self.agent).done(job)


@dataclass(slots=True, kw_only=True)
class HeldVerifier:
    """Waits until it is let go; `began` is set when the first sample is there, `stopped` when one was cancelled."""

    name: str = "instructions"
    purpose: str = "a test double"
    began: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def verify(self, sample: Sample) -> Signal:
        self.began.set()
        try:
            await self.let_go.wait()
        except asyncio.CancelledError:
            self.stopped.set()
            raise
        return await ScoringVerifier(self.name, polite).verify(sample)


def a_service(
    judges: LoopJudges | None = None,
    *,
    tokens: Sequence[str] = (),
    clock: Callable[[], float] | None = None,
    **settings: Any,
) -> Service:
    more = {} if clock is None else {"clock": clock}
    serve = ServeSettings(**{"flip_probe": 0.0, **settings})
    return create_service(judges or LoopJudges(), serve, tokens=tokens, **more)


@asynccontextmanager
async def client_of(service: Service, **more: Any) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=service.door)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost", **more) as client:
        yield client


def asked(
    method: str, path: str, *, service: Service | None = None, headers: Any = None, **more: Any
) -> httpx2.Response:
    """One request to a service of its own, or to the one that is given."""

    async def ask() -> httpx2.Response:
        async with client_of(service or a_service()) as client:
            return await client.request(method, path, headers=headers, **more)

    return asyncio.run(ask())


SAMPLE = {"id": "s", "prompt": "Ask kindly.", "candidates": ["please come", "come"]}
