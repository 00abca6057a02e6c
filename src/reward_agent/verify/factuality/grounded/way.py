"""The way without a language model: claims by rules, passages from the evidence, how well they fit by small models.

    candidate -> claims (claims.py) -> passages for the question and for each claim -> the passage that bears most on it
    (features.py) -> the chance that it supports the claim (weigh.py, entailment.py) -> the mean of the claims' chances

A claim is judged only where a passage is about the same thing; where none is, that is said and the claim has no score.
Claims that all candidates make in the same words are left out of a comparison. What this does not promise: reasoning.
It sees whether a passage says what a claim says, not what follows from it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reward_agent.protocols import EvidenceSource
from reward_agent.types import Finding, Passage, Sample, Verdict
from reward_agent.verify.factuality.grounded.claims import Claim, claims_of
from reward_agent.verify.factuality.grounded.entailment import EntailmentModel
from reward_agent.verify.factuality.grounded.features import Compared, compared
from reward_agent.verify.factuality.grounded.weigh import Weighing, load_weighing
from reward_agent.verify.factuality.look_up import look_up

ABOUT = 0.3
"""A passage is about the same thing where it names at least this much of it (see `features.about`)."""
SURE = 0.6
UNSURE = 0.4
MAX_QUESTION_CHARS = 2_000
SHOWN_CHARS = 300

NO_CLAIM = Verdict(score=None, findings=(Finding(subject="claims", score=None, reason="it states nothing to look up"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundedClaims:
    """`claims`: how many of each candidate are looked up at most. `entailment`: the model that reads short answers
    which do not stand in the passage word for word; None to go by the words alone. `read_sentences`: it reads every
    sentence too, which finds more paraphrases and takes ten times as long."""

    evidence: EvidenceSource
    entailment: EntailmentModel | None = None
    read_sentences: bool = False
    weighing: Weighing = field(default_factory=load_weighing)
    claims: int = 8
    lookups_in_flight: int = 8

    async def verdicts(self, sample: Sample) -> tuple[Verdict, ...]:
        """Raises SignalError where a look-up failed."""
        question = sample.instruction[:MAX_QUESTION_CHARS].strip()
        said = {text: claims_of(text, question, limit=self.claims) for text in dict.fromkeys(sample.responses)}
        said = without_common(said)
        queries = [question] if question else []
        queries += [claim.text for claims in said.values() for claim in claims if not claim.short]
        found = await look_up(self.evidence, queries, in_flight=self.lookups_in_flight)
        judged = await asyncio.to_thread(self._judged, said, question, found)
        return tuple(judged[text] for text in sample.responses)

    def _judged(
        self, said: Mapping[str, Sequence[Claim]], question: str, found: Mapping[str, Sequence[Passage]]
    ) -> dict[str, Verdict]:
        findings: dict[Claim, Finding] = {}
        for claim in (claim for claims in said.values() for claim in claims):
            if claim not in findings:
                own = () if claim.short else found[claim.text]
                passages = {passage.text: passage for passage in (*found.get(question, ()), *own)}
                findings[claim] = self._finding(claim, list(passages.values()))
        return {text: _verdict([findings[claim] for claim in claims]) for text, claims in said.items()}

    def _finding(self, claim: Claim, passages: Sequence[Passage]) -> Finding:
        ranked = compared(claim, passages)
        if max((one["about"] for one in ranked), default=0.0) < ABOUT:
            reason = "not enough evidence: no passage about the same thing was found"
            return Finding(subject=claim.text, score=None, reason=reason)
        best = ranked[0]
        chance = self.chance(claim, best)
        source = best.passage.source or best.passage.title
        shown = best.window if len(best.window) <= SHOWN_CHARS else f"{best.window[:SHOWN_CHARS]} ..."
        return Finding(
            subject=claim.text,
            score=round(chance, 4),
            reason=f"{_ruling(best, chance)} (chance that the passage supports it: {chance:.2f})",
            sources=(f"{source}: {shown}" if source else shown,),
        )

    def chance(self, claim: Claim, best: Compared) -> float:
        """The chance that the passage supports the claim."""
        stands_there = claim.short and best["literal"]
        if self.entailment is None or stands_there or not (claim.short or self.read_sentences):
            return self.weighing.by_words(best, short=claim.short)
        (chances,) = self.entailment.chances([(claim.stated, best.window)])
        return self.weighing.with_reading(best, chances, short=claim.short)


def without_common(said: Mapping[str, Sequence[Claim]]) -> dict[str, Sequence[Claim]]:
    """The claims on which the texts differ; all of them where one would be left with none."""
    if len(said) < 2:
        return dict(said)
    common = frozenset.intersection(*(frozenset(claim.key for claim in claims) for claims in said.values()))
    left: dict[str, Sequence[Claim]] = {
        text: tuple(claim for claim in claims if claim.key not in common) for text, claims in said.items()
    }
    emptied = any(claims and not left[text] for text, claims in said.items())
    return dict(said) if emptied else left


def _ruling(best: Compared, chance: float) -> str:
    if chance >= SURE:
        return "supported"
    if chance > UNSURE:
        return "unclear"
    other = best["numbers missing"] or best["names missing"] or best["denial differs"]
    return "contradicted" if other else "not supported"


def _verdict(findings: Sequence[Finding]) -> Verdict:
    scores = [finding.score for finding in findings if finding.score is not None]
    if not findings:
        return NO_CLAIM
    return Verdict(score=sum(scores) / len(scores) if scores else None, findings=tuple(findings))
