"""The default way: the claims on which the candidates differ, each looked up and decided once.

    candidates -> claims and who asserts or denies them -> one look-up a query -> one ruling a claim -> shares that hold

Two calls for a pair whose evidence is a corpus or the web. Many candidates share their claims, and are read in parts
that fit a prompt: calls grow with the characters to read, not with the number of pairs. One candidate alone is judged
by its main claims. What this does not promise: that every mistake is found. Only so many claims are looked at, those
on which the candidates differ first, and claims on which all agree are not looked at in a comparison.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reward_agent.protocols import ChatModel, EvidenceSource
from reward_agent.together import both, together
from reward_agent.types import Sample, Verdict
from reward_agent.verify.factuality.candidates import ShownCandidate, parts, shown_candidates
from reward_agent.verify.factuality.claims import (
    ALONE,
    CONTESTED,
    PARTLY_SHOWN,
    Claim,
    claim_limit,
    find_claims,
    find_stands,
    merged,
    most_shared,
)
from reward_agent.verify.factuality.look_up import look_up
from reward_agent.verify.factuality.rulings import Ruling, rule
from reward_agent.verify.factuality.scoring import NO_CLAIM, NO_STAND, verdict_of


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedClaims:
    """`claims`: how many are looked at for a pair (see `claim_limit`). `prompt_chars`: how much of the candidates one
    prompt shows; a candidate is shortened where it is longer than its share and than `candidate_chars`.
    `passage_chars` and `evidence_chars`: how much of a passage, and of all evidence for a claim, is shown (see
    `shown_passages`)."""

    chat: ChatModel
    evidence: EvidenceSource
    claims: int = 8
    prompt_chars: int = 24_000
    candidate_chars: int = 3_000
    passage_chars: int = 500
    evidence_chars: int = 450
    lookups_in_flight: int = 8

    async def verdicts(self, sample: Sample) -> tuple[Verdict, ...]:
        limit = max(self.candidate_chars, self.prompt_chars // len(sample.candidates))
        shown = shown_candidates(sample, limit=limit)
        groups = parts(shown, chars=self.prompt_chars)
        claims = await self._claims(sample, groups)
        if not claims:
            return (NO_CLAIM,) * len(sample.candidates)
        found, claims = await both(
            look_up(self.evidence, (claim.query for claim in claims), in_flight=self.lookups_in_flight),
            self._stands(sample, groups, claims),
        )
        rulings = await rule(
            self.chat, claims, found, passage_chars=self.passage_chars, evidence_chars=self.evidence_chars
        )
        return self._verdicts(sample, shown, claims, rulings)

    async def _claims(self, sample: Sample, groups: Sequence[Sequence[ShownCandidate]]) -> list[Claim]:
        """The claims to look up, with the stands of the candidates that were read together."""
        count = sum(map(len, groups))
        limit = claim_limit(self.claims, count)
        which = ALONE if count == 1 else CONTESTED if len(groups) == 1 else PARTLY_SHOWN
        found = await together(*(find_claims(self.chat, sample, group, which=which, limit=limit) for group in groups))
        return most_shared(merged(claim for claims in found for claim in claims), limit)

    async def _stands(
        self, sample: Sample, groups: Sequence[Sequence[ShownCandidate]], claims: Sequence[Claim]
    ) -> list[Claim]:
        """The claims with the stands of all: each group is asked about those that it did not bring up itself."""
        questions = []
        for group in groups:
            letters = {candidate.letter for candidate in group}
            foreign = [claim for claim in claims if not claim.takers & letters]
            if foreign:
                questions.append(find_stands(self.chat, sample, group, foreign))
        answers = await together(*questions)
        return merged([*claims, *(claim for answer in answers for claim in answer)])

    def _verdicts(
        self, sample: Sample, shown: Sequence[ShownCandidate], claims: Sequence[Claim], rulings: Sequence[Ruling]
    ) -> tuple[Verdict, ...]:
        verdicts = [NO_STAND] * len(sample.candidates)
        for candidate in shown:
            verdict = verdict_of(candidate.letter, claims, rulings, candidates=len(shown))
            for index in candidate.indices:
                verdicts[index] = verdict
        return tuple(verdicts)
