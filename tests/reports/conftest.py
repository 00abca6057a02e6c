import pytest

from reward_agent.reports.metrics import BenchmarkReport, Integrity, build_report
from reward_agent.types import Comparison, Failure, Judgment, Plan, Problem, Signal, Verdict


@pytest.fixture
def report() -> BenchmarkReport:
    """Four comparisons in two subsets, with names and messages as hostile as data can be."""
    credits = {"a": 1.0, "b": 0.0, "c": 0.5, "d": 0.5}
    subsets = {"a": "chat", "b": "chat", "c": "<b>x|y</b>", "d": "<b>x|y</b>"}
    comparisons = [
        Comparison(
            id=id,
            sample_id=id,
            subset=subsets[id],
            credit=credit,
            published=float(credit == 1),
            judged=id != "d",
            tied=id == "c",
            flipped=id == "b",
        )
        for id, credit in credits.items()
    ]
    longer = [Comparison(id=id, sample_id=id, subset=subsets[id], credit=1.0, published=1.0) for id in credits]
    shorter = [Comparison(id=id, sample_id=id, subset=subsets[id], credit=0.0, published=0.0) for id in credits]
    signal = Signal(name="instructions", kind="verification", verdicts=(Verdict(score=1.0), Verdict(score=0.5)))
    silent = Signal(name="instructions", kind="verification", verdicts=(Verdict(score=None), Verdict(score=0.0)))
    failure = Failure(source="factuality", kind="timeout", error="no reply in 30 s")
    judgments = [
        Judgment(
            sample_id=id,
            plan=Plan(checks=("instructions",), reason="always"),
            signals=(silent if id == "d" else signal,),
            failures=(failure,) if id == "d" else (),
        )
        for id in credits
    ]
    problems = tuple(
        Problem(place=f"rows.jsonl:{line}", what="label 'A<B' is not known", remedy="Use A>B or B>A.")
        for line in range(1, 24)
    )
    return build_report(
        benchmark="pairs",
        preset="offline",
        version="0.1.0",
        n=4,
        comparisons=comparisons,
        longer=longer,
        shorter=shorter,
        aggregates=[],
        judgments=judgments,
        integrity=Integrity(
            rows=27,
            set_aside=23,
            duplicates=2,
            label_counts={"A>B": 3, "B>A": 1},
            fingerprint="sha256:12ab",
            problems=problems,
        ),
    )
