import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from reward_agent.agent import RewardAgent
from reward_agent.errors import ConfigError
from reward_agent.testing import (
    BrokenJudger,
    BrokenPreference,
    BrokenRouter,
    BrokenVerifier,
    FixedRouter,
    LengthPreference,
    ScoringVerifier,
    agent_of,
)
from reward_agent.types import Finding, Judgment, Message, Sample, Signal, Verdict

PAIR = Sample.of("Be polite.", ["please sit", "sit"])
POLITE = ScoringVerifier("polite", lambda text: float("please" in text))


def judged(agent: RewardAgent, sample: Sample = PAIR) -> Judgment:
    return asyncio.run(agent.judge(sample))


def test_signals_are_joined_into_scores() -> None:
    judgment = judged(agent_of(verifiers=[POLITE], preference_models=[LengthPreference()]))
    assert [signal.name for signal in judgment.signals] == ["polite", "length"]
    assert judgment.decision is not None
    assert judgment.decision.scores == (11.0, 3.0)
    assert judgment.failures == ()


def test_only_the_planned_verifiers_run() -> None:
    other = ScoringVerifier("other", lambda text: 0.0)
    judgment = judged(agent_of(router=FixedRouter(("polite",)), verifiers=[POLITE, other]))
    assert [signal.name for signal in judgment.signals] == ["polite"]


def test_a_failed_verifier_is_recorded_and_not_scored() -> None:
    judgment = judged(agent_of(verifiers=[BrokenVerifier(), POLITE]))
    assert [(f.source, f.kind) for f in judgment.failures] == [("broken", "error")]
    assert [signal.name for signal in judgment.signals] == ["polite"]
    assert judgment.decision is not None
    assert judgment.decision.scores == (1.0, 0.0)


def test_a_failed_router_runs_every_check_and_says_so() -> None:
    judgment = judged(agent_of(router=BrokenRouter(), verifiers=[POLITE]))
    assert judgment.plan.checks == ("polite",)
    assert "failed" in judgment.plan.reason
    assert judgment.failures[0].source == "route"
    assert judgment.decision is not None


def test_with_no_signal_left_the_sample_is_unjudged_not_guessed() -> None:
    judgment = judged(agent_of(verifiers=[BrokenVerifier("a")], preference_models=[BrokenPreference("b")]))
    assert judgment.decision is None
    assert [f.source for f in judgment.failures] == ["a", "b"]


def test_a_signal_that_abstained_on_one_candidate_decides_nothing_but_is_kept() -> None:
    half = ScoringVerifier("half", lambda text: 1.0 if "please" in text else None)
    judgment = judged(agent_of(verifiers=[half]))
    assert judgment.decision is None
    assert judgment.failures == ()
    assert [verdict.score for verdict in judgment.signals[0].verdicts] == [1.0, None]


def test_a_failed_judger_leaves_the_signals_and_no_decision() -> None:
    judgment = judged(agent_of(verifiers=[POLITE], judger=BrokenJudger()))
    assert judgment.decision is None
    assert len(judgment.signals) == 1
    assert judgment.failures[0].source == "judge"


def test_a_bug_in_a_stage_propagates_as_itself() -> None:
    def bug(text: str) -> float:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        judged(agent_of(verifiers=[ScoringVerifier("bug", bug), POLITE]))


@dataclass(frozen=True)
class Preference:
    """Scores that do not depend on the responses."""

    scores: tuple[float, ...]
    name: str = "fixed"

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        return self.scores


@pytest.mark.parametrize("scores", [(1.0,), (1.0, 2.0, 3.0), (1.0, float("nan")), (float("inf"), 0.0)])
def test_scores_that_do_not_fit_the_candidates_are_a_failure(scores: tuple[float, ...]) -> None:
    judgment = judged(agent_of(preference_models=[Preference(scores)]))
    assert judgment.signals == ()
    assert judgment.decision is None
    assert judgment.failures[0].source == "fixed"


@dataclass(frozen=True)
class ExplainingPreference:
    """Says what it read beside each score, and forgets the last candidates."""

    forgets: int = 0
    name: str = "explaining"

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        raise AssertionError("a model that explains itself is asked for verdicts")

    async def judge(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[Verdict]:
        verdicts = [
            Verdict(score=float(len(text)), findings=(Finding(subject="length", score=None, reason=text),))
            for text in responses
        ]
        return verdicts[: len(verdicts) - self.forgets]


def test_what_a_preference_model_found_is_in_the_judgment() -> None:
    judgment = judged(agent_of(preference_models=[ExplainingPreference()]))
    assert [verdict.score for verdict in judgment.signals[0].verdicts] == [10.0, 3.0]
    assert [verdict.findings[0].reason for verdict in judgment.signals[0].verdicts] == ["please sit", "sit"]


def test_a_preference_model_that_forgets_a_candidate_has_failed() -> None:
    judgment = judged(agent_of(preference_models=[ExplainingPreference(forgets=1)]))
    assert judgment.signals == ()
    assert "expected a result for each of 2 candidates, got 1" in judgment.failures[0].error


@dataclass(frozen=True)
class ShortVerifier:
    """Forgets the last candidate."""

    name: str = "short"
    purpose: str = "a test"

    async def verify(self, sample: Sample) -> Signal:
        verdicts = tuple(Verdict(score=1.0) for _ in sample.candidates[1:])
        return Signal(name=self.name, kind="verification", verdicts=verdicts)


def test_a_verifier_that_forgets_a_candidate_has_failed() -> None:
    judgment = judged(agent_of(verifiers=[ShortVerifier()]))
    assert judgment.signals == ()
    assert "expected a result for each of 2 candidates, got 1" in judgment.failures[0].error


@pytest.mark.parametrize("count", [1, 3, 64])
def test_any_number_of_candidates_is_legal(count: int) -> None:
    judgment = judged(agent_of(verifiers=[POLITE]), Sample.of("p", ["please"] * count))
    assert judgment.decision is not None
    assert judgment.decision.scores == (1.0,) * count


def test_stages_run_at_the_same_time() -> None:
    together = asyncio.Barrier(2)

    @dataclass(frozen=True)
    class Waiting:
        name: str
        purpose: str = "a test"

        async def verify(self, sample: Sample) -> Signal:
            await together.wait()
            return Signal(name=self.name, kind="verification", verdicts=(Verdict(score=1.0), Verdict(score=0.0)))

    judgment = judged(agent_of(verifiers=[Waiting("a"), Waiting("b")]))
    assert [signal.name for signal in judgment.signals] == ["a", "b"]


def test_two_signals_with_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="'polite'"):
        agent_of(verifiers=[POLITE, POLITE])


@dataclass(frozen=True, slots=True)
class HangingVerifier:
    """A verifier that never comes back."""

    name: str = "hanging"
    purpose: str = "a test double"

    async def verify(self, sample: Sample) -> Signal:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


def test_what_is_not_done_when_its_samples_time_is_up_has_failed_and_the_rest_counts() -> None:
    agent = agent_of(verifiers=[HangingVerifier(), POLITE])
    judgment = judged(replace(agent, timeout_s=0.01))
    assert [(failure.source, failure.kind) for failure in judgment.failures] == [("hanging", "deadline")]
    assert judgment.decision is not None
    assert judgment.decision.scores == (1.0, 0.0)


def test_a_timeout_that_a_stage_lets_escape_is_a_bug() -> None:
    @dataclass(frozen=True, slots=True)
    class Leaky(HangingVerifier):
        async def verify(self, sample: Sample) -> Signal:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        judged(replace(agent_of(verifiers=[Leaky()]), timeout_s=60.0))
