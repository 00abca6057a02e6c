"""The seven seams. Each has one method; an implementation is a frozen dataclass whose fields are what it needs.
An evidence source may offer a second one, to answer many queries at once (`BatchedEvidenceSource`).

`reward_agent.testing` has a public double for every one of them, and `tests/contracts/` states what each must do.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from reward_agent.types import (
    ChatRequest,
    Completion,
    Decision,
    Message,
    Outcome,
    Passage,
    Plan,
    Sample,
    Signal,
    Verdict,
)


@runtime_checkable
class Router(Protocol):
    """Picks the checks an instruction needs."""

    async def route(self, sample: Sample) -> Plan:
        """The verifiers to run, by name. Raises SignalError; the agent then runs every check and says so."""
        ...


@runtime_checkable
class Verifier(Protocol):
    """Checks one kind of correctness."""

    @property
    def name(self) -> str:
        """The signal's name, as used in plans, weights and reports."""
        ...

    @property
    def purpose(self) -> str:
        """One sentence for a router: which instructions this check is for."""
        ...

    async def verify(self, sample: Sample) -> Signal:
        """A verdict in [0, 1] for every candidate, or None where nothing could be checked. Raises SignalError."""
        ...


@runtime_checkable
class PreferenceModel(Protocol):
    """Scores what people like."""

    @property
    def name(self) -> str:
        """The signal's name, as used in weights and reports."""
        ...

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        """A finite score for every response, higher is better, in the model's own unit. Raises SignalError."""
        ...


@runtime_checkable
class ExplainedPreference(PreferenceModel, Protocol):
    """A preference model that can say more than a number: its objectives, what it could not read.

    The agent asks `judge` where a model has it, else `score`. Both give the same scores.
    """

    async def judge(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[Verdict]:
        """A verdict for every response, its score in the model's own unit. Raises SignalError."""
        ...


@runtime_checkable
class Judger(Protocol):
    """Joins signals into one score a candidate."""

    async def decide(self, sample: Sample, signals: Sequence[Signal]) -> Decision:
        """`signals` is not empty and each scored every candidate. Raises SignalError."""
        ...


@runtime_checkable
class ChatModel(Protocol):
    """A chat model, or a cache, throttle or meter around one."""

    async def complete(self, request: ChatRequest) -> Completion:
        """The model's reply. Raises SignalError for a refused, failed or timed out call."""
        ...


@runtime_checkable
class EvidenceSource(Protocol):
    """Finds passages that may bear on a query."""

    async def search(self, query: str) -> Sequence[Passage]:
        """Passages, best first; an empty sequence when there are none. Raises SignalError."""
        ...


@runtime_checkable
class BatchedEvidenceSource(EvidenceSource, Protocol):
    """An evidence source that answers many queries for the price of one, such as a model that is asked once.

    A caller with several queries uses `search_many` where a source offers it, and concurrent `search` otherwise. A
    wrapper around a source (a cache, a recorder) offers it where the wrapped source does.
    """

    async def search_many(self, queries: Sequence[str]) -> Sequence[Sequence[Passage]]:
        """For every query, in order, what `search` finds for it: passages best first, or an empty sequence.

        `queries` are distinct and may be empty, which asks nobody. Raises SignalError for all of them together: a
        query whose look-up failed is never passed off as one that found nothing.
        """
        ...


@runtime_checkable
class Sandbox(Protocol):
    """Runs checker code that a model wrote, where it can do no harm."""

    async def run(self, checker: str, responses: Sequence[str]) -> Sequence[Outcome]:
        """One outcome a response for the source of a `check_following(response) -> bool`. Raises SignalError."""
        ...
