"""Who waits for what: calls of many callers become batches of one checker, and batches' codes become outcomes.

Responses that wait for the same checker share a batch, also those of several callers; the checkers take turns. What
one caller's response can do to another's in such a batch (forge its answers, or use up its two timeouts) is undone
here: the others are put back and run again on their own.
"""

from asyncio import Future
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reward_agent.sandbox.jail import frames
from reward_agent.types import Outcome

MAX_BATCH = 64  # responses a batch: enough to make a fork cheap, few enough to spread over the workers
MAX_BATCH_BYTES = 16 * 2**20
_TIMEOUTS = 2  # of one call; the rest of it is not run

OUTCOMES = {
    frames.TRUE: Outcome.TRUE,
    frames.FALSE: Outcome.FALSE,
    frames.NOT_A_BOOL: Outcome.NOT_A_BOOL,
    frames.EXCEPTION: Outcome.EXCEPTION,
    frames.NO_FUNCTION: Outcome.NO_FUNCTION,
    frames.MEMORY: Outcome.MEMORY,
    frames.TIMEOUT: Outcome.TIMEOUT,
    frames.CRASH: Outcome.CRASH,
    frames.VIOLATION: Outcome.VIOLATION,
    frames.NOT_RUN: Outcome.NOT_RUN,
}
_SPREADS = frozenset({Outcome.VIOLATION, Outcome.NOT_RUN})


@dataclass(eq=False, slots=True, kw_only=True)
class Call:
    """One caller's wish. `responses` is None for a lint, whose result is text."""

    source: str
    responses: Sequence[str] | None
    done: "Future[list[Outcome] | str]"
    waiting: deque[int] = field(default_factory=deque)
    outcomes: list[Outcome] = field(default_factory=list)
    unanswered: int = 0
    alone: bool = False  # once others have spoilt its batch, it shares none

    def fail(self, error: Exception) -> None:
        """Tells the caller, unless it has gone."""
        if not self.done.done():
            self.done.set_exception(error)


@dataclass(slots=True, kw_only=True)
class Batch:
    """What a worker is asked at once: one checker and the responses of one or more calls."""

    source: bytes
    parts: list[tuple[Call, list[int]]] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    attempts: int = 0

    @property
    def is_lint(self) -> bool:
        """Whether this is a wish for a lint, which is always alone."""
        return self.parts[0][0].responses is None

    def fail(self, error: Exception) -> None:
        """Tells every caller."""
        for call, _ in self.parts:
            call.fail(error)


class Waiting:
    """The calls that wait, by checker."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[Call]] = {}

    def __bool__(self) -> bool:
        return bool(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return (call for calls in self._calls.values() for call in calls)

    def add(self, call: Call) -> None:
        self._calls.setdefault(call.source, deque()).append(call)

    def clear(self) -> None:
        self._calls.clear()

    def next_batch(self) -> Batch | None:
        """As many waiting responses of one checker as a batch takes; None where their callers are all gone."""
        source = next(iter(self._calls))
        calls = self._calls.pop(source)
        batch = Batch(source=utf8(source))
        size = 0
        while calls and len(batch.texts) < MAX_BATCH and size < MAX_BATCH_BYTES:
            call = calls[0]
            if call.done.done():  # its caller is gone, or it has failed
                calls.popleft()
                continue
            if batch.parts and (call.alone or batch.parts[0][0].alone):
                break
            if call.responses is None:
                batch.parts.append((calls.popleft(), []))
                break
            size += _take(call, batch, MAX_BATCH_BYTES - size)
            if not call.waiting:
                calls.popleft()
        if calls:
            self._calls[source] = calls
        return batch if batch.parts else None

    def settle(self, batch: Batch, codes: bytes) -> None:
        """Gives every call its outcomes, or puts back what another call's response spoilt."""
        start = 0
        for call, indexes in batch.parts:
            outcomes = [OUTCOMES[code] for code in codes[start : start + len(indexes)]]
            start += len(indexes)
            if len(batch.parts) > 1 and not _SPREADS.isdisjoint(outcomes):
                self._put_back(call, indexes)
                continue
            for index, outcome in zip(indexes, outcomes, strict=True):
                call.outcomes[index] = outcome
            call.unanswered -= len(indexes)
            if call.outcomes.count(Outcome.TIMEOUT) >= _TIMEOUTS:
                call.unanswered -= len(call.waiting)  # of another batch of the same call: they stay "not run"
                call.waiting.clear()
            if not call.unanswered and not call.done.done():
                call.done.set_result(call.outcomes)

    def _put_back(self, call: Call, indexes: Sequence[int]) -> None:
        call.waiting.extendleft(reversed(indexes))
        queued = self._calls.get(call.source, ())
        call.alone = True
        if call not in queued:
            self.add(call)


def settle_lint(call: Call, text: bytes) -> None:
    """Gives a caller the lint's words; what cannot be printed is left out."""
    if text[:1] == b"\0":
        ending = OUTCOMES.get(text[1], Outcome.CRASH)
        reasons = f"line 0: reading it ended in: {ending}"
    else:
        reasons = "".join(c if c.isprintable() or c == "\n" else "?" for c in text.decode("utf-8", "replace"))
    if not call.done.done():
        call.done.set_result(reasons)


def utf8(text: str) -> bytes:
    """UTF-8 of any text, also of lone surrogates."""
    return text.encode("utf-8", "surrogatepass")


def _take(call: Call, batch: Batch, bytes_left: int) -> int:
    """Moves responses from the call into the batch; the bytes they have. At least one is moved."""
    assert call.responses is not None
    taken: list[int] = []
    size = 0
    while call.waiting and len(batch.texts) < MAX_BATCH and (size < bytes_left or not taken):
        index = call.waiting.popleft()
        text = utf8(call.responses[index])
        batch.texts.append(text)
        taken.append(index)
        size += len(text)
    batch.parts.append((call, taken))
    return size
