"""How many calls a server gets at once: a `ChatModel` around a `ChatModel`.

Calls in flight start at `in_flight`. A 429 shrinks them by a fraction, once for all calls that were already under way;
each round of answered calls adds a few back. Other failures shrink nothing: a server that fails is not asked too often.
A Retry-After holds up every caller. Callers wait in the order in which they come; requests and tokens a minute are
kept by `rate.py` where they are set.

One object belongs to one event loop.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from reward_agent.chat.errors import RateLimitError
from reward_agent.chat.rate import Rate
from reward_agent.protocols import ChatModel
from reward_agent.types import ChatRequest, Completion

SHRUNK_TO = 0.7
GROWN_BY = 2.0  # calls, a round


@dataclass(slots=True, kw_only=True, eq=False)
class Gate:
    """Lets callers in one by one. `most`: in flight at once. `requests` and `tokens`: a minute, where limited."""

    most: int
    requests: Rate | None = None
    tokens: Rate | None = None
    allowed: float = 0.0
    inside: int = 0
    _waiting: "deque[_Caller]" = field(default_factory=deque)
    _open_at: float = 0.0
    _shrunk_at: float = float("-inf")
    _timer: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        self.allowed = float(self.most)

    async def enter(self, tokens: int) -> float:
        """Waits for a place; whoever has one must `leave`. Returns when it was given, by the loop's clock."""
        loop = asyncio.get_running_loop()
        caller = _Caller(let_in=loop.create_future(), tokens=tokens)
        self._waiting.append(caller)
        self._admit()
        try:
            return await caller.let_in
        except asyncio.CancelledError:
            if caller.let_in.done() and not caller.let_in.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Gives a place back."""
        self.inside -= 1
        self._admit()

    def answered(self) -> None:
        """A call was answered: a little more is allowed."""
        self.allowed = min(float(self.most), self.allowed + GROWN_BY / self.allowed)

    def limited(self, *, entered_at: float, retry_after_s: float | None) -> None:
        """A call that entered then was told that it is too much."""
        now = asyncio.get_running_loop().time()
        if entered_at > self._shrunk_at:  # those under way at the last shrinking say nothing new
            self.allowed = max(1.0, self.allowed * SHRUNK_TO)
            self._shrunk_at = now
        if retry_after_s:
            self._open_at = max(self._open_at, now + retry_after_s)

    def _admit(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            caller = self._waiting[0]
            if caller.let_in.cancelled():
                self._waiting.popleft()
                continue
            if self.inside >= int(self.allowed):
                return  # whoever leaves admits the next
            now = loop.time()
            wait = max(self._open_at - now, self._rate_wait_s(caller, now))
            if wait > 0:
                if self._timer is None:
                    self._timer = loop.call_later(wait, self._admit_later)
                return
            self._waiting.popleft()
            self._take(caller, now)
            self.inside += 1
            caller.let_in.set_result(now)

    def _admit_later(self) -> None:
        self._timer = None
        self._admit()

    def _rate_wait_s(self, caller: "_Caller", now: float) -> float:
        requests = self.requests.wait_s(1, now) if self.requests is not None else 0.0
        tokens = self.tokens.wait_s(caller.tokens, now) if self.tokens is not None else 0.0
        return max(requests, tokens)

    def _take(self, caller: "_Caller", now: float) -> None:
        if self.requests is not None:
            self.requests.take(1, now)
        if self.tokens is not None:
            self.tokens.take(caller.tokens, now)


@dataclass(slots=True, kw_only=True, eq=False)
class _Caller:
    let_in: "asyncio.Future[float]"
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottledChat:
    """Every call waits at the gate."""

    model: ChatModel
    gate: Gate

    async def complete(self, request: ChatRequest) -> Completion:
        """The model's reply, in its turn."""
        expected = _tokens(request)
        entered_at = await self.gate.enter(expected)
        try:
            completion = await self.model.complete(request)
        except RateLimitError as error:
            self.gate.limited(entered_at=entered_at, retry_after_s=error.retry_after_s)
            raise
        else:
            self.gate.answered()
            if self.gate.tokens is not None:
                self.gate.tokens.give_back(expected - completion.usage.tokens)
            return completion
        finally:
            self.gate.leave()


def _tokens(request: ChatRequest) -> int:
    """What the call may use, before it is known: four characters a token, and the longest replies, as servers count."""
    replies = 1 if request.sampling is None else request.sampling.n
    return sum(len(message.content) for message in request.messages) // 4 + replies * request.max_tokens
