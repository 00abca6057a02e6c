"""The vote: every signal gives its weight to its best candidate; candidates that share the top split it.

The published weights (`config/judge.py`) are factuality 1.2, constraints 1.1, preference 1.0 ("Agentic Reward
Modeling", ACL 2025), so that a verified fact outvotes one taste and two signals outvote one. Only the order within a
signal matters, hence no calibration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reward_agent.types import Decision, Sample, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteJudger:
    """`weights` by signal name; 1.0 where not named, as for every preference model."""

    weights: Mapping[str, float]

    async def decide(self, sample: Sample, signals: Sequence[Signal]) -> Decision:
        votes = [0.0] * len(sample.candidates)
        ballots = []
        for signal in signals:
            scores = signal.scores or ()
            weight = self.weights.get(signal.name, 1.0)
            winners = [index for index, score in enumerate(scores) if score == max(scores)]
            for index in winners:
                votes[index] += weight / len(winners)
            ballots.append(f"{signal.name} ({weight:g}) for {', '.join(str(index + 1) for index in winners)}")
        return Decision(scores=tuple(votes), reason=f"votes: {'; '.join(ballots)}")
