from collections.abc import Sequence

import pytest

from reward_agent.verify.factuality.claims import Claim
from reward_agent.verify.factuality.rulings import Ruling
from reward_agent.verify.factuality.scoring import NO_STAND, verdict_of


def score(letter: str, *decided: tuple[str, str, bool | None], candidates: int = 2) -> float | None:
    """The score by claims given as (who asserts it, who denies it, whether it is true)."""
    claims = [
        Claim(text=f"claim {number}", query="q", asserted=frozenset(asserted), denied=frozenset(denied))
        for number, (asserted, denied, _) in enumerate(decided)
    ]
    rulings: Sequence[Ruling] = [Ruling(true=true, reason="because") for *_, true in decided]
    return verdict_of(letter, claims, rulings, candidates=candidates).score


def test_asserting_what_is_supported_and_denying_what_is_contradicted_holds() -> None:
    assert score("A", ("A", "B", True), ("B", "A", False)) == 1.0
    assert score("B", ("A", "B", True), ("B", "A", False)) == 0.0


def test_the_score_is_the_share_of_the_decided_claims_that_hold() -> None:
    assert score("A", ("A", "", True), ("A", "", False), ("A", "", None), ("A", "", True)) == pytest.approx(2 / 3)


def test_without_a_decided_claim_a_candidate_abstains() -> None:
    assert score("A", ("A", "B", None)) is None
    assert verdict_of("C", [], [], candidates=3) == NO_STAND


def test_silence_neither_helps_nor_hurts() -> None:
    both = [("AB", "", True), ("AB", "", False)]
    assert score("B", *both) == score("B", *both, ("A", "", True)) == score("B", *both, ("A", "", False))


def test_a_mistake_on_common_ground_is_not_watered_down_by_claims_that_no_other_makes() -> None:
    mistaken = ("B", "A", True)
    padded = [("A", "", True)] * 3
    assert score("A", mistaken, *padded) == pytest.approx(3 / 5)
    assert score("B", mistaken, *padded) == 1.0


def test_answers_that_take_the_same_stands_score_the_same() -> None:
    claims = [("AC", "B", True), ("B", "AC", None), ("AC", "", False)]
    assert score("A", *claims, candidates=3) == score("C", *claims, candidates=3)


def test_a_finding_says_where_the_candidate_stands_why_and_how_many_do() -> None:
    claim = Claim(text="The pier is of stone.", query="q", asserted=frozenset("A"), denied=frozenset("B"))
    ruling = Ruling(true=True, reason="supported", sources=("of stone", "town.txt"))
    (finding,) = verdict_of("B", [claim], [ruling], candidates=3).findings
    assert finding.subject == "The pier is of stone."
    assert finding.score == 0.0
    assert finding.reason == "denies it; supported; 2 of 3 candidates take a stand"
    assert finding.sources == ("of stone", "town.txt")
