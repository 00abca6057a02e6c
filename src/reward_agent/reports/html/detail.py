"""Everything the page of one sample shows, as JSON: texts bounded and harmless, findings joined by candidate.

The keys are read by `static/sample.js`. Texts stand as pieces (see `marks`), so that the page needs no offsets.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from reward_agent.reports.explain import standing
from reward_agent.reports.html.arithmetic import Terms, arithmetic_of
from reward_agent.reports.html.facts import KeptSample
from reward_agent.reports.html.marks import Wanted, pieces, quoted
from reward_agent.reports.plain import harmless, one_line
from reward_agent.types import Finding, Judgment, Signal, Verdict

FINDINGS = 200
SOURCES = 20
LINE = 1_000
CODE = 20_000
COLUMNS = 40
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_CHECKER = "written checker "
_CLASSES = {"green": "met", "red": "not-met", "yellow": "open", "": "number"}

Json = dict[str, Any]


def sample_detail(kept: KeptSample, judgments: Mapping[str, Judgment], terms: Terms, *, limit: int) -> Json:
    """The page of one sample. `judgments` by what they are called there: "" for the sample's own order. Each text has
    at most `limit` characters."""
    own = judgments.get("")
    sample = kept.sample
    asked = _asked(own)
    turns = len(sample.prompt)
    return {
        "id": sample.id,
        "subset": kept.subset,
        "place": one_line(kept.place, limit=LINE),
        "prompt": [
            {"role": m.role, **_text(m.content, asked if at == turns - 1 else (), limit)}
            for at, m in enumerate(sample.prompt)
        ],
        "candidates": [
            {
                "source": one_line(c.source or "", limit=LINE),
                "key": ("best" if at in kept.best else "rest") if kept.best else "",
                "length": len(c.text),
                **_text(c.text, _offending(own, at), limit),
            }
            for at, c in enumerate(sample.candidates)
        ],
        "columns": _columns(kept.columns),
        "judgments": [{"name": name, **judgment_detail(j, terms)} for name, j in judgments.items()],
    }


def judgment_detail(judgment: Judgment, terms: Terms) -> Json:
    """One judgment: route, verify, prefer, judge."""
    arithmetic = arithmetic_of(judgment, terms)
    decision = judgment.decision
    return {
        "checks": list(judgment.plan.checks),
        "why": one_line(judgment.plan.reason, limit=LINE),
        "signals": [_signal(signal) for signal in judgment.signals],
        "failures": [
            {"source": f.source, "kind": f.kind, "error": one_line(f.error, limit=LINE)} for f in judgment.failures
        ],
        "scores": None if decision is None else list(decision.scores),
        "reason": "" if decision is None else one_line(decision.reason, limit=LINE),
        "arithmetic": None
        if arithmetic is None
        else {**_flat(arithmetic), "lines": [_flat(line) for line in arithmetic.lines]},
        "usage": _flat(judgment.usage),
    }


def _flat(value: Any) -> Json:
    """A dataclass's fields, not copied: `asdict` copies all that is in them."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _text(text: str, wanted: Sequence[Wanted], limit: int) -> Json:
    shown = harmless(text, limit=limit)
    return {"pieces": pieces(shown, wanted), "left_out": max(0, len(text) - limit)}


def _signal(signal: Signal) -> Json:
    checkers = [note for note in signal.notes if note.subject.startswith(_CHECKER) and note.sources]
    notes = [note for note in signal.notes if note not in checkers]
    together = _joined(signal.verdicts)
    return {
        "name": signal.name,
        "kind": signal.kind,
        "scores": [verdict.score for verdict in signal.verdicts],
        "rows": None if together is None else [[_found(f, signal) for f in row] for row in together],
        "lists": [[_found(f, signal) for f in v.findings[:FINDINGS]] for v in signal.verdicts]
        if together is None
        else None,
        "left_out": sum(max(0, len(v.findings) - FINDINGS) for v in signal.verdicts),
        "checkers": [_checker(note) for note in checkers],
        "notes": [_found(note, signal) for note in notes[:FINDINGS]],
    }


def _joined(verdicts: Sequence[Verdict]) -> list[tuple[Finding, ...]] | None:
    """A row a requirement, where all candidates were checked on the same ones; else None."""
    subjects = {tuple((f.subject, f.sources) for f in verdict.findings) for verdict in verdicts}
    if len(subjects) != 1 or not verdicts[0].findings:
        return None
    return list(zip(*(verdict.findings[:FINDINGS] for verdict in verdicts), strict=True))


def _found(finding: Finding, signal: Signal) -> Json:
    word, style = standing(finding, signal)
    return {
        "subject": one_line(finding.subject, limit=LINE),
        "reason": one_line(finding.reason, limit=LINE),
        "standing": word,
        "class": _CLASSES[style],
        "sources": [_source(source) for source in finding.sources[:SOURCES]],
    }


def _source(source: str) -> Json:
    """The words, and the address where there is one. Only http and https: nothing else may become a link."""
    text = one_line(source, limit=LINE)
    address = _ADDRESS.match(text)
    if address is None:
        return {"text": text}
    href = address[0].rstrip(":.,;)")
    return {"text": text[len(href) :].lstrip(": "), "href": href}


def _checker(note: Finding) -> Json:
    source, *tests = note.sources
    return {
        "name": one_line(note.subject, limit=LINE),
        "why": one_line(note.reason, limit=LINE),
        "source": harmless(source, limit=CODE),
        "tests": [one_line(test, limit=LINE) for test in tests[:SOURCES]],
    }


def _columns(columns: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What else the row held, as text."""
    shown = list(columns.items())[:COLUMNS]
    return [
        (
            one_line(str(name), limit=LINE),
            one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), limit=LINE),
        )
        for name, value in shown
    ]


def _asked(judgment: Judgment | None) -> list[Wanted]:
    """The words of the instruction that ask for something: the place counts the requirements."""
    for signal in judgment.signals if judgment is not None else ():
        if signal.name == "instructions" and signal.verdicts:
            return [
                Wanted(words=source, finding=at)
                for at, finding in enumerate(signal.verdicts[0].findings[:FINDINGS])
                for source in finding.sources[:1]
            ]
    return []


def _offending(judgment: Judgment | None, candidate: int) -> list[Wanted]:
    """What a candidate's findings that are not met quote of it; a claim is its own words."""
    wanted = []
    for signal in judgment.signals if judgment is not None else ():
        if signal.kind != "verification" or candidate >= len(signal.verdicts):
            continue
        for at, finding in enumerate(signal.verdicts[candidate].findings[:FINDINGS]):
            if finding.score is None or finding.score >= 1:
                continue
            said = quoted(finding.reason)
            if signal.name != "instructions":
                said = [finding.subject, *said]
            wanted += [Wanted(words=words, finding=at) for words in said]
    return wanted
