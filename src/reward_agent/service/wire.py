"""What goes over the wire: requests and replies of our own endpoints, as pydantic models.

    /v1/judge     JudgeRequest    -> types.Judgment, whole           /v1/judge/stream   BatchRequest -> JSON lines
    /v1/score     BatchRequest    -> ScoreReply                      /v1/signals        SignalsRequest -> SignalsReply
    /v1/group     GroupRequest    -> GroupReply

    /evaluate/ /get_reward /verify /classify /score     the dialects of other systems: dialects/, one file a protocol

A number in a reply is a score that was given; what has none is `null`, and `failures` says what went wrong. Every error
is an `ErrorReply`. Unknown keys are refused on our own endpoints and ignored on the others', whose clients send more.
Lists are aligned: the k-th score belongs to the k-th candidate.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from reward_agent.types import Finding, Role

Text = Annotated[str, StringConstraints(strict=True)]
Status = Literal["scored", "abstained", "failed"]
"""scored: there is a number for every candidate. abstained: there is none, and nothing failed: nothing applied. failed:
there is none, and something failed."""


class Own(BaseModel):
    """A request of our own API."""

    model_config = ConfigDict(extra="forbid")


class Foreign(BaseModel):
    """A request of another system's API, whose clients may send more than is read."""

    model_config = ConfigDict(extra="ignore")


class TurnIn(BaseModel):
    """One turn of a conversation. Other keys, such as a name, are ignored."""

    role: Role
    content: Text


Prompt = Annotated[Text, Field(min_length=1)] | Annotated[list[TurnIn], Field(min_length=1)]
"""One user turn, or a conversation that ends with the turn the candidates respond to."""


class CandidateIn(Own):
    """One response; `source` names the model that wrote it."""

    text: Text
    source: Text | None = None


Timeout = Annotated[
    float | None, Field(gt=0, le=86400, allow_inf_nan=False, description="Seconds; then the work is stopped.")
]


class SampleIn(Own):
    """A prompt and its candidates. Without an `id` it is named after its prompt."""

    id: Annotated[Text, Field(min_length=1, max_length=512)] | None = None
    prompt: Prompt
    candidates: list[Text | CandidateIn] = Field(min_length=1)


class JudgeRequest(SampleIn):
    """One sample."""

    timeout_s: Timeout = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"prompt": "Name three rivers in exactly 3 words.", "candidates": ["Rhine Rhone Loire", "Rivers: many"]}
            ]
        }
    )


class BatchRequest(Own):
    """Samples that are judged at the same time, each on its own."""

    samples: list[SampleIn] = Field(min_length=1)
    timeout_s: Timeout = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "samples": [
                        {"id": "a", "prompt": "Answer in one word.", "candidates": ["Yes", "I would say yes"]},
                        {
                            "id": "b",
                            "prompt": [{"role": "user", "content": "No commas, please."}],
                            "candidates": ["Ok"],
                        },
                    ]
                }
            ]
        }
    )


class SignalsRequest(BatchRequest):
    """`signals`: the verifiers to run, by name; without it those that the router picks for each sample. No preference
    model is asked and nothing is summed."""

    signals: list[Text] | None = Field(default=None, min_length=1, max_length=64)
    findings: bool = Field(default=False, description="With every finding behind the scores.")


class Rollout(Own):
    """A response to a prompt. Rollouts of one `group`, or without it of one prompt, are verified together."""

    prompt: Prompt
    response: Text
    group: Annotated[Text, Field(min_length=1, max_length=512)] | None = None


class GroupRequest(Own):
    """All rollouts of a training step, in any order, a group's rollouts wherever they stand."""

    rollouts: list[Rollout] = Field(min_length=1)
    timeout_s: Timeout = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rollouts": [
                        {"prompt": "Answer in one word.", "response": "Yes"},
                        {"prompt": "Answer in one word.", "response": "I would say yes"},
                    ]
                }
            ]
        }
    )


class FailureOut(BaseModel):
    """What failed: `source` is a signal's name, "route", "judge" or "service"; `kind` a stable word for counting."""

    source: str
    kind: str
    error: str


class ScoreOut(BaseModel):
    """One sample's scores. `scores`: the judger's, higher is better, null where nothing could decide. `signals`: each
    voice's own scores, in its own unit. With `failures` and scores, the scores are of the signals that stand."""

    id: str
    status: Status
    scores: list[float] | None
    signals: dict[str, list[float | None]]
    failures: list[FailureOut] = []


class ScoreReply(BaseModel):
    """In the order of the samples."""

    results: list[ScoreOut]


class SignalsOut(BaseModel):
    """One sample's verifiable signals, each in [0, 1] or null where it abstained. `findings`: by signal, then by
    candidate, where they were asked for."""

    id: str
    status: Status
    signals: dict[str, list[float | None]]
    findings: dict[str, list[list[Finding]]] | None = None
    failures: list[FailureOut] = []


class SignalsReply(BaseModel):
    """In the order of the samples."""

    results: list[SignalsOut]


class GroupOut(BaseModel):
    """One group. `rollouts`: the places of its rollouts in the request. `without_variance`: all its rewards are equal,
    so a trainer learns nothing from it; null where it has fewer than two or none."""

    group: str
    rollouts: list[int]
    status: Status
    without_variance: bool | None
    failures: list[FailureOut] = []


class GroupReply(BaseModel):
    """`rewards` and each list of `signals` follow the order of the rollouts."""

    rewards: list[float | None]
    signals: dict[str, list[float | None]]
    groups: list[GroupOut]


class StreamLine(ScoreOut):
    """A line of a stream: as `ScoreOut`, with the sample's place in the request. Lines come as they are done. The last
    line is a `StreamEnd`; a stream without one broke off."""

    index: int


class StreamEnd(BaseModel):
    """The last line of a stream: how many samples there were, and how many of them ended how."""

    done: int
    scored: int
    abstained: int
    failed: int


class ErrorReply(BaseModel):
    """Every error. `kind` is a stable word for a program, `detail` is for a person, `failures` what went wrong behind
    it where something did."""

    detail: str
    kind: str
    failures: list[FailureOut] = []
