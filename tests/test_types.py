import math

import pytest
from pydantic import TypeAdapter, ValidationError

from reward_agent.types import (
    Candidate,
    Decision,
    Finding,
    Judgment,
    LabeledSample,
    Message,
    Plan,
    Problem,
    Sample,
    Signal,
    Usage,
    Verdict,
)


def test_a_sample_keeps_its_candidates_in_order() -> None:
    sample = Sample.of("Why?", ["Because.", "So what?"])
    assert sample.responses == ("Because.", "So what?")
    assert sample.reversed(id="again").responses == ("So what?", "Because.")
    assert sample.reversed(id="again").id == "again"


def test_the_instruction_is_the_last_user_turn() -> None:
    prompt = (
        Message(role="system", content="Be brief."),
        Message(role="user", content="First"),
        Message(role="assistant", content="Reply"),
        Message(role="user", content="Second"),
    )
    assert Sample(id="1", prompt=prompt, candidates=(Candidate(text="x"),)).instruction == "Second"
    assert Sample(id="1", prompt=prompt[:1], candidates=(Candidate(text="x"),)).instruction == ""


@pytest.mark.parametrize(
    ("id", "prompt", "candidates"),
    [("", "p", ["a"]), ("1", None, ["a"]), ("1", "p", [])],
    ids=["no id", "no prompt", "no candidate"],
)
def test_an_incomplete_sample_is_refused(id: str, prompt: str | None, candidates: list[str]) -> None:
    messages = () if prompt is None else (Message(role="user", content=prompt),)
    with pytest.raises(ValueError, match="needs"):
        Sample(id=id, prompt=messages, candidates=tuple(Candidate(text=text) for text in candidates))


@pytest.mark.parametrize(("best", "rest"), [((), (0, 1)), ((0,), ()), ((0, 0), (1,)), ((0,), (2,))])
def test_an_answer_key_must_split_the_candidates(best: tuple[int, ...], rest: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must split 2 candidates"):
        LabeledSample(sample=Sample.of("p", ["a", "b"]), best=best, rest=rest, subset="s")


@pytest.mark.parametrize("score", [-0.01, 1.01])
def test_a_verification_score_outside_the_unit_interval_is_refused(score: float) -> None:
    with pytest.raises(ValueError, match="lie in"):
        Signal(name="v", kind="verification", verdicts=(Verdict(score=score),))


def test_a_preference_score_may_have_any_unit() -> None:
    assert Signal(name="p", kind="preference", verdicts=(Verdict(score=-17.5),)).scores == (-17.5,)


@pytest.mark.parametrize("score", [math.nan, math.inf])
def test_a_score_that_is_not_finite_is_refused(score: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Verdict(score=score)
    with pytest.raises(ValueError, match="finite"):
        Decision(scores=(score,), reason="")


def test_a_signal_that_abstained_once_has_no_scores() -> None:
    verdicts = (Verdict(score=1.0), Verdict(score=None))
    assert Signal(name="v", kind="verification", verdicts=verdicts).scores is None


def test_usage_adds_up() -> None:
    one = Usage(calls=1, tokens=10, cached=0, seconds=0.5)
    assert one + one == Usage(calls=2, tokens=20, cached=0, seconds=1.0)


def test_a_judgment_survives_the_disk() -> None:
    finding = Finding(subject="length", score=None, reason="too short to tell", sources=("at most 5 words",))
    judgment = Judgment(
        sample_id="7",
        plan=Plan(checks=("instructions",), reason="it says 'words'"),
        signals=(
            Signal(name="instructions", kind="verification", verdicts=(Verdict(score=0.5, findings=(finding,)),)),
        ),
        decision=Decision(scores=(0.5,), reason="sum"),
        usage=Usage(calls=3),
    )
    adapter = TypeAdapter(Judgment)
    assert adapter.validate_json(adapter.dump_json(judgment)) == judgment


def test_an_impossible_judgment_is_refused_when_read() -> None:
    row = '{"sample_id": "1", "plan": {"checks": [], "reason": ""}, "decision": {"scores": [NaN], "reason": ""}}'
    with pytest.raises(ValidationError):
        TypeAdapter(Judgment).validate_json(row)


def test_a_problem_reads_as_a_sentence() -> None:
    problem = Problem(place="a.jsonl:3", what="not JSON", remedy="Repair the row.")
    assert str(problem) == "a.jsonl:3: not JSON. Repair the row."
