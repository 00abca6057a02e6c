"""One judgment, printed so that a person sees why: route, verify, prefer, judge, in the order of the flow.

Prompts, candidates, findings and error messages are shown as plain text (see `plain`): nothing in them is taken for
markup or obeyed by the terminal.
"""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from reward_agent.reports.plain import harmless, one_line
from reward_agent.types import Failure, Finding, Judgment, Sample, Signal, Verdict

SHOWN_TEXT = 600
SHOWN_LINE = 300
SHOWN_FINDINGS = 40
SHOWN_SOURCES = 3


def judgment_text(sample: Sample, judgment: Judgment) -> RenderableType:
    """Everything the judgment rests on, for a terminal. `judgment` is of `sample`: candidates are joined by index."""
    return Group(
        *_sample_lines(sample),
        _heading("route"),
        *_route_lines(judgment),
        _heading("verify"),
        *_verify_lines(judgment),
        _heading("prefer"),
        *_prefer_lines(judgment),
        _heading("judge"),
        *_judge_lines(judgment),
        Text(),
    )


def findings_text(findings: Sequence[Finding]) -> RenderableType:
    """What a verifier would check, one line each: what, how, and the words that ask for it."""
    if not findings:
        return _item("no checkable constraint was found", style="yellow")
    return Group(*(_found(finding) for finding in findings))


def _found(finding: Finding) -> RenderableType:
    line = Text.assemble("• ", one_line(f"{finding.subject} ({finding.reason})", limit=SHOWN_LINE))
    for source in finding.sources[:SHOWN_SOURCES]:
        line.append(f"  «{one_line(source, limit=SHOWN_LINE)}»", style="dim")
    return Padding(line, (0, 0, 0, 2), expand=False)


def _sample_lines(sample: Sample) -> Iterator[RenderableType]:
    yield Text(f"sample {one_line(sample.id, limit=SHOWN_LINE)}", style="bold")
    turns = len(sample.prompt)
    yield Text("prompt" if turns == 1 else f"prompt (last user turn of {turns} messages)", style="dim")
    yield Padding(_block(sample.instruction or sample.prompt[-1].content), (0, 0, 0, 2), expand=False)
    for number, candidate in enumerate(sample.candidates, start=1):
        by = f", by {one_line(candidate.source, limit=80)}" if candidate.source else ""
        yield Text(f"candidate {number}{by}, {len(candidate.text):,} characters", style="dim")
        yield Padding(_block(candidate.text), (0, 0, 0, 2), expand=False)


def _route_lines(judgment: Judgment) -> Iterator[RenderableType]:
    checks = ", ".join(judgment.plan.checks) or "no check applies"
    yield _item(f"checks: {checks}")
    yield _item(f"why: {judgment.plan.reason}")
    yield from _failure_lines(judgment, ["route"])


def _verify_lines(judgment: Judgment) -> Iterator[RenderableType]:
    verifications = [signal for signal in judgment.signals if signal.kind == "verification"]
    for signal in verifications:
        yield from _signal_lines(signal)
    yield from _failure_lines(judgment, judgment.plan.checks)
    answered = {signal.name for signal in judgment.signals} | {failure.source for failure in judgment.failures}
    for name in judgment.plan.checks:
        if name not in answered:
            yield _item(f"{name}: planned, but no verifier of this name ran", style="yellow")
    if not judgment.plan.checks and not verifications:
        yield _item("nothing to verify", style="dim")


def _prefer_lines(judgment: Judgment) -> Iterator[RenderableType]:
    preferences = [signal for signal in judgment.signals if signal.kind == "preference"]
    for signal in preferences:
        yield from _signal_lines(signal)
    elsewhere = {"route", "judge", *judgment.plan.checks}
    failed = [failure.source for failure in judgment.failures if failure.source not in elsewhere]
    yield from _failure_lines(judgment, failed)
    if not preferences and not failed:
        yield _item("no preference model was asked", style="dim")


def _judge_lines(judgment: Judgment) -> Iterator[RenderableType]:
    yield from _failure_lines(judgment, ["judge"])
    if judgment.decision is None:
        yield _item(f"unjudged: {_why_unjudged(judgment)}", style="bold yellow")
        return
    scores = judgment.decision.scores
    yield _item(judgment.decision.reason)
    for number, score in enumerate(scores, start=1):
        yield _item(f"candidate {number}: {score:.4g}")
    yield _item(_outcome(scores), style="bold")


def _outcome(scores: Sequence[float]) -> str:
    first = [number for number, score in enumerate(scores, start=1) if score == max(scores)]
    if len(scores) == 1:
        return "one candidate: a score, and nothing to compare it with"
    if len(first) == 1:
        return f"candidate {first[0]} is first"
    return f"tie: candidates {_listed(first)} share the highest score"


def _why_unjudged(judgment: Judgment) -> str:
    if any(signal.scores is not None for signal in judgment.signals):
        return "the judger failed"
    if not judgment.signals:
        return "no signal answered" + (", each one asked failed" if judgment.failures else "")
    return "no signal scored every candidate; " + "; ".join(_abstention(signal) for signal in judgment.signals)


def _abstention(signal: Signal) -> str:
    silent = [number for number, verdict in enumerate(signal.verdicts, start=1) if verdict.score is None]
    whom = "all of them" if len(silent) == len(signal.verdicts) > 1 else f"candidate {_listed(silent)}"
    return f"{signal.name} abstained on {whom}"


def _signal_lines(signal: Signal) -> Iterator[RenderableType]:
    yield _item(signal.name, style="bold")
    for number, verdict in enumerate(signal.verdicts, start=1):
        score = "abstained" if verdict.score is None else f"{verdict.score:.4g}"
        yield _item(f"candidate {number}: {score}", indent=4)
        yield from _finding_lines(verdict, signal)
    for note in signal.notes[:SHOWN_FINDINGS]:
        yield _item(f"{note.subject}: {note.reason}", indent=4, style="dim")


def _finding_lines(verdict: Verdict, signal: Signal) -> Iterator[RenderableType]:
    for finding in verdict.findings[:SHOWN_FINDINGS]:
        word, style = standing(finding, signal)
        line = Text.assemble((word, style), "  ", one_line(f"{finding.subject}: {finding.reason}", limit=SHOWN_LINE))
        for source in finding.sources[:SHOWN_SOURCES]:
            line.append(f"  «{one_line(source, limit=SHOWN_LINE)}»", style="dim")
        if len(finding.sources) > SHOWN_SOURCES:
            line.append(f"  and {len(finding.sources) - SHOWN_SOURCES} more", style="dim")
        yield Padding(line, (0, 0, 0, 6), expand=False)
    if len(verdict.findings) > SHOWN_FINDINGS:
        yield _item(f"and {len(verdict.findings) - SHOWN_FINDINGS} more findings", indent=6, style="dim")


def standing(finding: Finding, signal: Signal) -> tuple[str, str]:
    """A mark and a word, since not everyone sees the colour and not every terminal has the mark."""
    if finding.score is None:
        return "? not decided", "yellow"
    if signal.kind == "preference":
        return f"· {finding.score:.4g}", ""
    if finding.score >= 1:
        return "✔ met", "green"
    if finding.score <= 0:
        return "✘ not met", "red"
    return f"~ partly met ({finding.score:.2g})", "yellow"


def _failure_lines(judgment: Judgment, sources: Sequence[str]) -> Iterator[RenderableType]:
    for failure in judgment.failures:
        if failure.source in sources:
            stands = any(signal.name == failure.source for signal in judgment.signals)
            yield _item(_failed(failure, in_part=stands), style="red")


def _failed(failure: Failure, *, in_part: bool) -> str:
    return f"✘ {failure.source} failed{' in part' if in_part else ''} ({failure.kind}): {failure.error}"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:-1])) + (" and " if numbers[1:] else "") + str(numbers[-1])


def _heading(name: str) -> Text:
    return Text(f"── {name} ".ljust(40, "─"), style="bold cyan")


def _item(text: str, *, indent: int = 2, style: str = "") -> RenderableType:
    return Padding(Text(one_line(text, limit=SHOWN_LINE), style=style), (0, 0, 0, indent), expand=False)


def _block(text: str) -> Text:
    return Text(harmless(text, limit=SHOWN_TEXT) or "(empty)")
