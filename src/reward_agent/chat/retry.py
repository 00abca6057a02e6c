"""Trying again: a `ChatModel` around a `ChatModel`.

A call that another try may help (rate limit, server error, timeout, lost connection, empty reply) is made again after
a wait that doubles from try to try, with jitter so that callers do not come back together; where the server says how
long to wait, no sooner. `patience_s` bounds it all.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from reward_agent.chat.errors import CallTimeoutError, ChatError
from reward_agent.protocols import ChatModel
from reward_agent.types import ChatRequest, Completion, Usage

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryingChat:
    """`retries`: tries after the first. `patience_s`: for one question with all its tries, waits for a place in
    flight included. `first_wait_s` doubles up to `longest_wait_s`. Raises the last try's error; CallTimeoutError when
    patience ends."""

    model: ChatModel
    retries: int = 5
    patience_s: float = 600.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    sleep: Sleep = asyncio.sleep
    draw: Callable[[], float] = random.random

    async def complete(self, request: ChatRequest) -> Completion:
        """The reply to the first try that succeeds. Usage, also an error's, holds what all tries cost."""
        tries = _Tries()
        limit = asyncio.timeout(self.patience_s)
        try:
            async with limit:
                return await self._tried(request, tries)
        except TimeoutError:
            if not limit.expired():
                raise
            before = f"; the try before failed: {tries.error}" if tries.error is not None else ""
            raise CallTimeoutError(
                f"no reply within chat.NAME.patience_s = {self.patience_s:g} s, all tries together{before}",
                usage=tries.usage,
            ) from None

    async def _tried(self, request: ChatRequest, tries: "_Tries") -> Completion:
        while True:
            try:
                completion = await self.model.complete(request)
            except ChatError as error:
                tries.failed += 1
                tries.error = error
                tries.usage += error.usage
                if not error.retried or tries.failed > self.retries:
                    error.usage = tries.usage
                    raise
                await self.sleep(self._wait_s(tries.failed, error))
            else:
                return replace(completion, usage=completion.usage + tries.usage) if tries.failed else completion

    def _wait_s(self, failed: int, error: ChatError) -> float:
        wait = min(self.first_wait_s * 2.0 ** (failed - 1), self.longest_wait_s)
        return max(wait * (0.5 + self.draw() / 2), error.retry_after_s or 0.0)


@dataclass(slots=True, kw_only=True)
class _Tries:
    failed: int = 0
    usage: Usage = field(default_factory=Usage)
    error: ChatError | None = None
