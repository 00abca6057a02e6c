"""Which pairs a judged sample gives, and why it gives none.

    rules = PairRules(rule="best-worst", min_margin=0.2, require=("factuality",))
    pairing = rules.pair(sample, judgment)
    pairing.pairs, pairing.reason

`best-worst` sets the highest score against the lowest ("Agentic Reward Modeling", ACL 2025); `best-random` the highest
against lower ones drawn by the sample's id; `all` every pair of different scores, the widest margins first. Nothing is
drawn by a candidate's place: equal scores are told apart by a fingerprint of the sample's id and the text.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Literal, get_args

from reward_agent.errors import ConfigError, RunError
from reward_agent.jobs.pairing.duplicates import without_near_duplicates
from reward_agent.presentation import digest
from reward_agent.types import Judgment, Sample, Signal

Rule = Literal["best-worst", "best-random", "all"]
RULES: tuple[Rule, ...] = get_args(Rule)
_ROUNDING = 1e-9
"""0.7 - 0.2 must reach a margin of 0.5."""


class Reason(StrEnum):
    """Why a prompt gives no pair, or two candidates make none."""

    NOT_JUDGED = "not judged yet"
    UNDECIDED = "unjudged: no signal could decide"
    SINGLE = "only one candidate"
    ALIKE = "all candidates score alike"
    DUPLICATES = "all candidates are near-duplicates of one"
    MARGIN = "the margin is smaller than asked for"
    LOSES = "the winner loses on a required signal"
    UNVERIFIED = "a required signal failed"
    NO_PLAIN_FORM = "a prompt of several turns has no plain form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two candidates by index, and by how much the chosen one scores higher."""

    chosen: int
    rejected: int
    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """What one sample gave. `near_duplicates` candidates were left out; `refused` holds a reason for every pair that
    the rule proposed and another condition refused; `reason` says why there is no pair."""

    pairs: tuple[Pair, ...] = ()
    near_duplicates: int = 0
    refused: tuple[Reason, ...] = ()
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRules:
    """`min_margin`: the least difference of scores, in the judger's unit. `require`: signals on which the chosen
    candidate must not score lower than the rejected one; one that gave no verdict on either says nothing against it,
    and one that failed leaves nothing verified, so the sample gives no pair. `near_duplicates`: the similarity from
    which on a candidate is left out, the higher-scoring one of two staying (`duplicates`); None keeps them all.
    `max_pairs`: at most so many a sample; without it `best-random` draws one, and `all` takes all.

    Raises ConfigError for a value out of its range.
    """

    rule: Rule = "best-worst"
    min_margin: float = 0.0
    require: tuple[str, ...] = ()
    near_duplicates: float | None = 0.9
    max_pairs: int | None = None

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise ConfigError(f"the rule must be one of {', '.join(RULES)}, got {self.rule!r}")
        if not (math.isfinite(self.min_margin) and self.min_margin >= 0):
            raise ConfigError(f"the least margin must be a number of at least 0, got {self.min_margin}")
        if self.near_duplicates is not None and not 0 < self.near_duplicates <= 1:
            raise ConfigError(
                f"near-duplicates are told by a similarity above 0, at most 1, got {self.near_duplicates}"
            )
        if self.max_pairs is not None and self.max_pairs < 1:
            raise ConfigError(f"at most so many pairs a prompt: at least 1, got {self.max_pairs}")

    def pair(self, sample: Sample, judgment: Judgment | None) -> Pairing:
        """The sample's pairs. Raises RunError where the judgment is of another number of candidates."""
        if judgment is None:
            return Pairing(reason=Reason.NOT_JUDGED)
        if judgment.decision is None:
            return Pairing(reason=Reason.UNDECIDED)
        scores = judgment.decision.scores
        if len(scores) != len(sample.candidates):
            raise RunError(
                f"the journal's row {sample.id!r} has {len(scores)} scores for {len(sample.candidates)} candidates: it "
                "was changed or damaged. Delete that line and run the same command again."
            )
        if len(scores) < 2:
            return Pairing(reason=Reason.SINGLE)
        if min(scores) == max(scores):
            return Pairing(reason=Reason.ALIKE)
        return self._among(_ranked(sample, scores), sample, judgment, scores)

    def _among(self, ranked: Sequence[int], sample: Sample, judgment: Judgment, scores: Sequence[float]) -> Pairing:
        kept = ranked
        if self.near_duplicates is not None:
            kept = without_near_duplicates(ranked, sample.responses, self.near_duplicates)
        left_out = len(ranked) - len(kept)
        if scores[kept[0]] == scores[kept[-1]]:
            reason = Reason.ALIKE if len(kept) > 1 else Reason.DUPLICATES
            return Pairing(near_duplicates=left_out, reason=reason)
        wanted = self.max_pairs if self.rule == "all" else (self.max_pairs or 1)
        refused: list[Reason] = []

        def admitted() -> Iterator[Pair]:
            for pair in self._proposed(kept, sample.id, scores):
                objection = self._objection(pair, judgment)
                if objection is None:
                    yield pair
                else:
                    refused.append(objection)

        pairs = tuple(islice(admitted(), wanted))
        return Pairing(
            pairs=pairs,
            near_duplicates=left_out,
            refused=tuple(refused),
            reason=None if pairs else refused[0],
        )

    def _proposed(self, ranked: Sequence[int], sample_id: str, scores: Sequence[float]) -> Iterator[Pair]:
        """Pairs of different scores, in the order in which the rule wants them."""
        best = ranked[0]
        if self.rule == "best-worst":
            order = [(best, ranked[-1])]
        elif self.rule == "best-random":
            lower = [place for place, index in enumerate(ranked) if scores[index] < scores[best]]
            lower.sort(key=lambda place: digest(sample_id, "drawn", str(place)))  # by rank, not by the data's order
            order = [(best, ranked[place]) for place in lower]
        else:
            order = [(a, b) for place, a in enumerate(ranked) for b in ranked[place + 1 :] if scores[a] > scores[b]]
            order.sort(key=lambda pair: scores[pair[1]] - scores[pair[0]])  # stable: by rank among equals
        for chosen, rejected in order:
            yield Pair(chosen=chosen, rejected=rejected, margin=scores[chosen] - scores[rejected])

    def _objection(self, pair: Pair, judgment: Judgment) -> Reason | None:
        if pair.margin < self.min_margin - _ROUNDING:
            return Reason.MARGIN
        for name in self.require:
            if any(failure.source == name for failure in judgment.failures):
                return Reason.UNVERIFIED
            if any(signal.name == name and _loses(signal, pair) for signal in judgment.signals):
                return Reason.LOSES
        return None


def _ranked(sample: Sample, scores: Sequence[float]) -> list[int]:
    """The indices, the highest score first; equals in an order that their places do not decide."""
    if len(set(scores)) == len(scores):
        return sorted(range(len(scores)), key=lambda index: -scores[index])
    texts = sample.responses
    return sorted(range(len(scores)), key=lambda index: (-scores[index], digest(sample.id, texts[index])))


def _loses(signal: Signal, pair: Pair) -> bool:
    chosen, rejected = signal.verdicts[pair.chosen].score, signal.verdicts[pair.rejected].score
    return chosen is not None and rejected is not None and chosen < rejected
