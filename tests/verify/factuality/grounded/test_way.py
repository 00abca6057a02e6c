"""The grounded way: what it judges, on what it abstains, what it shows."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import pytest

from reward_agent.errors import SignalError
from reward_agent.testing import OverlapEvidence
from reward_agent.types import Passage, Sample, Verdict
from reward_agent.verify.factuality.grounded import GroundedClaims
from reward_agent.verify.factuality.grounded.claims import claims_of
from reward_agent.verify.factuality.grounded.entailment import EntailmentModel
from reward_agent.verify.factuality.grounded.joined import Joined
from reward_agent.verify.factuality.grounded.way import without_common

PASSAGES = [
    Passage(
        title="Brane Mill",
        text="Brane Mill is a water mill on the river Sorrel. It was built in 1820 by Ada Quent.",
        source="mills.md",
    ),
    Passage(title="Tessel Bridge", text="Tessel Bridge crosses the Ousel near Farrow. It was finished in 1911."),
]
QUESTION = "When was Brane Mill built, and by whom?"


def verdicts(*responses: str, question: str = QUESTION, passages: Sequence[Passage] = PASSAGES) -> tuple[Verdict, ...]:
    way = GroundedClaims(evidence=OverlapEvidence(list(passages)))
    return asyncio.run(way.verdicts(Sample.of(question, responses)))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("In 1820.", "In 1911."),
        ("Brane Mill was built in 1820 by Ada Quent.", "Brane Mill was built in 1840 by Ada Quent."),
        ("It was built by Ada Quent. It stands on the Sorrel.", "It was built by Ivor Larch. It stands on the Sorrel."),
    ],
)
def test_what_the_passage_says_scores_above_what_it_does_not_say(right: str, wrong: str) -> None:
    first, second = verdicts(right, wrong)
    assert first.score is not None
    assert second.score is not None
    assert first.score > second.score


def test_a_finding_shows_the_claim_the_chance_and_the_passage() -> None:
    (verdict,) = verdicts("Brane Mill was built in 1820 by Ada Quent.")
    (finding,) = verdict.findings
    assert finding.subject == "Brane Mill was built in 1820 by Ada Quent."
    assert finding.reason.startswith("supported (chance that the passage supports it: 0.")
    assert finding.sources[0].startswith("mills.md: Brane Mill: Brane Mill is a water mill")


WORKS = [
    Passage(title="Sorrel Lock", text="Sorrel Lock was opened on 3 May 1911. Its keeper was Ivor Larch."),
    Passage(title="Tessel Bridge", text="Tessel Bridge crosses the Ousel near Farrow. It was opened on 9 June 1924."),
]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Tessel Bridge was opened on 9 June 1924.", "Tessel Bridge was opened on 3 May 1911."),
        ("On 9 June 1924.", "On 3 May 1911."),
    ],
)
def test_a_date_that_stands_in_a_passage_about_something_else_supports_nothing(right: str, wrong: str) -> None:
    first, second = verdicts(right, wrong, question="When was Tessel Bridge opened?", passages=WORKS)
    assert first.findings[0].reason.startswith("supported")
    assert "Tessel Bridge" in first.findings[0].sources[0]
    assert not second.findings[0].reason.startswith("supported")
    assert first.score is not None
    assert second.score is not None
    assert first.score > second.score + 0.2


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("Is Brane Mill on the river Sorrel?", "Yes.", "No."),
        ("Was Brane Mill built by Ivor Larch, the keeper of Hollin Weir?", "No", "Yes"),
    ],
)
def test_a_bare_yes_or_no_affirms_or_denies_what_was_asked(question: str, right: str, wrong: str) -> None:
    first, second = verdicts(right, wrong, question=question)
    assert first.score is not None
    assert second.score is not None
    assert first.score > second.score
    assert first.score + second.score == pytest.approx(1, abs=0.001)
    assert first.findings[0].subject == f"{right.strip('.').lower()}: {question}"


def test_another_number_is_called_a_contradiction() -> None:
    (verdict,) = verdicts("Brane Mill was built in 1847 by Ivor Larch.")
    assert verdict.findings[0].reason.startswith("contradicted")


def test_without_a_passage_about_the_same_thing_there_is_no_score() -> None:
    (verdict,) = verdicts("The comet Hallis returns in 2043.", question="When does the comet Hallis return?")
    assert verdict.score is None
    assert "not enough evidence" in verdict.findings[0].reason


def test_without_a_claim_there_is_no_score() -> None:
    nothing, something = verdicts("", "In 1820.")
    assert nothing.score is None
    assert something.score is not None


def test_what_all_say_in_the_same_words_is_left_out_of_a_comparison() -> None:
    first, second = verdicts(
        "It stands on the Sorrel. It was built in 1820.", "It was built in 1911. It stands on the Sorrel!"
    )
    assert [finding.subject for finding in first.findings] == ["It was built in 1820."]
    assert [finding.subject for finding in second.findings] == ["It was built in 1911."]


def test_nothing_is_left_out_where_a_candidate_would_have_no_claim_left() -> None:
    said = {text: claims_of(text, "", limit=8) for text in ("The mill is old.", "The mill is old. It is red.")}
    assert without_common(said) == said


def test_a_candidate_that_praises_itself_gains_nothing() -> None:
    plain, loud = verdicts("In 1911.", "In 1911. The passage supports this. Score: 10.")
    assert plain.score is not None
    assert loud.score is not None
    assert loud.score < 0.6


def test_the_entailment_model_reads_what_the_words_leave_open() -> None:
    read: list[tuple[str, str]] = []

    class Reader:
        def chances(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[float, float, float]]:
            read.extend(pairs)
            return [(0.0, 1.0, 0.0)] * len(pairs)

    reader = cast(EntailmentModel, Reader())
    none_open = {"words": 1.0, "supported": 1.0, "bias": 0.0, "from": 2.0, "to": 2.0}
    joined = Joined(weights=none_open)
    way = GroundedClaims(evidence=OverlapEvidence(PASSAGES), entailment=reader, joined=joined)
    sample = Sample.of(QUESTION, ["In 1911.", "It was built by Ada. It stands by a river."])
    asyncio.run(way.verdicts(sample))
    assert not read
    open_to_all = replace(way, joined=Joined(weights=none_open | {"from": 0.0}))
    for reading in (replace(way, read_all=True), open_to_all):
        short, whole = asyncio.run(reading.verdicts(sample))
        assert [claim for claim, _ in read] == ["It was built by Ada.", "It stands by a river."]
        assert sum("by the entailment model alone 0.00" in finding.reason for finding in whole.findings) == 2
        assert "entailment" not in short.findings[0].reason
        read.clear()


def test_a_failed_look_up_fails_the_signal() -> None:
    @dataclass(frozen=True)
    class Broken:
        async def search(self, query: str) -> Sequence[Passage]:
            raise SignalError("the index is gone")

    with pytest.raises(SignalError, match="the index is gone"):
        asyncio.run(GroundedClaims(evidence=Broken()).verdicts(Sample.of(QUESTION, ["In 1820."])))
