"""What is asked of an agent, what comes back, and how an agent does it."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Protocol

from pydantic import TypeAdapter

from reward_agent.agent import RewardAgent
from reward_agent.judge.weighted import WeightedJudger
from reward_agent.route.every import EveryCheckRouter
from reward_agent.service.judges.sandbox_time import Stopwatch
from reward_agent.types import Judgment, Sample, Verdict

JUDGMENT = TypeAdapter(Judgment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One sample. `checks`: the verifiers to run and nothing else, by name; `verify_only`: those that the router picks
    and nothing else. `whole`: with every finding, as JSON. `timeout_s`: what is not done by then has failed."""

    sample: Sample
    checks: tuple[str, ...] | None = None
    verify_only: bool = False
    whole: bool = False
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The judgment without its findings, which are heavy; with them in `document`, as JSON, where they were asked for.
    `judge_s`: from start to end; `sandbox_s`: each wait for the sandbox since the last report, whoever waited."""

    judgment: Judgment
    document: bytes | None = None
    judge_s: float = 0.0
    sandbox_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The signals an agent has, by name."""

    verifiers: tuple[str, ...]
    preference_models: tuple[str, ...]


class JudgingError(Exception):
    """A sample could not be judged at all: its worker was lost twice, or met a bug. `kind` is a stable word."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Judges(Protocol):
    """Whoever judges samples away from the event loop."""

    @property
    def offer(self) -> Offer:
        """The signals there are."""
        ...

    @property
    def capacity(self) -> int:
        """Samples that are judged at once; more wait outside."""
        ...

    @property
    def alive(self) -> int:
        """Workers that can judge now."""
        ...

    @property
    def restarts(self) -> int:
        """Workers that were lost and replaced."""
        ...

    async def judge(self, job: Job) -> Done:
        """Raises JudgingError. Whoever is cancelled stops the work behind it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An agent at work."""

    agent: RewardAgent
    stopwatch: Stopwatch = field(default_factory=Stopwatch)

    @property
    def offer(self) -> Offer:
        """The agent's signals."""
        return Offer(
            verifiers=tuple(verifier.name for verifier in self.agent.verifiers),
            preference_models=tuple(model.name for model in self.agent.preference_models),
        )

    async def done(self, job: Job) -> Done:
        """Never raises but for bugs."""
        began = perf_counter()
        judgment = await _agent_for(self.agent, job).judge(job.sample)
        if job.verify_only or job.checks is not None:
            judgment = replace(judgment, decision=None)  # of signals alone: their sum is the caller's affair
        return Done(
            judgment=_light(judgment),
            document=JUDGMENT.dump_json(judgment) if job.whole else None,
            judge_s=perf_counter() - began,
            sandbox_s=self.stopwatch.taken(),
        )


def _agent_for(agent: RewardAgent, job: Job) -> RewardAgent:
    limits = [limit for limit in (agent.timeout_s, job.timeout_s) if limit is not None]
    agent = replace(agent, timeout_s=min(limits, default=None))
    if job.checks is None and not job.verify_only:
        return agent
    verifiers = tuple(v for v in agent.verifiers if job.checks is None or v.name in job.checks)
    router = agent.router if job.checks is None else EveryCheckRouter(checks=job.checks)
    return replace(agent, router=router, verifiers=verifiers, preference_models=(), judger=WeightedJudger())


def _light(judgment: Judgment) -> Judgment:
    signals = tuple(
        replace(signal, verdicts=tuple(Verdict(score=verdict.score) for verdict in signal.verdicts), notes=())
        for signal in judgment.signals
    )
    return replace(judgment, signals=signals)


def told_bug(error: BaseException) -> str:
    """Where a bug struck, without the error's own words, which may quote a prompt."""
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)[-6:]
    places = " < ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames))
    return f"{type(error).__name__} at {places or 'an unknown place'}"
