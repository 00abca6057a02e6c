"""The way without a language model: claims by rules, passages from the evidence, how well they fit by small models.

    candidate -> claims (claims.py) -> passages for the question and for each claim -> the passage that bears most on it
    (features.py) -> the chance that it supports the claim: by the words (weigh.py) and, where these leave it open, by
    the encoder too (entailment.py, joined.py) -> the mean of the claims' chances

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
from reward_agent.verify.factuality.grounded.joined import Joined, load_joined
from reward_agent.verify.factuality.grounded.reading import to_read
from reward_agent.verify.factuality.grounded.weigh import Weighing, load_weighing
from reward_agent.verify.factuality.look_up import look_up

ABOUT = 0.25
"""A passage is about the same thing where it names at least this much of it (see `features.about`)."""
ABOUT_LITERAL = 0.12
"""The same for a passage in which a short answer stands word for word."""
READ_TOGETHER = 2
SURE = 0.6
UNSURE = 0.4
MAX_QUESTION_CHARS = 2_000
SHOWN_CHARS = 300

NO_CLAIM = Verdict(score=None, findings=(Finding(subject="claims", score=None, reason="it states nothing to look up"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundedClaims:
    """`claims`: how many of each candidate are looked up at most. `entailment`: the model that reads the
    sentences which the words leave open; None to go by the words alone. `read_all`: it reads every sentence."""

    evidence: EvidenceSource
    entailment: EntailmentModel | None = None
    read_all: bool = False
    weighing: Weighing = field(default_factory=load_weighing)
    joined: Joined = field(default_factory=load_joined)
    claims: int = 8
    lookups_in_flight: int = 8

    async def verdicts(self, sample: Sample) -> tuple[Verdict, ...]:
        """Raises SignalError where a look-up failed."""
        question = sample.instruction[:MAX_QUESTION_CHARS].strip()
        said = {text: claims_of(text, question, limit=self.claims) for text in dict.fromkeys(sample.responses)}
        said = without_common(said)
        queries = [question] if question else []
        queries += [claim.text for claims in said.values() for claim in claims if not (claim.short or claim.asked)]
        found = await look_up(self.evidence, queries, in_flight=self.lookups_in_flight)
        judged = await asyncio.to_thread(self._judged, said, question, found)
        return tuple(judged[text] for text in sample.responses)

    def _judged(
        self, said: Mapping[str, Sequence[Claim]], question: str, found: Mapping[str, Sequence[Passage]]
    ) -> dict[str, Verdict]:
        ranked: dict[Claim, Sequence[Compared]] = {}
        for claim in dict.fromkeys(claim for claims in said.values() for claim in claims):
            own = () if claim.short or claim.asked else found[claim.text]
            passages = {passage.text: passage for passage in (*found.get(question, ()), *own)}
            ranked[claim] = _beside(claim, list(passages.values()))
        # Short answers answer one question: a passage that is about it for one of them is so for all.
        known = {one.passage.text for claim, ones in ranked.items() if claim.short for one in _related(claim, ones)}
        findings = {
            claim: self._finding(
                claim,
                [one for one in ones if claim.short and one.passage.text in known] or _related(claim, ones),
            )
            for claim, ones in ranked.items()
        }
        return {text: _verdict([findings[claim] for claim in claims]) for text, claims in said.items()}

    def _finding(self, claim: Claim, related: Sequence[Compared]) -> Finding:
        """`related`: the passages about the same thing, the one that says most about the claim first."""
        subject = f"{'no' if claim.denied else 'yes'}: {claim.text}" if claim.asked else claim.text
        if not related:
            reason = "not enough evidence: no passage about the same thing was found"
            return Finding(subject=subject, score=None, reason=reason)
        best = related[0]
        chance, how = self._told(claim, best)
        source = best.passage.source or best.passage.title
        shown = best.window if len(best.window) <= SHOWN_CHARS else f"{best.window[:SHOWN_CHARS]} ..."
        return Finding(
            subject=subject,
            score=round(chance, 4),
            reason=f"{_ruling(best, chance)} (chance that the passage supports it: {chance:.2f}{how})",
            sources=(f"{source}: {shown}" if source else shown,),
        )

    def chance(self, claim: Claim, best: Compared) -> float:
        """The chance that the passage supports the claim."""
        return self._told(claim, best)[0]

    def _told(self, claim: Claim, best: Compared) -> tuple[float, str]:
        """The chance, and where the encoder has read the claim, what it made of it."""
        supported, how = self._supported(claim, best)
        return (1 - supported if claim.denied else supported), how

    def _supported(self, claim: Claim, best: Compared) -> tuple[float, str]:
        by_words = self.weighing.by_words(best, short=claim.short)
        if self.entailment is None or claim.short or not (self.read_all or self.joined.open_to(by_words)):
            return by_words, ""
        evidence = to_read(best.passage.title, best.passage.text, claim.text)
        (chances,) = self.entailment.chances([(claim.stated, evidence)])
        how = f"; by the words alone {by_words:.2f}, by the entailment model alone {chances[0]:.2f}"
        return self.joined.chance(by_words, chances), how


def _beside(claim: Claim, passages: Sequence[Passage]) -> Sequence[Compared]:
    """The claim beside each passage. What was asked with yes or no may be about two things, each with a passage of its
    own, so the best two are read as one."""
    ranked = compared(claim, passages)
    if not claim.asked or len(ranked) < READ_TOGETHER:
        return ranked
    both = [one.passage for one in _related(claim, ranked)[:READ_TOGETHER]]
    if len(both) < READ_TOGETHER:
        return ranked
    text = " ".join(f"{passage.title}: {passage.text}" if passage.title else passage.text for passage in both)
    return compared(claim, [Passage(text=text, source=", ".join(p.source or p.title for p in both))])


def _related(claim: Claim, ranked: Sequence[Compared]) -> Sequence[Compared]:
    """Those whose passage is about the same thing."""
    return [one for one in ranked if one["about"] >= (ABOUT_LITERAL if claim.short and one["literal"] else ABOUT)]


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
