"""The flow: route -> verify + prefer -> judge.

    >>> agent = RewardAgent(router=..., verifiers=(...,), preference_models=(...,), judger=...)
    >>> judgment = await agent.judge(sample)

A stage that fails raises `SignalError`; it is recorded as a `Failure` and the rest goes on. A signal can stand although
a part of its work failed: that failure is recorded too. Any other exception is a bug and propagates. A failed router
runs every check and says so. A signal takes part in the decision only where it scored every candidate; with none left
the sample is unjudged, not guessed.
"""

import asyncio
import math
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard, TypeVar

from reward_agent.errors import ConfigError, SignalError
from reward_agent.prompting import metered
from reward_agent.protocols import ExplainedPreference, Judger, PreferenceModel, Router, Verifier
from reward_agent.together import together
from reward_agent.types import Decision, Failure, Judgment, Plan, Sample, Signal, Verdict

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardAgent:
    """A router, any number of verifiers and preference models, and a judger. A stage that is not done `timeout_s` after
    its sample began has failed.

    Raises ConfigError when two signals share a name.
    """

    router: Router
    judger: Judger
    verifiers: tuple[Verifier, ...] = ()
    preference_models: tuple[PreferenceModel, ...] = ()
    timeout_s: float | None = None

    def __post_init__(self) -> None:
        names = Counter([*(v.name for v in self.verifiers), *(p.name for p in self.preference_models)])
        if twice := [name for name, count in names.items() if count > 1]:
            raise ConfigError(
                f"two signals are named {twice[0]!r}; give each verifier and preference model its own name"
            )
        if taken := names.keys() & {"route", "judge"}:
            raise ConfigError(f"a signal cannot be named {taken.pop()!r}, which is a stage; give it another name")

    async def judge(self, sample: Sample) -> Judgment:
        """Everything that could be found out about the sample; a failed stage is in `failures`, never raised."""
        stop_at = None if self.timeout_s is None else asyncio.get_running_loop().time() + self.timeout_s
        with metered() as meter:
            plan = await _attempt("route", self.router.route(sample), stop_at)
            failed_route = (plan,) if isinstance(plan, Failure) else ()
            if isinstance(plan, Failure):
                plan = Plan(checks=tuple(v.name for v in self.verifiers), reason="the router failed: every check runs")
            results = await together(
                *(_attempt(v.name, _verified(v, sample), stop_at) for v in self.verifiers if v.name in plan.checks),
                *(_attempt(p.name, _preferred(p, sample), stop_at) for p in self.preference_models),
            )
            signals = tuple(r for r in results if isinstance(r, Signal))
            usable = [signal for signal in signals if signal.scores is not None]
            decided = _decided(self.judger, sample, usable) if usable else None
            decision = await _attempt("judge", decided, stop_at) if decided is not None else None
            failures = (*failed_route, *results, *(f for signal in signals for f in signal.failures), decision)
        return Judgment(
            sample_id=sample.id,
            plan=plan,
            signals=tuple(replace(signal, failures=()) if signal.failures else signal for signal in signals),
            failures=tuple(f for f in failures if isinstance(f, Failure)),
            decision=decision if isinstance(decision, Decision) else None,
            usage=meter.usage,
            roles=meter.roles,
        )


async def _attempt(source: str, stage: Coroutine[Any, Any, T], stop_at: float | None) -> T | Failure:
    """The stage's result, or what went wrong with it. `stop_at`: by the event loop's clock."""
    try:
        return await (stage if stop_at is None else _in_time(stage, stop_at))
    except SignalError as error:
        return Failure(source=source, kind=error.kind, error=str(error))


class _LateError(SignalError):
    """The sample's time was up."""

    kind = "deadline"


async def _in_time(stage: Coroutine[Any, Any, T], stop_at: float) -> T:
    limit = asyncio.timeout_at(stop_at)
    try:
        async with limit:
            return await stage
    except TimeoutError:
        if not limit.expired():
            raise
        raise _LateError("not done when its sample's time (sample_timeout_s) was up") from None


async def _verified(verifier: Verifier, sample: Sample) -> Signal:
    signal = await verifier.verify(sample)
    _aligned(len(signal.verdicts), sample)
    return signal


async def _preferred(model: PreferenceModel, sample: Sample) -> Signal:
    if _explains(model):
        verdicts = tuple(await model.judge(sample.prompt, sample.responses))
    else:
        scores = [float(score) for score in await model.score(sample.prompt, sample.responses)]
        if not all(math.isfinite(score) for score in scores):
            raise SignalError(f"scores must be finite numbers, got {scores}")
        verdicts = tuple(Verdict(score=score) for score in scores)
    _aligned(len(verdicts), sample)
    return Signal(name=model.name, kind="preference", verdicts=verdicts)


def _explains(model: PreferenceModel) -> TypeGuard[ExplainedPreference]:
    """What `isinstance` would say, which for a protocol takes longer than a small model does over an answer."""
    return hasattr(model, "judge")


async def _decided(judger: Judger, sample: Sample, signals: Sequence[Signal]) -> Decision:
    decision = await judger.decide(sample, signals)
    _aligned(len(decision.scores), sample)
    return decision


def _aligned(count: int, sample: Sample) -> None:
    """A stage that answers for fewer or more candidates than it was given cannot be aligned, so it failed."""
    if count != len(sample.candidates):
        raise SignalError(f"expected a result for each of {len(sample.candidates)} candidates, got {count}")
