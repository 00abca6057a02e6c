"""Between the wire and the values: requests -> samples and jobs; what was done -> replies."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from reward_agent.presentation import digest
from reward_agent.service.judges import Done
from reward_agent.service.refusals import Refusal, safe
from reward_agent.service.wire import FailureOut, Prompt, SampleIn, ScoreOut, SignalsOut, Status, TurnIn
from reward_agent.types import Candidate, Judgment, Message, Sample

SHOWN_ERROR = 500  # characters of a failure's message


def messages_of(prompt: Prompt) -> tuple[Message, ...]:
    """The turns of a prompt."""
    if isinstance(prompt, str):
        return (Message(role="user", content=prompt),)
    return tuple(Message(role=turn.role, content=turn.content) for turn in prompt)


def sample_of(given: SampleIn) -> Sample:
    """The sample, named by its texts where it has no name, so that the order shown to a model does not depend on its
    place in the request."""
    candidates = tuple(
        Candidate(text=c) if isinstance(c, str) else Candidate(text=c.text, source=c.source) for c in given.candidates
    )
    prompt = messages_of(given.prompt)
    return Sample(id=given.id or named(prompt), prompt=prompt, candidates=candidates)


def named(prompt: Sequence[Message]) -> str:
    """An id that follows from the prompt alone."""
    return f"prompt-{digest(*(part for message in prompt for part in (message.role, message.content))).hex()[:16]}"


def turns_in(messages: Sequence[TurnIn]) -> tuple[tuple[Message, ...], str] | None:
    """Prompt and response of a conversation that ends with the assistant's turn; None for another."""
    if len(messages) < 2 or messages[-1].role != "assistant":
        return None
    return messages_of(list(messages[:-1])), messages[-1].content


def scores_by_signal(judgment: Judgment) -> dict[str, list[float | None]]:
    """Every signal's own scores."""
    return {signal.name: [verdict.score for verdict in signal.verdicts] for signal in judgment.signals}


def failures_of(judgment: Judgment) -> list[FailureOut]:
    """What failed, in the wire's words."""
    return [
        FailureOut(source=failure.source, kind=failure.kind, error=safe(failure.error[:SHOWN_ERROR]))
        for failure in judgment.failures
    ]


def status_of(judgment: Judgment, known: bool) -> Status:
    """See `Status`."""
    return "scored" if known else "failed" if judgment.failures else "abstained"


def scored(done: Done) -> ScoreOut:
    """One sample's line of /v1/score."""
    judgment, decision = done.judgment, done.judgment.decision
    return ScoreOut(
        id=judgment.sample_id,
        status=status_of(judgment, decision is not None),
        scores=None if decision is None else list(decision.scores),
        signals=scores_by_signal(judgment),
        failures=failures_of(judgment),
    )


def signalled(done: Done, *, findings: bool) -> SignalsOut:
    """One sample's line of /v1/signals."""
    judgment = done.judgment
    told: dict[str, Any] | None = None
    if findings:
        whole = json.loads(done.document) if done.document is not None else {"signals": []}
        told = {s["name"]: [verdict["findings"] for verdict in s["verdicts"]] for s in whole["signals"]}
    return SignalsOut(
        id=judgment.sample_id,
        status=status_of(judgment, any(signal.scores is not None for signal in judgment.signals)),
        signals=scores_by_signal(judgment),
        findings=told,
        failures=failures_of(judgment),
    )


def check_something_known(done: Sequence[Done]) -> None:
    """Raises Refusal, 503 or 504, where something failed and nothing at all is known of any sample."""
    if any(_known(one.judgment) or not one.judgment.failures for one in done):
        return
    raise nothing_known([failure for one in done for failure in failures_of(one.judgment)])


def check_whole(done: Done, *, needs: Literal["decision", "signals"] = "decision") -> None:
    """Raises Refusal where anything failed, also a part of a signal's work: for protocols that cannot say so, where a
    score of what stands would pass for the score."""
    judgment = done.judgment
    if judgment.failures:
        raise nothing_known(failures_of(judgment))
    if needs == "decision" and judgment.decision is None:
        raise nothing_to_score()


def nothing_to_score() -> Refusal:
    """422: nothing failed, and nothing applied."""
    return Refusal(
        422,
        "nothing to score",
        "nothing in this request can be scored by the signals that are configured: no requirement was found that could "
        "be checked. Configure a preference model, or leave such prompts out",
    )


def nothing_known(failures: Sequence[FailureOut]) -> Refusal:
    """503, or 504 where it was time alone that lacked."""
    late = all(failure.kind == "deadline" for failure in failures)
    first = failures[0]
    detail = f"no score: {first.source} failed ({first.kind}): {first.error}"
    status, kind = (504, "deadline") if late else (503, "failed")
    headers = None if late else {"Retry-After": "1"}
    return Refusal(status, kind, detail, failures=failures[:16], headers=headers)


def _known(judgment: Judgment) -> bool:
    return judgment.decision is not None or any(
        verdict.score is not None for signal in judgment.signals for verdict in signal.verdicts
    )
