"""The values that flow through RewardAgent, and their format on disk and on the wire.

A `Sample` goes in; a `Judgment` comes out and carries everything needed to explain it. All values are frozen
and aligned by candidate index: the k-th verdict, score or response belongs to the k-th candidate. Absence is
`None`, never NaN, 0.5 or another made-up number. pydantic's `TypeAdapter` reads and writes every one of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, Self

Role = Literal["system", "user", "assistant", "tool"]
SignalKind = Literal["verification", "preference"]
REFUSED = "content_filter"
"""How an answer ends that the model or a filter refused to give, as OpenAI's API says it."""
REVERSED = "@reversed"
"""What the id of a sample ends with when its candidates stand in the opposite order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One response to a prompt; `source` names the model that wrote it, where known."""

    text: str
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A prompt and its N >= 1 candidates.

    `prompt` ends with the turn the candidates respond to. Raises ValueError for an empty id, prompt or list of
    candidates.
    """

    id: str
    prompt: tuple[Message, ...]
    candidates: tuple[Candidate, ...]

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a sample needs an id")
        if not self.prompt:
            raise ValueError(f"sample {self.id!r} needs a prompt of at least one message")
        if not self.candidates:
            raise ValueError(f"sample {self.id!r} needs at least one candidate")

    @classmethod
    def of(cls, prompt: str, candidates: Sequence[str], *, id: str = "sample") -> Self:
        """The short way: one user turn and plain texts."""
        return cls(
            id=id,
            prompt=(Message(role="user", content=prompt),),
            candidates=tuple(Candidate(text=text) for text in candidates),
        )

    @property
    def instruction(self) -> str:
        """The last user turn: what the candidates were asked to do (the empty string if there is none)."""
        return next((m.content for m in reversed(self.prompt) if m.role == "user"), "")

    @property
    def responses(self) -> tuple[str, ...]:
        """The candidates' texts."""
        return tuple(c.text for c in self.candidates)

    def reversed(self, *, id: str) -> Self:
        """The same sample with its candidates in the opposite order, under another id."""
        return replace(self, id=id, candidates=self.candidates[::-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class LabeledSample:
    """A sample with its answer key, which no judge can see.

    `best` holds the indices of the candidates that the benchmark calls right, in the benchmark's own order;
    `rest` the others, likewise. `subset` is the benchmark's own division.
    """

    sample: Sample
    best: tuple[int, ...]
    rest: tuple[int, ...]
    subset: str

    def __post_init__(self) -> None:
        n = len(self.sample.candidates)
        if not self.best or sorted(self.best + self.rest) != list(range(n)):
            raise ValueError(
                f"sample {self.sample.id!r}: best {self.best} and rest {self.rest} must split {n} candidates, "
                "with at least one best"
            )

    @classmethod
    def pair(cls, *, id: str, prompt: tuple[Message, ...], chosen: Candidate, rejected: Candidate, subset: str) -> Self:
        """A preference pair: the chosen candidate stands first."""
        sample = Sample(id=id, prompt=prompt, candidates=(chosen, rejected))
        return cls(sample=sample, best=(0,), rest=(1,), subset=subset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which verifiers a sample needs, by name, and why."""

    checks: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One checked thing about one candidate: a constraint, a claim, an objective.

    `subject` says what was checked, `score` how it came out (None: not decided), `reason` why, with the measured
    values; `sources` quotes what it rests on (the words of the instruction, a passage, an address).
    """

    subject: str
    score: float | None
    reason: str
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.score is not None and not math.isfinite(self.score):
            raise ValueError(f"a finding's score must be finite or None, got {self.score}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one signal says of one candidate; a score of None means that it abstained."""

    score: float | None
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        if self.score is not None and not math.isfinite(self.score):
            raise ValueError(f"a verdict's score must be finite or None, got {self.score}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One voice: a verdict for every candidate, in order.

    Verification scores lie in [0, 1] (checked here); preference scores are in the model's own unit. `notes` hold for
    the sample and not for one candidate (a checker's source, with its tests). `failures` are parts of the work that
    failed while the verdicts stand; the agent moves them to its judgment.
    """

    name: str
    kind: SignalKind
    verdicts: tuple[Verdict, ...]
    notes: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()

    def __post_init__(self) -> None:
        if self.kind == "verification":
            for verdict in self.verdicts:
                if verdict.score is not None and not 0 <= verdict.score <= 1:
                    raise ValueError(f"verification signal {self.name!r}: scores lie in [0, 1], got {verdict.score}")

    @property
    def scores(self) -> tuple[float, ...] | None:
        """A score for every candidate, or None where it abstained on one of them."""
        scores = tuple(v.score for v in self.verdicts if v.score is not None)
        return scores if len(scores) == len(self.verdicts) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A stage that failed on a sample: recorded, never scored."""

    source: str
    kind: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The judger's scores, higher is better, comparable within the sample; and how they came about."""

    scores: tuple[float, ...]
    reason: str

    def __post_init__(self) -> None:
        if not all(math.isfinite(score) for score in self.scores):
            raise ValueError(f"a decision's scores must be finite, got {self.scores}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What models were asked for: calls, tokens (prompt and completion) and those of them that a model wrote
    (`completion_tokens`), calls answered from the cache, seconds spent waiting for replies, and dollars where the
    model's prices are known. All zero where no model was asked, so offline rows are reproducible."""

    calls: int = 0
    tokens: int = 0
    completion_tokens: int = 0
    cached: int = 0
    seconds: float = 0.0
    cost: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            calls=self.calls + other.calls,
            tokens=self.tokens + other.tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached=self.cached + other.cached,
            seconds=self.seconds + other.seconds,
            cost=self.cost + other.cost,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgment:
    """Everything that was found out about one sample. `decision` is None where no signal could decide. `roles` is the
    usage by the purpose of the questions, such as "factuality.verdicts"."""

    sample_id: str
    plan: Plan
    signals: tuple[Signal, ...] = ()
    failures: tuple[Failure, ...] = ()
    decision: Decision | None = None
    usage: Usage = field(default_factory=Usage)
    roles: Mapping[str, Usage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong with a row of data: where, what was expected and what came, and what to change.

    A row that is `set_aside` is not judged; another is judged, with the problem on record.
    """

    place: str
    what: str
    remedy: str
    set_aside: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.what}. {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One question a benchmark asks of the scores, answered.

    `id` is unique in the benchmark; comparisons with the same `sample_id` are not independent and are resampled
    together. `credit` in [0, 1] counts a tie and an unjudged sample as 0.5; `published` is the credit by the
    benchmark's own published rule (where a tie is often wrong). `flipped`: the answer changed with the order in
    which the candidates were shown.
    """

    id: str
    sample_id: str
    subset: str
    credit: float
    published: float
    judged: bool = True
    tied: bool = False
    flipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """A figure made of others: the weighted mean of the subsets (or earlier aggregates) it names.

    Weights need not sum to 1; subsets without a row are left out and the rest are rescaled. A benchmark's last
    aggregate is called "overall"; without one, overall is the plain mean over all comparisons.
    """

    name: str
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One answer that a model gave where it was sampled, as it came: it may be empty. `finish` is why it ended, in the
    server's word: `stop`, `length` (cut off at max_tokens), `content_filter`."""

    text: str
    finish: str

    @property
    def refused(self) -> bool:
        """Whether the model or a filter would not answer: what text there is, is no answer."""
        return self.finish == REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A chat model's reply and what it cost. `answers`: what a request with `sampling` drew, at least one and at most
    as many as it asked for; `text` is then the first one's."""

    text: str
    usage: Usage
    answers: tuple[Drawn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How answers are drawn that are wanted as they come, not read by a stage. `n`: how many. `seed`: of the first; the
    k-th further one has `seed` + k where a server draws by seeds. `top_p`: the share of probability drawn from."""

    n: int = 1
    seed: int | None = None
    top_p: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A question to a chat model. `schema` is a JSON schema the reply must fit; `sampling` asks for answers as they
    come; `purpose` names the prompt for the meter, and is not part of the question."""

    messages: tuple[Message, ...]
    schema: str | None = None
    temperature: float = 0.0
    max_tokens: int = 1024
    purpose: str = ""
    sampling: Sampling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of evidence; `source` is an address or a file, `score` the source's own ranking value."""

    text: str
    title: str = ""
    source: str = ""
    score: float | None = None


class Outcome(StrEnum):
    """How one sandboxed checker run ended. Only TRUE and FALSE are verdicts; the rest is never a score."""

    TRUE = "true"
    FALSE = "false"
    NOT_A_BOOL = "not a bool"
    EXCEPTION = "exception"
    NO_FUNCTION = "no function"
    TIMEOUT = "timeout"
    CRASH = "crash"
    MEMORY = "memory"
    VIOLATION = "violation"
    NOT_RUN = "not run"
