"""How long written checkers took in the sandbox, waits for their turn included."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from reward_agent.protocols import Sandbox
from reward_agent.types import Outcome
from reward_agent.verify.instructions.checker import Lint

AT_MOST = 1000  # times kept until somebody takes them


@dataclass(slots=True, kw_only=True)
class Stopwatch:
    """Times in seconds, until they are taken."""

    _times: list[float] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Times the block."""
        began = perf_counter()
        try:
            yield
        finally:
            if len(self._times) < AT_MOST:
                self._times.append(perf_counter() - began)

    def taken(self) -> tuple[float, ...]:
        """The times since the last call."""
        times, self._times = tuple(self._times), []
        return times


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedSandbox:
    """A sandbox that is timed."""

    sandbox: Sandbox
    stopwatch: Stopwatch

    async def run(self, checker: str, responses: Sequence[str]) -> Sequence[Outcome]:
        """See `Sandbox`."""
        with self.stopwatch.running():
            return await self.sandbox.run(checker, responses)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedLintingSandbox(TimedSandbox):
    """The same where the sandbox can read a checker before it is run."""

    lint: Lint

    async def admit(self, checker: str) -> Sequence[str]:
        """See `Lint`."""
        return await self.lint.admit(checker)


def timed(sandbox: Sandbox, stopwatch: Stopwatch) -> TimedSandbox:
    """The sandbox with a stopwatch, and with its lint where it has one."""
    if isinstance(sandbox, Lint):
        return TimedLintingSandbox(sandbox=sandbox, stopwatch=stopwatch, lint=sandbox)
    return TimedSandbox(sandbox=sandbox, stopwatch=stopwatch)
