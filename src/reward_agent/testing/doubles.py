"""The doubles themselves. Each is honest about its protocol (`tests/contracts/` runs over them too): a broken one
raises SignalError, a scripted one that runs out of script raises too, and none of them makes a score up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reward_agent.agent import RewardAgent
from reward_agent.errors import SignalError
from reward_agent.protocols import ChatModel, Judger, PreferenceModel, Router, Verifier
from reward_agent.types import (
    ChatRequest,
    Completion,
    Decision,
    Drawn,
    Finding,
    Message,
    Outcome,
    Passage,
    Plan,
    Sample,
    Sampling,
    Signal,
    Usage,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class FixedRouter:
    """Always the same checks."""

    checks: tuple[str, ...] = ()

    async def route(self, sample: Sample) -> Plan:
        return Plan(checks=self.checks, reason="fixed")


@dataclass(frozen=True, slots=True)
class BrokenRouter:
    """A router that fails."""

    async def route(self, sample: Sample) -> Plan:
        raise SignalError("the router is broken on purpose")


@dataclass(frozen=True, slots=True)
class ScoringVerifier:
    """A verdict from a function of the response's text; None abstains."""

    name: str
    rule: Callable[[str], float | None]
    purpose: str = "a test double"

    async def verify(self, sample: Sample) -> Signal:
        verdicts = []
        for text in sample.responses:
            score = self.rule(text)
            finding = Finding(subject=self.name, score=score, reason="by the double's rule", sources=(text[:20],))
            verdicts.append(Verdict(score=score, findings=(finding,)))
        return Signal(name=self.name, kind="verification", verdicts=tuple(verdicts))


@dataclass(frozen=True, slots=True)
class BrokenVerifier:
    """A verifier that fails."""

    name: str = "broken"
    purpose: str = "a test double"

    async def verify(self, sample: Sample) -> Signal:
        raise SignalError(f"{self.name} is broken on purpose")


@dataclass(frozen=True, slots=True)
class LengthPreference:
    """Likes long responses: the score is the length in characters."""

    name: str = "length"

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        return [float(len(text)) for text in responses]


@dataclass(frozen=True, slots=True)
class BrokenPreference:
    """A preference model that fails."""

    name: str = "broken"

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        raise SignalError(f"{self.name} is broken on purpose")


@dataclass(frozen=True, slots=True)
class SumJudger:
    """The plain sum of all signals."""

    async def decide(self, sample: Sample, signals: Sequence[Signal]) -> Decision:
        columns = zip(*(signal.scores or () for signal in signals), strict=True)
        return Decision(scores=tuple(sum(column) for column in columns), reason="plain sum")


@dataclass(frozen=True, slots=True)
class BrokenJudger:
    """A judger that fails."""

    async def decide(self, sample: Sample, signals: Sequence[Signal]) -> Decision:
        raise SignalError("the judger is broken on purpose")


@dataclass(slots=True)
class ScriptedChat:
    """Gives its `replies` in order and keeps the `requests`; a reply that is an exception is raised."""

    replies: list[str | SignalError]
    requests: list[ChatRequest] = field(default_factory=list)

    async def complete(self, request: ChatRequest) -> Completion:
        self.requests.append(request)
        if not self.replies:
            raise SignalError("the script has no reply left")
        reply = self.replies.pop(0)
        if isinstance(reply, SignalError):
            raise reply
        tokens = sum(len(m.content.split()) for m in request.messages) + len(reply.split())
        return Completion(text=reply, usage=Usage(calls=1, tokens=tokens))


@dataclass(slots=True)
class ListeningChat:
    """Passes every request on to `chat` and keeps it."""

    chat: ChatModel
    requests: list[ChatRequest] = field(default_factory=list)

    async def complete(self, request: ChatRequest) -> Completion:
        self.requests.append(request)
        return await self.chat.complete(request)


@dataclass(slots=True, kw_only=True)
class DrawingChat:
    """Draws answers by a rule from the last turn's text and the answer's seed; at most `most` at a request, as servers
    do that know no `n`. A rule that raises SignalError fails the request. Keeps the `requests`."""

    rule: Callable[[str, int | None], Drawn]
    most: int | None = None
    requests: list[ChatRequest] = field(default_factory=list)

    async def complete(self, request: ChatRequest) -> Completion:
        self.requests.append(request)
        sampling = request.sampling or Sampling()
        asked, n = request.messages[-1].content, min(sampling.n, self.most or sampling.n)
        seeds = (None if sampling.seed is None else sampling.seed + k for k in range(n))
        answers = tuple(self.rule(asked, seed) for seed in seeds)
        return Completion(text=answers[0].text, usage=Usage(calls=1, tokens=n), answers=answers)


@dataclass(frozen=True, slots=True)
class FixedEvidence:
    """Passages by query; an unknown query finds nothing."""

    passages: dict[str, Sequence[Passage]]

    async def search(self, query: str) -> Sequence[Passage]:
        return self.passages.get(query, ())


@dataclass(frozen=True, slots=True)
class OverlapEvidence:
    """The passages that share words with the query, those that share most first; at most `limit`."""

    passages: Sequence[Passage]
    limit: int = 5

    async def search(self, query: str) -> Sequence[Passage]:
        asked = set(query.casefold().split())
        shared = [(len(asked & set(passage.text.casefold().split())), passage) for passage in self.passages]
        ranked = sorted((found for found in shared if found[0]), key=lambda found: (-found[0], found[1].text))
        return [passage for _, passage in ranked[: self.limit]]


@dataclass(frozen=True, slots=True)
class BrokenEvidence:
    """A search that fails."""

    async def search(self, query: str) -> Sequence[Passage]:
        raise SignalError("the search is broken on purpose")


@dataclass(frozen=True, slots=True)
class ScriptedSandbox:
    """Runs nothing: an outcome by a function of checker source and response."""

    rule: Callable[[str, str], Outcome]

    async def run(self, checker: str, responses: Sequence[str]) -> Sequence[Outcome]:
        return [self.rule(checker, response) for response in responses]


def agent_of(
    *,
    router: Router | None = None,
    verifiers: Sequence[Verifier] = (),
    preference_models: Sequence[PreferenceModel] = (),
    judger: Judger | None = None,
) -> RewardAgent:
    """An agent of doubles: without a router every verifier runs, without a judger signals are summed."""
    return RewardAgent(
        router=router or FixedRouter(tuple(v.name for v in verifiers)),
        verifiers=tuple(verifiers),
        preference_models=tuple(preference_models),
        judger=judger or SumJudger(),
    )
