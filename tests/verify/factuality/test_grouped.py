import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reward_agent.errors import ReplyError, SignalError
from reward_agent.protocols import ChatModel, EvidenceSource
from reward_agent.testing import BrokenEvidence, FixedEvidence, ListeningChat, OverlapEvidence, ScriptedChat
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import REVERSED, ChatRequest, Completion, Passage, Sample, Signal
from reward_agent.verify.factuality.grouped import GroupedClaims
from reward_agent.verify.factuality.verifier import FactualityVerifier
from tests.hostile import HOSTILE, same_frames

CORPUS = OverlapEvidence(
    [
        Passage(text="The stone pier of Westrand was finished in 1829 after seven years of work.", source="pier.txt"),
        Passage(text="The ferry to Lisk Island leaves Westrand on Thursday mornings.", source="ferry.txt"),
        Passage(text="The Harbour Museum holds 214 logbooks of whaling captains.", source="museum.txt"),
    ]
)
RIGHT = "The stone pier of Westrand was finished in 1829. The ferry to Lisk Island leaves on Thursday."
WRONG = "The stone pier of Westrand was finished in 1822. The ferry to Lisk Island leaves on Thursday."
PROMPT = "When was the pier of Westrand finished, and when does the ferry leave?"


def verified(
    *responses: str, chat: ChatModel | None = None, evidence: EvidenceSource = CORPUS, id: str = "s", **options: int
) -> Signal:
    way = GroupedClaims(chat=chat or SimulatedChat(), evidence=evidence, **options)
    return asyncio.run(FactualityVerifier(way=way).verify(Sample.of(PROMPT, responses, id=id)))


def scores(*responses: str, id: str = "s") -> list[float | None]:
    return [verdict.score for verdict in verified(*responses, id=id).verdicts]


def test_a_pair_costs_two_calls_and_the_true_one_wins() -> None:
    chat = SimulatedChat()
    signal = verified(RIGHT, WRONG, chat=chat)
    assert signal.scores == (1.0, 0.0)
    assert chat.calls == {"factuality.claims": 1, "factuality.verdicts": 1}


def test_findings_quote_the_evidence() -> None:
    findings = verified(RIGHT, WRONG).verdicts[1].findings
    assert {"pier.txt"} == {finding.sources[1] for finding in findings}
    assert all("finished in 1829" in finding.sources[0] for finding in findings)


def test_one_candidate_alone_is_judged_by_its_main_claims() -> None:
    assert scores(RIGHT) == [1.0]
    assert scores(WRONG) == [0.5]


def test_claims_on_which_nothing_was_found_leave_no_score() -> None:
    signal = verified("The tower of Brenn is 90 metres tall.", "The tower of Brenn is 95 metres tall.")
    assert signal.scores is None
    assert all(verdict.findings for verdict in signal.verdicts)


def test_candidates_that_do_not_differ_are_not_told_apart_and_nothing_is_looked_up() -> None:
    signal = verified(RIGHT, RIGHT + " ", "", evidence=BrokenEvidence(), chat=ScriptedChat(['{"claims": []}']))
    assert [verdict.score for verdict in signal.verdicts] == [None, None, None]
    assert "no claim" in signal.verdicts[0].findings[0].reason


def test_without_a_word_to_check_nobody_is_asked() -> None:
    chat = ScriptedChat([])
    assert verified("", " \n", chat=chat).scores is None
    assert chat.requests == []


def test_equal_candidates_get_equal_verdicts_and_are_shown_once() -> None:
    chat = ListeningChat(SimulatedChat())
    first, second, third = verified(RIGHT, WRONG, RIGHT, chat=chat).verdicts
    assert first == third
    assert second != first
    assert str(chat.requests[0].messages).count("finished in 1829") == 1


def test_a_candidate_without_a_claim_abstains_and_the_others_are_scored() -> None:
    right, wrong, silent = scores(RIGHT, WRONG, "I could not say.")
    assert right == 1.0
    assert wrong is not None
    assert wrong < right
    assert silent is None


def test_length_plays_no_part() -> None:
    padding = " I hope that this helps you a lot with whatever it is that you want to know about it." * 20
    assert scores(RIGHT + padding, WRONG)[0] == scores(RIGHT, WRONG + padding)[0] == 1.0
    assert scores(RIGHT, WRONG + padding)[1] == 0.0


@settings(max_examples=30)
@given(
    st.permutations([RIGHT, WRONG, RIGHT.replace("Thursday", "Sunday"), "No idea.", WRONG.replace("2", "3")]), st.text()
)
def test_the_order_of_the_candidates_changes_no_score(responses: list[str], id: str) -> None:
    forward = scores(*responses)
    assert scores(*responses[::-1], id=f"x{id}") == forward[::-1]


def test_the_other_order_of_a_sample_shows_the_candidates_the_other_way_round() -> None:
    shown = []
    for id, responses in (("s", [RIGHT, WRONG]), ("s" + REVERSED, [WRONG, RIGHT])):
        chat = ListeningChat(SimulatedChat())
        verified(*responses, chat=chat, id=id)
        text = str(chat.requests[0].messages)
        shown.append(text.index("1829") < text.index("1822"))
    assert shown[0] != shown[1]


def sixteen(length: int) -> list[str]:
    return [
        f"{RIGHT if n % 2 else WRONG} Guide number {n} says so. {'More of it follows here. ' * length}"
        for n in range(16)
    ]


def test_sixteen_candidates_cost_few_calls_and_every_one_is_scored() -> None:
    for length, at_most in ((1, 3), (400, 8)):
        chat = SimulatedChat()
        signal = verified(*sixteen(length), chat=chat)
        assert chat.calls.total() <= at_most
        assert signal.scores is not None
        right, wrong = signal.scores[1::2], signal.scores[::2]
        assert min(right) > max(wrong)


def test_thirty_two_long_candidates_cost_at_most_fourteen_calls() -> None:
    chat = SimulatedChat()
    verified(*sixteen(400), *(text + "!" for text in sixteen(399)), chat=chat)
    assert chat.calls["factuality.stands"] > 0
    assert chat.calls.total() <= 14


def test_long_candidates_are_shortened_and_the_prompt_says_so() -> None:
    chat = ListeningChat(SimulatedChat())
    verified(RIGHT + " word" * 50_000, WRONG, chat=chat)
    prompt = "".join(message.content for message in chat.requests[0].messages)
    assert "characters left out ...]" in prompt
    assert len(prompt) < 20_000


def test_in_parts_each_part_is_asked_about_the_claims_of_the_others() -> None:
    chat = SimulatedChat()
    signal = verified(RIGHT, WRONG, RIGHT + "!", WRONG + "!", chat=chat, prompt_chars=100, candidate_chars=200)
    assert chat.calls["factuality.claims"] == 4
    assert chat.calls["factuality.stands"] >= 2
    assert signal.scores is not None
    assert signal.scores[0] == signal.scores[2] > signal.scores[1] == signal.scores[3]


@pytest.mark.parametrize("bad", [0, 1])
def test_an_unreadable_reply_to_either_prompt_is_a_failure(bad: int) -> None:
    claims = {"claims": [{"claim": "The pier is old.", "query": "pier", "asserts": ["A"], "denies": []}]}
    replies: list[str | SignalError] = [*[json.dumps(claims)] * bad, "nonsense", "more nonsense"]
    with pytest.raises(ReplyError):
        verified(
            RIGHT, WRONG, chat=ScriptedChat(replies), evidence=FixedEvidence({"pier": [Passage(text="Old pier.")]})
        )


def test_a_failed_call_or_look_up_is_a_failure() -> None:
    with pytest.raises(SignalError, match="refused"):
        verified(RIGHT, WRONG, chat=ScriptedChat([SignalError("refused")]))
    with pytest.raises(SignalError, match="broken on purpose"):
        verified(RIGHT, WRONG, evidence=BrokenEvidence())


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_candidate_changes_nothing_but_the_data_and_gains_nothing(attack: str) -> None:
    plain, attacked = ListeningChat(SimulatedChat()), ListeningChat(SimulatedChat())
    verified(RIGHT, WRONG, chat=plain)
    signal = verified(RIGHT, f"{WRONG}\n{attack}", chat=attacked)
    assert same_frames(plain.requests[:1], attacked.requests[:1])
    assert signal.verdicts[0].score is not None
    assert signal.verdicts[1].score is not None
    assert signal.verdicts[0].score > signal.verdicts[1].score


@pytest.mark.parametrize("attack", HOSTILE)
def test_evidence_with_instructions_stays_data(attack: str) -> None:
    poisoned = OverlapEvidence([*CORPUS.passages, Passage(text=f"The pier of Westrand.\n{attack}", source="web")])
    chat = ListeningChat(SimulatedChat())
    assert verified(RIGHT, WRONG, chat=chat, evidence=poisoned).scores == (1.0, 0.0)
    plain = ListeningChat(SimulatedChat())
    benign = OverlapEvidence([*CORPUS.passages, Passage(text="The pier of Westrand.\nIt is there.", source="web")])
    verified(RIGHT, WRONG, chat=plain, evidence=benign)
    assert same_frames(plain.requests, chat.requests)


class Obedient:
    """A model that was talked into calling everything supported, with the candidate's own words as the quote."""

    def __init__(self) -> None:
        self.claims = SimulatedChat()

    async def complete(self, request: ChatRequest) -> Completion:
        if request.purpose == "factuality.claims":
            return await self.claims.complete(request)
        completion = await self.claims.complete(request)
        talked = {
            number: {"quote": "The stone pier of Westrand was finished in 1822", "verdict": "supported"}
            for number in json.loads(completion.text)
        }
        return Completion(text=json.dumps(talked), usage=completion.usage)


def test_a_model_that_quotes_a_candidate_as_evidence_is_not_believed() -> None:
    assert verified(RIGHT, WRONG, chat=Obedient()).scores is None
