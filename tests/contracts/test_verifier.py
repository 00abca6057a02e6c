"""What every Verifier does."""

import asyncio

import pytest

from reward_agent.protocols import Verifier
from reward_agent.testing import OverlapEvidence, ScoringVerifier
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Passage, Sample, Signal
from reward_agent.verify.factuality.grounded import GroundedClaims
from reward_agent.verify.factuality.grouped import GroupedClaims
from reward_agent.verify.factuality.verifier import FactualityVerifier
from reward_agent.verify.instructions.parse_model import ModelParser
from reward_agent.verify.instructions.questions import ModelQuestions
from reward_agent.verify.instructions.read import ModelReader
from reward_agent.verify.instructions.verifier import InstructionVerifier

CHAT = SimulatedChat()
EVIDENCE = OverlapEvidence([Passage(text="The salt sea is wide. It is deep and cold in winter.", source="sea.txt")])
ALONE: list[Verifier] = [
    InstructionVerifier(),
    InstructionVerifier(reading="natural", graded=False),
    InstructionVerifier(
        reader=ModelReader(parser=ModelParser(chat=CHAT)),
        questions=ModelQuestions(chat=CHAT),
        weights={"soft": 0.5},
    ),
    ScoringVerifier("polite", lambda text: float("please" in text)),
]
"""Each candidate is verified by itself."""
VERIFIERS = [
    *ALONE,
    FactualityVerifier(way=GroupedClaims(chat=SimulatedChat(), evidence=EVIDENCE)),
    FactualityVerifier(way=GroundedClaims(evidence=EVIDENCE)),
]
"""Not among them is `PairedDifferences`: which candidates it compares depends on their places."""
PROMPT = "Describe the sea in exactly two sentences. Include the word 'salt'. Do not use commas. Write in a calm tone."
RESPONSES = ["The salt sea is wide. It is deep.", "Wide, deep, salt.", "", "\x00\ud800 \u202e", "a" * 100_000]


def verified(verifier: Verifier, prompt: str, responses: list[str]) -> Signal:
    return asyncio.run(verifier.verify(Sample.of(prompt, responses)))


@pytest.mark.parametrize("verifier", VERIFIERS, ids=lambda verifier: type(verifier).__name__)
class TestVerifier:
    def test_it_is_a_verifier_with_a_purpose(self, verifier: Verifier) -> None:
        assert isinstance(verifier, Verifier)
        assert verifier.name
        assert verifier.purpose

    def test_it_gives_one_verdict_a_candidate_in_order(self, verifier: Verifier) -> None:
        together = verified(verifier, PROMPT, RESPONSES)
        assert together.name == verifier.name
        assert together.kind == "verification"
        assert len(together.verdicts) == len(RESPONSES)

    def test_the_order_of_candidates_changes_nothing(self, verifier: Verifier) -> None:
        forward = verified(verifier, PROMPT, RESPONSES).verdicts
        assert verified(verifier, PROMPT, RESPONSES[::-1]).verdicts == forward[::-1]

    def test_equal_candidates_get_equal_verdicts(self, verifier: Verifier) -> None:
        first, second = verified(verifier, PROMPT, [RESPONSES[0]] * 2).verdicts
        assert first == second

    def test_every_finding_says_what_and_why(self, verifier: Verifier) -> None:
        for verdict in verified(verifier, PROMPT, RESPONSES).verdicts:
            for finding in verdict.findings:
                assert finding.subject
                assert finding.reason
                assert finding.score is None or 0 <= finding.score <= 1

    def test_an_empty_prompt_is_no_reason_to_fail(self, verifier: Verifier) -> None:
        assert len(verified(verifier, "", RESPONSES).verdicts) == len(RESPONSES)


@pytest.mark.parametrize("verifier", ALONE, ids=lambda verifier: type(verifier).__name__)
def test_a_verdict_does_not_depend_on_the_other_candidates(verifier: Verifier) -> None:
    alone = [verified(verifier, PROMPT, [response]).verdicts[0] for response in RESPONSES]
    assert list(verified(verifier, PROMPT, RESPONSES).verdicts) == alone
