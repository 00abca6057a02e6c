import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from reward_agent.agent import RewardAgent
from reward_agent.errors import SignalError
from reward_agent.judge.weighted import WeightedJudger
from reward_agent.sandbox import JailedSandbox
from reward_agent.testing import FixedRouter, ScriptedChat, ScriptedSandbox
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Candidate, ChatRequest, Completion, Message, Outcome, Sample, Signal
from reward_agent.verify.instructions.checker import Admission
from reward_agent.verify.instructions.parse_model import ModelParser
from reward_agent.verify.instructions.questions import ModelQuestions
from reward_agent.verify.instructions.read import ModelReader
from reward_agent.verify.instructions.verifier import InstructionVerifier
from reward_agent.verify.instructions.write import CheckerWriter
from reward_agent.verify.instructions.written import WrittenChecks
from tests.verify.instructions.replies import code, even, judged, parsed

PROMPT = "Describe rain in exactly two sentences, in a calm tone. Count the characters: it must be even."
CALM = {"span": "in a calm tone", "says": "The tone is calm."}
EVEN_TEXT, ODD_TEXT = "It rains. Quiet.", "It rains. Quiet!!"


def outcome(source: str, response: str) -> Outcome:
    if "break" in response:
        return Outcome.EXCEPTION
    if "gone" in response:
        raise SignalError("the sandbox is gone")
    return Outcome.TRUE if len(response) % 2 == 0 else Outcome.FALSE


def verifier(*replies: str | SignalError) -> InstructionVerifier:
    chat, sandbox = ScriptedChat(list(replies)), ScriptedSandbox(outcome)
    checks = WrittenChecks(sandbox=sandbox, tier="strict")
    writer = CheckerWriter(coder=chat, admission=Admission(sandbox=sandbox, tier="strict"))
    return InstructionVerifier(
        graded=False,
        reader=ModelReader(parser=ModelParser(chat=chat), writer=writer, checks=checks),
        checks=checks,
        questions=ModelQuestions(chat=chat),
    )


def verified(one: InstructionVerifier, *responses: str, prompt: str = PROMPT) -> Signal:
    return asyncio.run(one.verify(Sample.of(prompt, responses)))


def found(signal: Signal, candidate: int = 0) -> dict[str, tuple[float | None, str]]:
    return {f.subject.partition(":")[0]: (f.score, f.reason) for f in signal.verdicts[candidate].findings}


def test_vetted_written_and_asked_requirements_make_one_score() -> None:
    signal = verified(
        verifier(parsed(CALM, even("it must be even")), code(), judged("yes", "yes", candidates=2)), EVEN_TEXT, ODD_TEXT
    )
    assert signal.scores == pytest.approx((1.0, 2 / 3))
    assert found(signal, 1)["soft"][1].startswith("yes, by a model's judgment: because")
    assert found(signal)["written"][0] == 1.0
    assert "sandbox tier strict" in found(signal)["written"][1]
    assert found(signal, 1)["written"][0] == 0.0
    assert signal.failures == ()


def test_the_checkers_source_stands_once_in_the_signal_and_not_in_each_verdict() -> None:
    signal = verified(verifier(parsed(even("it must be even")), code()), EVEN_TEXT, ODD_TEXT)
    assert sum("def check_following" in source for note in signal.notes for source in note.sources) == 1
    assert not any("def " in str(verdict) for verdict in signal.verdicts)


def test_a_checker_without_a_verdict_on_one_candidate_counts_for_none() -> None:
    signal = verified(verifier(parsed(even("it must be even")), code()), EVEN_TEXT, "It rains. They break.")
    assert signal.scores == (1.0, 1.0)
    score, reason = found(signal)["written"]
    assert score is None
    assert reason.startswith("not counted, since it is undecided for 1 of 2 candidates; here: true, by written checker")
    assert "ended in 'exception'" in found(signal, 1)["written"][1]


def test_a_model_that_cannot_tell_of_one_candidate_counts_for_none() -> None:
    signal = verified(verifier(parsed(CALM), judged("yes", "cannot tell", candidates=2)), EVEN_TEXT, ODD_TEXT)
    assert signal.scores == (1.0, 1.0)
    assert {found(signal, place)["soft"][0] for place in (0, 1)} == {None}


def test_an_undecided_requirement_counts_for_an_empty_response_neither() -> None:
    signal = verified(verifier(parsed(even("it must be even")), code()), "", "It rains. They break.")
    assert found(signal)["written"][0] is None
    assert found(signal)["sentences.count"] == (0.0, "empty response")


def test_an_empty_response_meets_nothing_and_is_not_asked_about() -> None:
    one = verifier(parsed(CALM, even("it must be even")), code())
    signal = verified(one, "", " \n")
    assert signal.scores == (0.0, 0.0)
    assert found(signal)["soft"] == (0.0, "empty response")


def test_a_failed_question_leaves_the_other_verdicts_and_is_recorded() -> None:
    signal = verified(verifier(parsed(CALM), SignalError("too busy")), EVEN_TEXT, "It rains.")
    assert signal.scores == (1.0, 0.0)
    assert found(signal)["soft"] == (None, "not decided: too busy")
    assert [(f.source, f.kind, f.error) for f in signal.failures] == [("instructions", "error", "too busy")]


def test_a_failed_sandbox_leaves_the_other_verdicts_and_is_recorded() -> None:
    signal = verified(verifier(parsed(even("it must be even")), code()), "It rains. It is gone.", EVEN_TEXT)
    assert signal.scores == (1.0, 1.0)
    assert found(signal)["written"] == (None, "not decided: the sandbox is gone")
    assert [failure.error for failure in signal.failures] == ["the sandbox is gone"]


def test_a_failed_reading_leaves_what_the_rules_read_and_is_recorded() -> None:
    signal = verified(verifier(SignalError("too busy")), EVEN_TEXT, "It rains.")
    assert signal.scores == (1.0, 0.0)
    assert [failure.error for failure in signal.failures] == ["too busy"]


@pytest.mark.parametrize(
    "replies",
    [[SignalError("too busy")], [parsed({"span": "Sound calm", "says": "It is calm."}), SignalError("too busy")]],
)
def test_where_nothing_was_decided_because_calls_failed_the_signal_fails(replies: list[str | SignalError]) -> None:
    with pytest.raises(SignalError, match="too busy"):
        verified(verifier(*replies), "Hush.", prompt="Sound calm, please, when you write of rain.")


def test_without_any_requirement_there_is_no_verdict_and_no_failure() -> None:
    signal = verified(verifier(parsed()), "Hello", prompt="Cheer me up!")
    assert signal.verdicts[0].score is None
    assert signal.failures == ()


def test_a_failure_beside_a_standing_signal_is_in_the_judgment() -> None:
    one = verifier(parsed(CALM), SignalError("too busy"))
    agent = RewardAgent(router=FixedRouter(("instructions",)), verifiers=(one,), judger=WeightedJudger())
    judgment = asyncio.run(agent.judge(Sample.of(PROMPT, [EVEN_TEXT, "It rains."])))
    assert judgment.decision is not None
    assert judgment.decision.scores[0] > judgment.decision.scores[1]
    assert [failure.error for failure in judgment.failures] == ["too busy"]
    assert judgment.signals[0].failures == ()


def test_weights_go_by_kind() -> None:
    one = replace(verifier(parsed(CALM), judged("no")), weights={"soft": 0.5, "sentences": 2.0})
    assert verified(one, EVEN_TEXT).scores == (0.8,)


def test_what_is_met_by_a_model_has_no_degrees() -> None:
    one = replace(verifier(parsed(CALM), judged("no")), graded=True)
    assert verified(one, EVEN_TEXT).scores == (0.5,)


def test_what_a_system_prompt_asks_of_every_answer_is_read_too() -> None:
    one = verifier(parsed({"span": "in a calm tone", "says": "The tone is calm."}), judged("yes"))
    system, user = "Always write in a calm tone.", "Describe rain in exactly two sentences."
    prompt = (Message(role="system", content=system), Message(role="user", content=user))
    sample = Sample(id="a", prompt=prompt, candidates=(Candidate(text=EVEN_TEXT),))
    signal = asyncio.run(one.verify(sample))
    assert {kind: score for kind, (score, _) in found(signal).items()} == {"sentences.count": 1.0, "soft": 1.0}


@dataclass
class Tally:
    """A simulated model that is asked by many at once."""

    chat: SimulatedChat = field(default_factory=SimulatedChat)

    async def complete(self, request: ChatRequest) -> Completion:
        await asyncio.sleep(0)
        return await self.chat.complete(request)


def simulated(sandbox: JailedSandbox, chat: SimulatedChat | Tally) -> InstructionVerifier:
    checks = WrittenChecks(sandbox=sandbox, tier="strict")
    writer = CheckerWriter(coder=chat, admission=Admission(sandbox=sandbox, lint=sandbox, tier="strict"))
    return InstructionVerifier(
        reader=ModelReader(parser=ModelParser(chat=chat), writer=writer, checks=checks),
        checks=checks,
        questions=ModelQuestions(chat=chat),
    )


OUTSIDE = (
    "Describe the sea in exactly two sentences, in a calm tone. The last word must be longer than the first word, and "
    "the number of vowels must be even."
)
RESPONSES = ("The sea is still. It sleeps so quietly.", "Waves crash. I ran.")


def test_with_a_simulated_model_and_the_real_sandbox_it_all_comes_together(in_sandbox: Callable[..., object]) -> None:
    async def use(sandbox: JailedSandbox) -> tuple[Signal, Counter[str]]:
        tally = Tally()
        one = simulated(sandbox, tally)
        signals = await asyncio.gather(*(one.verify(Sample.of(OUTSIDE, RESPONSES)) for _ in range(4)))
        assert len(set(map(str, signals))) == 1
        return signals[0], tally.chat.calls

    signal, calls = cast("tuple[Signal, Counter[str]]", in_sandbox(use))
    assert signal.failures == ()
    kinds = ["sentences.count", "soft", "written", "written"]
    assert [f.subject.partition(":")[0] for f in signal.verdicts[0].findings] == kinds
    assert [f.score for f in signal.verdicts[0].findings] == [1.0, 1.0, 1.0, 1.0]
    assert [f.score for f in signal.verdicts[1].findings] == [1.0, 0.0, 0.0, 0.0]
    assert calls["instructions.parse"] == 1
    assert calls["instructions.write"] == 3  # two checkers, one of them repaired once


def test_explaining_shows_how_each_requirement_will_be_checked(in_sandbox: Callable[..., object]) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        return await simulated(sandbox, SimulatedChat()).explain(OUTSIDE)

    planned = in_sandbox(use)
    reasons = [finding.reason for finding in planned]  # type: ignore[attr-defined]
    assert reasons[0] == "vetted checker, quantity: exactly 2"
    assert reasons[1] == "model question"
    assert [reason.startswith("written checker ") for reason in reasons[2:4]] == [True, True]
