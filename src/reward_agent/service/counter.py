"""One request's way through the service: sizes checked, time limited, judged, given up when its client goes away."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from reward_agent.service.judges import Done, Job
from reward_agent.service.limits import checked_size, timeout_of
from reward_agent.service.reception import Reception, unless_gone
from reward_agent.service.refusals import unfit
from reward_agent.service.turns import next_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What every endpoint and every dialect asks."""

    reception: Reception

    async def judged(self, request: Request, jobs: Sequence[Job], timeout_s: float | None = None) -> Sequence[Done]:
        """In order. Raises Refusal."""
        limit_s = self._admitted(request, jobs, timeout_s)
        work = asyncio.ensure_future(self.reception.judged(jobs, timeout_s=limit_s))
        done = await unless_gone(request, work)
        await next_turn()  # the reply is made without a pause
        return done

    def stream(
        self, request: Request, jobs: Sequence[Job], timeout_s: float | None = None
    ) -> AsyncGenerator[tuple[int, Done], None]:
        """Each with its place, as they are done. Raises Refusal, now or before the first."""
        limit_s = self._admitted(request, jobs, timeout_s)
        self.reception.admit(len(jobs))
        return self.reception.as_done(jobs, timeout_s=limit_s)

    def check_verifiers(self, names: Sequence[str]) -> tuple[str, ...]:
        """The names, each once. Raises Refusal for one that is no verifier here."""
        known = self.reception.judges.offer.verifiers
        for name in names:
            if name not in known:
                told = ", ".join(known) or "none: the settings configure no verifier"
                raise unfit(f"there is no verifiable signal {name[:60]!r} here; there are: {told}")
        return tuple(dict.fromkeys(names))

    def _admitted(self, request: Request, jobs: Sequence[Job], timeout_s: float | None) -> float:
        settings = self.reception.settings
        checked_size([job.sample for job in jobs], settings)
        return timeout_of(request, timeout_s, settings)
