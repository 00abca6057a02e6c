"""A chat model as the judger: it reads the candidates and what the signals found, and says which is better.

    two candidates   "judge.compare"   A, B or tie, as published but for the tie: scores 1 and 0, or 0.5 each
    one or many      "judge.points"    1 to 10 points for every candidate, in one call

Candidates are shown in an order that follows the sample's id. What this does not promise: that a model weighs the
findings as they deserve; the weighted sum does by construction.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from reward_agent.presentation import conversation, letters, on_one_line, shortened, shown_order
from reward_agent.prompting import Fence, ask, load_prompt
from reward_agent.protocols import ChatModel
from reward_agent.replies import Spelt, each_of
from reward_agent.types import Decision, Finding, Sample, Signal

CANDIDATES_CHARS = 24_000
"""How much of all candidates together is shown, but never less than `LEAST_CHARS` of one."""
LEAST_CHARS = 1_000
FINDINGS_CHARS = 6_000
"""How much of all findings together is shown, but never less than `LEAST_FINDINGS_CHARS` for one candidate."""
LEAST_FINDINGS_CHARS = 200
FINDING_CHARS = 200
REASON_CHARS = 300
REPLY_TOKENS = 400

Points = Annotated[float, Field(ge=1, le=10)]
Each = TypeVar("Each")


class Comparison(BaseModel):
    """The reply to "judge.compare"."""

    reason: str
    better: Annotated[Literal["A", "B", "tie"], Spelt]


class PointsReply(BaseModel, Generic[Each]):
    """The reply to "judge.points"."""

    reason: str
    points: Each


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelJudger:
    """Asks `chat`. Raises SignalError where the call fails or the reply cannot be read: then nothing is decided."""

    chat: ChatModel

    async def decide(self, sample: Sample, signals: Sequence[Signal]) -> Decision:
        order = shown_order(sample.id, len(sample.candidates))
        names = letters(len(order))
        points, reason = await (self._compare if len(order) == 2 else self._rate)(sample, signals, order, names)
        scores = [0.0] * len(order)
        for name, index in zip(names, order, strict=True):
            scores[index] = points[name]
        shown = ", ".join(f"{name} = candidate {index + 1}" for name, index in zip(names, order, strict=True))
        return Decision(scores=tuple(scores), reason=f"the model says: {on_one_line(reason, REASON_CHARS)} ({shown})")

    async def _compare(
        self, sample: Sample, signals: Sequence[Signal], order: Sequence[int], names: tuple[str, ...]
    ) -> tuple[dict[str, float], str]:
        reply = await ask(
            self.chat,
            load_prompt(__package__, "compare"),
            Comparison,
            purpose="judge.compare",
            max_tokens=REPLY_TOKENS,
            **_shown(sample, signals, order, names),
        )
        if reply.better == "tie":
            return dict.fromkeys(names, 0.5), reply.reason
        return {name: float(name == reply.better) for name in names}, reply.reason

    async def _rate(
        self, sample: Sample, signals: Sequence[Signal], order: Sequence[int], names: tuple[str, ...]
    ) -> tuple[dict[str, float], str]:
        shape: Any = PointsReply
        reply = await ask(
            self.chat,
            load_prompt(__package__, "points"),
            shape[each_of(names, Points)],
            purpose="judge.points",
            max_tokens=REPLY_TOKENS + 10 * len(names),
            letters=", ".join(names),
            example=json.dumps(dict.fromkeys(names[:2], 5)),
            **_shown(sample, signals, order, names),
        )
        return {name: float(points) for name, points in reply.points.items()}, reply.reason


def _shown(sample: Sample, signals: Sequence[Signal], order: Sequence[int], names: Sequence[str]) -> dict[str, str]:
    """What both prompts show: the request, the candidates and the findings, fenced, and the rule of the fence."""
    limit = max(LEAST_CHARS, CANDIDATES_CHARS // len(order))
    request = conversation(sample.prompt)
    texts = [shortened(sample.responses[index], limit) for index in order]
    found_limit = max(LEAST_FINDINGS_CHARS, FINDINGS_CHARS // len(order))
    found = [shortened(_findings(signals, index), found_limit) for index in order]
    fence = Fence(request, *texts, *found)
    return {
        "rule": fence.rule,
        "request": fence("request", request),
        "candidates": "\n".join(fence(f"candidate {name}", text) for name, text in zip(names, texts, strict=True)),
        "findings": "\n".join(fence(f"findings on {name}", text) for name, text in zip(names, found, strict=True)),
    }


def _findings(signals: Sequence[Signal], index: int) -> str:
    """What every signal says of one candidate, a line a finding, decided ones first."""
    lines = []
    for signal in signals:
        verdict = signal.verdicts[index]
        scale = "0 to 1" if signal.kind == "verification" else "its own unit, higher is better"
        lines.append(f"{signal.name}: {_score(verdict.score)} ({scale})")
        decided_first = sorted(verdict.findings, key=lambda finding: finding.score is None)
        lines += [f"- {on_one_line(_finding(finding), FINDING_CHARS)}" for finding in decided_first]
    return "\n".join(lines)


def _finding(finding: Finding) -> str:
    return f"{_score(finding.score)}: {finding.subject}: {finding.reason}"


def _score(score: float | None) -> str:
    return "not decided" if score is None else f"{score:.3g}"
