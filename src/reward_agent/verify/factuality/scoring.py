"""From decided claims to a verdict a candidate.

A candidate's score is the share of its decided claims that hold: it asserts what the evidence supports, or denies
what the evidence contradicts. A claim is decided once, for all who take a stand on it. Three things keep the comparison
fair:

- Silence neither helps nor hurts: a claim counts for those alone that take a stand on it.
- A claim counts by the share of the candidates that take a stand on it. So candidates are compared first of all on what
  they have in common, and nobody waters down a mistake with claims that no other makes.
- A candidate without a decided claim abstains. It gets no score, neither 0 nor the others' mean.

Length plays no part, and answers that take the same stands score the same.
"""

from collections.abc import Sequence

from reward_agent.types import Finding, Verdict
from reward_agent.verify.factuality.claims import Claim
from reward_agent.verify.factuality.rulings import Ruling


def _abstention(reason: str) -> Verdict:
    return Verdict(score=None, findings=(Finding(subject="claims", score=None, reason=reason),))


NO_CLAIM = _abstention("no claim to look up was found; in a comparison, none on which the candidates differ")
NO_STAND = _abstention("it takes no stand on a claim that was looked up")


def verdict_of(letter: str, claims: Sequence[Claim], rulings: Sequence[Ruling], *, candidates: int) -> Verdict:
    """The verdict on one of `candidates` distinct texts. `rulings` is aligned with `claims`."""
    held = decided = 0.0
    findings = []
    for claim, ruling in zip(claims, rulings, strict=True):
        if letter not in claim.takers:
            continue
        asserts = letter in claim.asserted
        holds = None if ruling.true is None else asserts == ruling.true
        if holds is not None:
            decided += len(claim.takers)
            held += holds * len(claim.takers)
        findings.append(_finding(claim, ruling, asserts=asserts, holds=holds, candidates=candidates))
    if not findings:
        return NO_STAND
    return Verdict(score=held / decided if decided else None, findings=tuple(findings))


def _finding(claim: Claim, ruling: Ruling, *, asserts: bool, holds: bool | None, candidates: int) -> Finding:
    stand = "asserts it" if asserts else "denies it"
    shared = f"; {len(claim.takers)} of {candidates} candidates take a stand" if candidates > 1 else ""
    return Finding(
        subject=claim.text,
        score=None if holds is None else float(holds),
        reason=f"{stand}; {ruling.reason}{shared}",
        sources=ruling.sources,
    )
