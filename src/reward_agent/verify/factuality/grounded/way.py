"""The way without a language model: claims by rules, passages from the evidence, how well they fit by small models.

    candidate -> claims (claims.py) -> passages for the question and for each claim -> the passage that bears most on it
    (features.py) -> the chance that it supports the claim: by the words (sentence.py, weigh.py) and, where these leave
    it open, by the encoder too (entailment.py, joined.py)
    -> the mean of the claims' chances, raised by how much of the evidence about the question is said (coverage.py)

A candidate's score lies in 0 to 1 and depends on no other candidate, save that what is about the question for one short
answer is so for all. A claim is judged only where a passage is about
the same thing; where none is, that is said and the claim has no score. A sentence that is the whole answer is worth as
much as the weaker of two: that it is borne out, and that what it adds to its question answers it. More claims raise the
score only as far as they are better supported than the rest, or say more of what the evidence says about the question,
and that only by `COMPLETE`. What this does not promise: reasoning. It sees whether a passage says what a claim says,
not what follows from it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reward_agent.protocols import EvidenceSource
from reward_agent.types import Finding, Passage, Sample, Verdict
from reward_agent.verify.factuality.grounded.claims import MAX_RESPONSE_CHARS, Claim, claims_of
from reward_agent.verify.factuality.grounded.coverage import covered, told_about
from reward_agent.verify.factuality.grounded.entailment import EntailmentModel
from reward_agent.verify.factuality.grounded.features import Compared, as_answer, compared
from reward_agent.verify.factuality.grounded.joined import Joined, load_joined
from reward_agent.verify.factuality.grounded.kinship import pages_about
from reward_agent.verify.factuality.grounded.reading import to_read
from reward_agent.verify.factuality.grounded.terms import terms_of
from reward_agent.verify.factuality.grounded.text import titled
from reward_agent.verify.factuality.grounded.weigh import Weighing, load_weighing, log_odds, logistic
from reward_agent.verify.factuality.look_up import look_up

ABOUT = 0.25
"""A passage is about the same thing where it names at least this much of it (see `features.about`)."""
ABOUT_LITERAL = 0.12
"""The same for a passage in which a short answer stands word for word."""
READ_TOGETHER = 2
COMPLETE = 1.4
"""How far the log-odds of an answer of several claims rise at most by how much it says of what the evidence says about
the question: as far as QA-Feedback's training part shows people to prefer it."""
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
        queries = [question] if question else []
        queries += [claim.text for claims in said.values() for claim in claims if not (claim.short or claim.asked)]
        found = await look_up(self.evidence, queries, in_flight=self.lookups_in_flight)
        unstated = [claim.text for claims in said.values() for claim in claims if _unstated(claim, found, question)]
        pages = await look_up(self.evidence, unstated, in_flight=self.lookups_in_flight)
        judged = await asyncio.to_thread(self._judged, said, question, {**pages, **found})
        return tuple(judged[text] for text in sample.responses)

    def _judged(
        self, said: Mapping[str, Sequence[Claim]], question: str, found: Mapping[str, Sequence[Passage]]
    ) -> dict[str, Verdict]:
        ranked: dict[Claim, Sequence[Compared]] = {}
        for claim in dict.fromkeys(claim for claims in said.values() for claim in claims):
            own = () if claim.asked else found.get(claim.text, ())
            # What is found for a short answer alone is about the answer and not about what was asked.
            passages = {p.text: p for p in (*found.get(question, ()), *(() if claim.short else own))}
            ranked[claim] = self._beside(claim, list(passages.values()), pages_about(claim.text, own))
        # Short answers answer one question: a passage that is about it for one of them is so for all.
        known = {one.passage.text for claim, ones in ranked.items() if claim.short for one in _related(claim, ones)}
        findings = {
            claim: self._finding(
                claim,
                [one for one in ones if claim.answers and one.passage.text in known] or _related(claim, ones),
            )
            for claim, ones in ranked.items()
        }
        told = told_about(question, found.get(question, ()))
        return {
            text: _verdict(
                [findings[claim] for claim in claims],
                covered(told, text[:MAX_RESPONSE_CHARS]) if len(claims) > 1 else None,
            )
            for text, claims in said.items()
        }

    def _beside(self, claim: Claim, passages: Sequence[Passage], pages: Sequence[Passage]) -> Sequence[Compared]:
        """The claim beside each passage. Of what it says of both of two things, the one that is borne out less; of
        what was asked with yes or no, which may be about two things, the best two passages read as one."""
        parts = [_related(part, compared(part, passages)) for part in _parts(claim)]
        if parts and all(parts):
            return min(parts, key=lambda ones: self._supported(ones[0].claim, ones[0])[0])
        ranked = compared(claim, passages, pages if claim.short else ())
        if not claim.asked or len(ranked) < READ_TOGETHER:
            return ranked
        both = [one.passage for one in _related(claim, ranked)[:READ_TOGETHER]]
        if len(both) < READ_TOGETHER:
            return ranked
        text = " ".join(titled(passage.title, passage.text) for passage in both)
        return compared(claim, [Passage(text=text, source=", ".join(p.source or p.title for p in both))])

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
        if claim.reply:
            supported = min(supported, self.weighing.by_words(as_answer(best), short=True))
        return (1 - supported if claim.denied else supported), how

    def _supported(self, claim: Claim, best: Compared) -> tuple[float, str]:
        by_words = self.weighing.by_words(best, short=claim.short)
        if self.entailment is None or claim.short or not (self.read_all or self.joined.open(by_words)):
            return by_words, ""
        evidence = to_read(best.passage.title, best.passage.text, claim.text)
        (chances,) = self.entailment.chances([(claim.text, evidence)])
        how = f"; by the words alone {by_words:.2f}, by the entailment model alone {chances[0]:.2f}"
        return self.joined.chance(by_words, chances), how


def _unstated(claim: Claim, found: Mapping[str, Sequence[Passage]], question: str) -> bool:
    """Whether it is a short answer, and none of the passages about the question holds its words."""
    terms = frozenset(terms_of(claim.text))
    about_it = found.get(question, ())
    return claim.short and bool(about_it) and not any(terms <= frozenset(terms_of(p.text)) for p in about_it)


def _parts(claim: Claim) -> Sequence[Claim]:
    return [Claim(text=part, question="", short=False) for part in claim.parts]


def _related(claim: Claim, ranked: Sequence[Compared]) -> Sequence[Compared]:
    """Those whose passage is about the same thing."""
    return [one for one in ranked if one["about"] >= (ABOUT_LITERAL if claim.short and one["literal"] else ABOUT)]


def _ruling(best: Compared, chance: float) -> str:
    if chance >= SURE:
        return "supported"
    if chance > UNSURE:
        return "unclear"
    other = best["numbers missing"] or best["names missing"] or best["denial differs"]
    return "contradicted" if other else "not supported"


def _verdict(findings: Sequence[Finding], complete: float | None) -> Verdict:
    """`complete`: how much the answer says of what the evidence says about the question; None for an answer of one
    claim, which is as complete as it is meant to be."""
    scores = [finding.score for finding in findings if finding.score is not None]
    if not findings:
        return NO_CLAIM
    if not scores:
        return Verdict(score=None, findings=tuple(findings))
    mean = sum(scores) / len(scores)
    if complete is None:
        return Verdict(score=mean, findings=tuple(findings))
    reason = f"the answer says {complete:.0%} of what the nearest sentences of the evidence do"
    told = Finding(subject="what the evidence says about the question", score=round(complete, 4), reason=reason)
    return Verdict(score=logistic(log_odds(mean) + COMPLETE * complete), findings=(*findings, told))
