"""The paper's way: pairs of candidates, how they differ, and a rating of each by what is found about that.

    pair -> differences and a query each ("factuality.differences") -> look-ups -> two ratings from 1 to 10
    ("factuality.ratings"), divided by 10; a candidate's score is the mean over its pairs

After "Agentic Reward Modeling" (ACL 2025). Mended here: a reply that cannot be read is a failure, not 0.5; the order in
which a pair is shown follows the sample's id; a pair about which nothing was found gets no rating. Answers that mean
the same are both right, as published. One candidate alone cannot be compared and gets no verdict.

It costs two calls a pair and what the look-ups cost; `grouped.py` answers the same question for less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field

from reward_agent.presentation import conversation, on_one_line, shortened
from reward_agent.prompting import Fence, ask, load_prompt
from reward_agent.protocols import ChatModel, EvidenceSource
from reward_agent.together import together
from reward_agent.types import Finding, Sample, Verdict
from reward_agent.verify.factuality.candidates import ShownCandidate, fenced
from reward_agent.verify.factuality.claims import CLAIM_CHARS, QUERY_CHARS
from reward_agent.verify.factuality.look_up import ShownPassage, look_up, shown_passages
from reward_agent.verify.factuality.pairs import Pair, drawn_pairs
from reward_agent.verify.factuality.rulings import NOTHING_FOUND, fenced_passages

LENGTH_PLAYS_NO_PART = "Length plays no part."
SHORTER_WINS = "Where both are about equally correct, rate the shorter one higher."
SAME_MEANING = 1.0
PAIRS_IN_FLIGHT = 8

Rating = Annotated[float, Field(ge=1, le=10)]


class Difference(BaseModel):
    """One point on which two answers differ, and what to look up about it."""

    difference: str
    query: str


class Differences(BaseModel):
    """The reply to "factuality.differences"; none where both mean the same."""

    differences: list[Difference]


class Ratings(BaseModel):
    """The reply to "factuality.ratings"."""

    reason: str
    A: Rating
    B: Rating


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifferences:
    """`differences`: how many are looked up for a pair. `pairs`: how many are drawn (as many as there are candidates by
    default). `everyone`: every candidate is drawn at least once; as published, some are not and get no verdict.
    `shorter_wins`: as published, of two about equally correct answers the shorter one rates higher."""

    chat: ChatModel
    evidence: EvidenceSource
    differences: int = 1
    pairs: int | None = None
    everyone: bool = True
    shorter_wins: bool = False
    candidate_chars: int = 12_000
    passage_chars: int = 500
    evidence_chars: int = 450
    lookups_in_flight: int = 8

    async def verdicts(self, sample: Sample) -> tuple[Verdict, ...]:
        count = len(sample.candidates)
        pairs = drawn_pairs(sample.id, count, count if self.pairs is None else self.pairs, everyone=self.everyone)
        results = await together(*(self._compare(sample, pair) for pair in pairs), in_flight=PAIRS_IN_FLIGHT)
        findings: list[list[Finding]] = [[] for _ in sample.candidates]
        for pair, found in zip(pairs, results, strict=True):
            for index, finding in zip(pair, found, strict=True):
                findings[index].append(finding)
        return tuple(_verdict(of_one) for of_one in findings)

    async def _compare(self, sample: Sample, pair: Pair) -> tuple[Finding, Finding]:
        """A finding for each of the pair, in its order."""
        texts = [sample.responses[index].strip() for index in pair]
        if texts[0] == texts[1]:
            return _findings(pair, "nothing", (SAME_MEANING, SAME_MEANING), "they say the same")
        shown = [
            ShownCandidate(letter=letter, text=shortened(text, self.candidate_chars), indices=(index,))
            for letter, text, index in zip("AB", texts, pair, strict=True)
        ]
        differences = await self._differ(sample, shown)
        if not differences:
            return _findings(pair, "nothing", (SAME_MEANING, SAME_MEANING), "they mean the same")
        found = await look_up(
            self.evidence, (difference.query for difference in differences), in_flight=self.lookups_in_flight
        )
        of_each = [(difference.difference, found[difference.query]) for difference in differences]
        passages = shown_passages(of_each, passage_chars=self.passage_chars, evidence_chars=self.evidence_chars)
        subject = "; ".join(difference.difference for difference in differences)
        if not passages:
            return _findings(pair, subject, (None, None), NOTHING_FOUND)
        ratings = await self._rate(sample, shown, subject, passages)
        sources = tuple(dict.fromkeys(passage.source for passage in passages if passage.source))
        reason = on_one_line(ratings.reason, CLAIM_CHARS)
        return _findings(pair, subject, (ratings.A / 10, ratings.B / 10), reason, sources)

    async def _differ(self, sample: Sample, shown: Sequence[ShownCandidate]) -> list[Difference]:
        request = conversation(sample.prompt)
        fence = Fence(request, *(candidate.text for candidate in shown))
        reply = await ask(
            self.chat,
            load_prompt(__package__, "differences"),
            Differences,
            purpose="factuality.differences",
            rule=fence.rule,
            limit=str(self.differences),
            request=fence("request", request),
            candidates=fenced(shown, fence),
        )
        return [_bounded(difference) for difference in reply.differences[: self.differences]]

    async def _rate(
        self, sample: Sample, shown: Sequence[ShownCandidate], differences: str, passages: Sequence[ShownPassage]
    ) -> Ratings:
        request = conversation(sample.prompt)
        texts = [passage.text for passage in passages]
        fence = Fence(request, differences, *texts, *(candidate.text for candidate in shown))
        return await ask(
            self.chat,
            load_prompt(__package__, "ratings"),
            Ratings,
            purpose="factuality.ratings",
            rule=fence.rule,
            length=SHORTER_WINS if self.shorter_wins else LENGTH_PLAYS_NO_PART,
            request=fence("request", request),
            candidates=fenced(shown, fence),
            differences=fence("differences", differences),
            passages=fenced_passages(passages, fence),
        )


def _bounded(difference: Difference) -> Difference:
    text = on_one_line(difference.difference, CLAIM_CHARS)
    return Difference(difference=text, query=on_one_line(difference.query, QUERY_CHARS) or text)


def _findings(
    pair: Pair, subject: str, scores: Sequence[float | None], reason: str, sources: tuple[str, ...] = ()
) -> tuple[Finding, Finding]:
    first, second = (
        Finding(subject=f"against candidate {other + 1}: {subject}", score=score, reason=reason, sources=sources)
        for other, score in zip(reversed(pair), scores, strict=True)
    )
    return first, second


def _verdict(findings: Sequence[Finding]) -> Verdict:
    scores = [finding.score for finding in findings if finding.score is not None]
    return Verdict(score=sum(scores) / len(scores) if scores else None, findings=tuple(findings))
