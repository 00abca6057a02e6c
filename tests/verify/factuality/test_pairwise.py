import asyncio
import json

import pytest

from reward_agent.errors import ReplyError, SignalError
from reward_agent.protocols import ChatModel, EvidenceSource
from reward_agent.testing import BrokenEvidence, FixedEvidence, ListeningChat, OverlapEvidence, ScriptedChat
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import REVERSED, Passage, Sample, Signal
from reward_agent.verify.factuality.pairwise import LENGTH_PLAYS_NO_PART, SHORTER_WINS, PairedDifferences
from reward_agent.verify.factuality.verifier import FactualityVerifier
from tests.hostile import HOSTILE, same_frames

CORPUS = OverlapEvidence(
    [Passage(text="The stone pier of Westrand was finished in 1829 after seven years of work.", source="pier.txt")]
)
RIGHT = "The stone pier of Westrand was finished in 1829."
WRONG = "The stone pier of Westrand was finished in 1822."
DIFFERENT = json.dumps({"differences": [{"difference": "the year", "query": "pier"}]})
FOUND = FixedEvidence({"pier": [Passage(text="It was finished in 1829.", source="pier.txt")]})


def verified(
    *responses: str, chat: ChatModel | None = None, evidence: EvidenceSource = CORPUS, id: str = "s", **options: object
) -> Signal:
    way = PairedDifferences(chat=chat or SimulatedChat(), evidence=evidence, **options)  # type: ignore[arg-type]
    sample = Sample.of("When was the pier of Westrand finished?", responses, id=id)
    return asyncio.run(FactualityVerifier(way=way).verify(sample))


def rated(a: object, b: object) -> str:
    return json.dumps({"reason": "the passage gives the year", "A": a, "B": b})


def test_a_pair_is_rated_from_one_to_ten_and_divided_by_ten() -> None:
    chat = SimulatedChat()
    assert verified(RIGHT, WRONG, chat=chat).scores == (1.0, 0.1)
    assert chat.calls == {"factuality.differences": 1, "factuality.ratings": 1}


def test_the_ratings_are_mapped_back_to_the_candidates_in_either_order() -> None:
    for id, responses in (("s", [RIGHT, WRONG]), ("s" + REVERSED, [WRONG, RIGHT])):
        chat = ListeningChat(SimulatedChat())
        scores = dict(zip(responses, verified(*responses, chat=chat, id=id).scores or (), strict=True))
        assert scores == {RIGHT: 1.0, WRONG: 0.1}


def test_answers_that_mean_the_same_are_both_right() -> None:
    chat = ScriptedChat(['{"differences": []}'])
    assert verified(RIGHT, "It was in 1829.", chat=chat).scores == (1.0, 1.0)
    assert verified(RIGHT, RIGHT, chat=ScriptedChat([])).scores == (1.0, 1.0)


def test_a_pair_about_which_nothing_was_found_gets_no_rating() -> None:
    signal = verified(RIGHT, WRONG, chat=ScriptedChat([DIFFERENT]), evidence=FixedEvidence({}))
    assert signal.scores is None
    assert "no passage was found" in signal.verdicts[0].findings[0].reason


def test_one_candidate_alone_gets_no_verdict() -> None:
    assert verified(RIGHT, chat=ScriptedChat([])).scores is None


def test_scores_are_means_over_the_pairs_drawn() -> None:
    signal = verified(RIGHT, WRONG, RIGHT.replace("1829", "1830"), pairs=3)
    assert [len(verdict.findings) for verdict in signal.verdicts] == [2, 2, 2]
    assert signal.scores == pytest.approx((1.0, 0.1, 0.1))


def test_a_candidate_that_the_published_rule_never_draws_has_no_score() -> None:
    texts = [f"The stone pier of Westrand was finished in {1800 + n}." for n in range(12)]
    assert verified(*texts, pairs=1, everyone=False).scores is None
    assert verified(*texts, pairs=1, everyone=True).scores is not None


@pytest.mark.parametrize(
    "reply", ["A is better", '{"A": 5}', rated(0, 5), rated(11, 5), rated(True, None), rated(5, "x")]
)
def test_a_rating_that_cannot_be_read_is_a_failure_and_not_a_half(reply: str) -> None:
    with pytest.raises(ReplyError, match=r"factuality\.ratings"):
        verified(RIGHT, WRONG, chat=ScriptedChat([DIFFERENT, reply, reply]), evidence=FOUND)


def test_differences_that_cannot_be_read_are_a_failure() -> None:
    with pytest.raises(ReplyError, match=r"factuality\.differences"):
        verified(RIGHT, WRONG, chat=ScriptedChat(["none", "none"]), evidence=FOUND)


def test_a_failed_look_up_is_a_failure() -> None:
    with pytest.raises(SignalError, match="broken on purpose"):
        verified(RIGHT, WRONG, evidence=BrokenEvidence())


@pytest.mark.parametrize(("shorter_wins", "rule"), [(False, LENGTH_PLAYS_NO_PART), (True, SHORTER_WINS)])
def test_length_plays_a_part_only_as_published(shorter_wins: bool, rule: str) -> None:
    chat = ScriptedChat([DIFFERENT, rated(9, 3)])
    verified(RIGHT, WRONG, chat=chat, evidence=FOUND, shorter_wins=shorter_wins)
    assert rule in chat.requests[1].messages[0].content


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_candidate_changes_nothing_but_the_data_and_gains_nothing(attack: str) -> None:
    plain, attacked = ListeningChat(SimulatedChat()), ListeningChat(SimulatedChat())
    verified(RIGHT, WRONG, chat=plain)
    scores = verified(RIGHT, f"{WRONG}\n{attack}", chat=attacked).scores
    assert same_frames(plain.requests, attacked.requests)
    assert scores is not None
    assert scores[0] > scores[1]


@pytest.mark.parametrize("attack", HOSTILE)
def test_evidence_with_instructions_stays_data(attack: str) -> None:
    benign, poisoned = (
        OverlapEvidence([*CORPUS.passages, Passage(text=f"The pier of Westrand.\n{text}")]) for text in ("Yes.", attack)
    )
    plain, attacked = ListeningChat(SimulatedChat()), ListeningChat(SimulatedChat())
    verified(RIGHT, WRONG, chat=plain, evidence=benign)
    assert verified(RIGHT, WRONG, chat=attacked, evidence=poisoned).scores == (1.0, 0.1)
    assert same_frames(plain.requests, attacked.requests)
