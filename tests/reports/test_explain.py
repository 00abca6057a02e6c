import io
from dataclasses import replace

import pytest
from rich.console import Console

from reward_agent.reports.explain import judgment_text
from reward_agent.types import (
    Candidate,
    Decision,
    Failure,
    Finding,
    Judgment,
    Message,
    Plan,
    Sample,
    Signal,
    Verdict,
)

SAMPLE = Sample.of("Write exactly two words.", ["Hi there", "Hello to you all"], id="q1")
MET = Finding(subject="words.count", score=1.0, reason="2 words, exactly 2 wanted", sources=("exactly two words",))
MISSED = Finding(subject="words.count", score=0.0, reason="4 words, exactly 2 wanted")
UNREAD = Finding(subject="requirement", score=None, reason="not checked", sources=("be nice",))
INSTRUCTIONS = Signal(
    name="instructions",
    kind="verification",
    verdicts=(Verdict(score=1.0, findings=(MET, UNREAD)), Verdict(score=0.0, findings=(MISSED,))),
)
JUDGMENT = Judgment(
    sample_id="q1",
    plan=Plan(checks=("instructions",), reason="the instruction states a length"),
    signals=(INSTRUCTIONS,),
    decision=Decision(scores=(1.0, 0.0), reason="weighted sum: 1 × instructions"),
)


def shown(sample: Sample, judgment: Judgment, *, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as capture:
        console.print(judgment_text(sample, judgment))
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def test_the_headings_follow_the_flow() -> None:
    text = shown(SAMPLE, JUDGMENT)
    places = [text.index(f"── {verb} ─") for verb in ("route", "verify", "prefer", "judge")]
    assert places == sorted(places)


def test_a_person_sees_why() -> None:
    lines = shown(SAMPLE, JUDGMENT).splitlines()
    for line in (
        "  checks: instructions",
        "  why: the instruction states a length",
        "    candidate 1: 1",
        "      ✔ met  words.count: 2 words, exactly 2 wanted  «exactly two words»",
        "      ? not decided  requirement: not checked  «be nice»",
        "    candidate 2: 0",
        "      ✘ not met  words.count: 4 words, exactly 2 wanted",
        "  no preference model was asked",
        "  weighted sum: 1 × instructions",
        "  candidate 1 is first",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("scores", "outcome"),
    [
        ((0.1, 0.4), "candidate 2 is first"),
        ((0.5, 0.5), "tie: candidates 1 and 2 share the highest score"),
        ((0.5, 0.5, 0.1, 0.5), "tie: candidates 1, 2 and 4 share the highest score"),
        ((0.5,), "one candidate: a score, and nothing to compare it with"),
    ],
)
def test_who_is_first(scores: tuple[float, ...], outcome: str) -> None:
    sample = Sample.of("p", ["x"] * len(scores))
    judgment = Judgment(
        sample_id="sample", plan=Plan(checks=(), reason="none"), decision=Decision(scores=scores, reason="by hand")
    )
    assert outcome in shown(sample, judgment)


def test_an_unjudged_sample_says_which_signal_abstained_on_whom() -> None:
    silent = replace(INSTRUCTIONS, verdicts=(Verdict(score=None), Verdict(score=0.5)))
    mute = replace(INSTRUCTIONS, name="factuality", verdicts=(Verdict(score=None), Verdict(score=None)))
    text = shown(SAMPLE, replace(JUDGMENT, signals=(silent, mute), decision=None))
    assert (
        "unjudged: no signal scored every candidate; instructions abstained on candidate 1; "
        "factuality abstained on all of them"
    ) in text
    assert "    candidate 1: abstained" in text


def test_no_signal_at_all_is_said() -> None:
    text = shown(SAMPLE, Judgment(sample_id="q1", plan=Plan(checks=(), reason="nothing to check")))
    assert "checks: no check applies" in text
    assert "nothing to verify" in text
    assert "unjudged: no signal answered" in text


def test_every_failure_stands_under_its_stage() -> None:
    failures = (
        Failure(source="route", kind="timeout", error="late"),
        Failure(source="factuality", kind="error", error="no corpus"),
        Failure(source="rm", kind="unreadable reply", error="NA"),
        Failure(source="judge", kind="error", error="broke"),
    )
    plan = Plan(checks=("instructions", "factuality"), reason="the router failed: every check runs")
    text = shown(SAMPLE, replace(JUDGMENT, plan=plan, failures=failures, decision=None))
    route, verify, prefer, judge = (text.index(f"── {verb} ─") for verb in ("route", "verify", "prefer", "judge"))
    assert route < text.index("✘ route failed (timeout): late") < verify
    assert verify < text.index("✘ factuality failed (error): no corpus") < prefer
    assert prefer < text.index("✘ rm failed (unreadable reply): NA") < judge
    assert judge < text.index("✘ judge failed (error): broke") < text.index("unjudged: the judger failed")


def test_a_planned_check_that_never_ran_is_named() -> None:
    text = shown(SAMPLE, replace(JUDGMENT, plan=Plan(checks=("instructions", "taste"), reason="all")))
    assert "taste: planned, but no verifier of this name ran" in text


def test_preference_scores_are_in_the_models_own_unit() -> None:
    finding = Finding(subject="helpfulness", score=0.25, reason="objective 1")
    armo = Signal(
        name="armo", kind="preference", verdicts=(Verdict(score=-3.5, findings=(finding,)), Verdict(score=2.0))
    )
    text = shown(SAMPLE, replace(JUDGMENT, signals=(armo,)))
    assert "    candidate 1: -3.5" in text
    assert "· 0.25  helpfulness: objective 1" in text


def test_a_finding_met_in_part_says_how_far() -> None:
    part = Verdict(score=0.4, findings=(Finding(subject="claim", score=0.4, reason="2 of 5 supported"),))
    text = shown(SAMPLE, replace(JUDGMENT, signals=(replace(INSTRUCTIONS, verdicts=(part, part)),)))
    assert "~ partly met (0.4)  claim: 2 of 5 supported" in text


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    hostile = "[red]x[/red] [/nothing] \x1b]8;;http://evil\x1b\\ \x9b31m \u202eabc \ud83d :smile:"
    sample = Sample(
        id=f"id {hostile}",
        prompt=(Message(role="user", content=hostile),),
        candidates=(Candidate(text=hostile, source=hostile), Candidate(text="")),
    )
    finding = Finding(subject=hostile, score=1.0, reason=hostile, sources=(hostile,))
    verdicts = (Verdict(score=1.0, findings=(finding,)), Verdict(score=1.0))
    judgment = Judgment(
        sample_id=sample.id,
        plan=Plan(checks=(hostile,), reason=hostile),
        signals=(Signal(name=hostile, kind="verification", verdicts=verdicts),),
        failures=(Failure(source=hostile, kind=hostile, error=hostile),),
        decision=Decision(scores=(1.0, 0.0), reason=hostile),
    )
    text = shown(sample, judgment, width=1000)
    text.encode()
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    assert text.count("[red]x[/red] [/nothing] ␛]8;;http://evil␛\\ \\x9b31m \\u202eabc � :smile:") >= 10
    assert "(empty)" in text


def test_ten_megabytes_are_trimmed() -> None:
    sample = Sample.of("p " * 5_000_000, ["a" * 10_000_000, "b\n" * 1_000])
    many = Verdict(score=1.0, findings=(MET,) * 1_000)
    signal = replace(INSTRUCTIONS, verdicts=(many, many))
    text = shown(sample, replace(JUDGMENT, signals=(signal,)))
    assert "candidate 1, 10,000,000 characters" in text
    assert "a…" in text
    assert "and 960 more findings" in text
    assert len(text) < 20_000


def test_a_conversation_shows_its_last_user_turn() -> None:
    turns = (Message(role="system", content="Be brief."), Message(role="user", content="Why?"))
    text = shown(Sample(id="q", prompt=turns, candidates=SAMPLE.candidates), JUDGMENT)
    assert "prompt (last user turn of 2 messages)\n  Why?" in text


def test_what_holds_for_the_whole_sample_is_noted_below_the_candidates() -> None:
    note = Finding(
        subject="written checker 12ab", score=None, reason="admitted on 8 examples", sources=("def f(): ...",)
    )
    text = shown(SAMPLE, replace(JUDGMENT, signals=(replace(INSTRUCTIONS, notes=(note,)),)))
    assert "    written checker 12ab: admitted on 8 examples" in text.splitlines()
    assert "def f()" not in text


def test_a_signal_that_failed_in_part_is_told_from_one_that_failed() -> None:
    judgment = Judgment(
        sample_id="sample",
        plan=Plan(checks=("instructions",), reason="all"),
        signals=(Signal(name="instructions", kind="verification", verdicts=(Verdict(score=1.0),)),),
        failures=(Failure(source="instructions", kind="timeout", error="late"),),
    )
    assert "✘ instructions failed in part (timeout): late" in shown(Sample.of("Hi", ["Hello"]), judgment)
