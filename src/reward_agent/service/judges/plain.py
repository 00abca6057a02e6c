"""Jobs and what was done as plain tuples, for the pipes."""

from typing import Any

from reward_agent.service.judges.work import Done, Job
from reward_agent.types import Candidate, Decision, Failure, Judgment, Message, Plan, Sample, Signal, Usage, Verdict

Plain = tuple[Any, ...]


def plain_job(job: Job) -> Plain:
    """The other way: `job_from`."""
    sample = job.sample
    return (
        sample.id,
        tuple([(message.role, message.content) for message in sample.prompt]),
        tuple([(candidate.text, candidate.source) for candidate in sample.candidates]),
        (job.checks, job.verify_only, job.whole, job.timeout_s),
    )


def job_from(plain: Plain) -> Job:
    """The job as it was."""
    name, prompt, candidates, (checks, verify_only, whole, timeout_s) = plain
    sample = Sample(
        id=name,
        prompt=tuple([Message(role=role, content=content) for role, content in prompt]),
        candidates=tuple([Candidate(text=text, source=source) for text, source in candidates]),
    )
    return Job(sample=sample, checks=checks, verify_only=verify_only, whole=whole, timeout_s=timeout_s)


def plain_done(done: Done) -> Plain:
    """Without findings, which no `Done` has outside its document. The other way: `done_from`."""
    judgment = done.judgment
    decision = judgment.decision
    return (
        judgment.sample_id,
        (judgment.plan.checks, judgment.plan.reason),
        tuple([(s.name, s.kind, tuple([verdict.score for verdict in s.verdicts])) for s in judgment.signals]),
        tuple([(failure.source, failure.kind, failure.error) for failure in judgment.failures]),
        None if decision is None else (decision.scores, decision.reason),
        _plain_usage(judgment.usage),
        {name: _plain_usage(usage) for name, usage in judgment.roles.items()},
        (done.document, done.judge_s, done.sandbox_s),
    )


def done_from(plain: Plain) -> Done:
    """What was done as it was."""
    name, (checks, reason), signals, failures, decision, usage, roles, (document, judge_s, sandbox_s) = plain
    judgment = Judgment(
        sample_id=name,
        plan=Plan(checks=checks, reason=reason),
        signals=tuple(
            [
                Signal(name=name, kind=kind, verdicts=tuple([Verdict(score=score) for score in scores]))
                for name, kind, scores in signals
            ]
        ),
        failures=tuple([Failure(source=source, kind=kind, error=error) for source, kind, error in failures]),
        decision=None if decision is None else Decision(scores=decision[0], reason=decision[1]),
        usage=_usage_from(usage),
        roles={name: _usage_from(each) for name, each in roles.items()},
    )
    return Done(judgment=judgment, document=document, judge_s=judge_s, sandbox_s=sandbox_s)


def _plain_usage(usage: Usage) -> Plain | None:
    if usage == _NONE:
        return None
    return (usage.calls, usage.tokens, usage.completion_tokens, usage.cached, usage.seconds, usage.cost)


def _usage_from(plain: Plain | None) -> Usage:
    if plain is None:
        return _NONE
    calls, tokens, completion_tokens, cached, seconds, cost = plain
    return Usage(
        calls=calls,
        tokens=tokens,
        completion_tokens=completion_tokens,
        cached=cached,
        seconds=seconds,
        cost=cost,
    )


_NONE = Usage()
