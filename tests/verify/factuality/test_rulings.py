import asyncio
import json
from collections.abc import Mapping, Sequence

import pytest

from reward_agent.errors import ReplyError
from reward_agent.testing import ScriptedChat
from reward_agent.types import Passage
from reward_agent.verify.factuality.claims import Claim
from reward_agent.verify.factuality.rulings import CLAIMS_A_CALL, NO_QUOTE, NOTHING_FOUND, Ruling, rule

PASSAGE = Passage(
    text="The wooden pier was rebuilt in stone\nbetween 1822 and 1829 – after a storm.", source="town.txt"
)
CLAIM = Claim(text="The pier was rebuilt in stone.", query="pier", asserted=frozenset("A"), denied=frozenset())
FOUND = {"pier": [PASSAGE], "moon": []}


def ruled(quote: str, verdict: str, found: Mapping[str, Sequence[Passage]] = FOUND) -> Ruling:
    chat = ScriptedChat([json.dumps({"1": {"quote": quote, "verdict": verdict}})])
    (ruling,) = asyncio.run(rule(chat, [CLAIM], found, passage_chars=500, evidence_chars=450))
    return ruling


@pytest.mark.parametrize(("verdict", "true"), [("supported", True), ("contradicted", False)])
def test_a_verdict_rests_on_a_quote_and_names_its_source(verdict: str, true: bool) -> None:
    ruling = ruled("The wooden pier was rebuilt in stone", verdict)
    assert ruling == Ruling(true=true, reason=verdict, sources=("The wooden pier was rebuilt in stone", "town.txt"))


@pytest.mark.parametrize(
    "quote",
    ["rebuilt in stone between 1822", '"rebuilt in  STONE\n between"', "between 1822 and 1829 - after a storm..."],
)
def test_spaces_case_and_typographic_signs_do_not_matter(quote: str) -> None:
    assert ruled(quote, "supported").true is True


@pytest.mark.parametrize("quote", ["", "the", "rebuilt in marble", "The pier was rebuilt in stone.", "…", '" "'])
def test_a_verdict_whose_quote_is_in_no_passage_is_dropped_and_says_so(quote: str) -> None:
    ruling = ruled(quote, "supported")
    assert ruling.true is None
    assert NO_QUOTE in ruling.reason


def test_a_quote_from_what_was_cut_off_does_not_count() -> None:
    long = Passage(text="The pier is of stone. " + "x " * 2_000 + "It was rebuilt in marble.")
    assert ruled("The pier is of stone", "supported", {"pier": [long]}).true is True
    assert ruled("It was rebuilt in marble", "contradicted", {"pier": [long]}).true is None


def test_a_title_states_nothing_and_cannot_be_quoted() -> None:
    titled = Passage(title="The pier that is made of marble", text="The wooden pier was rebuilt in stone.")
    assert ruled("The pier that is made of marble", "supported", {"pier": [titled]}).true is None
    assert ruled("rebuilt in stone", "contradicted", {"pier": [titled]}).true is False


def test_not_enough_evidence_is_not_decided() -> None:
    assert ruled("rebuilt in stone", "not enough evidence").true is None


def test_a_claim_for_which_nothing_was_found_is_not_asked_about() -> None:
    chat = ScriptedChat([])
    claim = Claim(text="The moon is made of ice.", query="moon", asserted=frozenset("A"), denied=frozenset())
    assert asyncio.run(rule(chat, [claim], FOUND, passage_chars=500, evidence_chars=450)) == [
        Ruling(true=None, reason=NOTHING_FOUND)
    ]
    assert chat.requests == []


@pytest.mark.parametrize(
    "reply",
    [
        "no",
        "{}",
        '{"1": {"quote": "x", "verdict": "true"}}',
        '{"2": {"quote": "x", "verdict": "supported"}}',
        '{"1": {"verdict": "supported"}}',
        '{"1": {"quote": "x", "verdict": "supported"}, "2": {"quote": "x", "verdict": "supported"}}',
    ],
)
def test_a_reply_that_leaves_out_or_makes_up_a_claim_is_a_failure(reply: str) -> None:
    with pytest.raises(ReplyError, match=r"factuality\.verdicts"):
        asyncio.run(rule(ScriptedChat([reply, reply]), [CLAIM], FOUND, passage_chars=500, evidence_chars=450))


def test_many_claims_are_asked_about_in_groups_of_nearly_equal_size() -> None:
    claims = [
        Claim(text=f"Pier {number} is of stone.", query="pier", asserted=frozenset("A"), denied=frozenset())
        for number in range(CLAIMS_A_CALL + 1)
    ]
    sizes = [CLAIMS_A_CALL + 1 - (CLAIMS_A_CALL + 1) // 2, (CLAIMS_A_CALL + 1) // 2]
    silent = {"quote": "", "verdict": "not enough evidence"}
    chat = ScriptedChat([json.dumps({str(number + 1): silent for number in range(size)}) for size in sorted(sizes)])
    assert len(asyncio.run(rule(chat, claims, FOUND, passage_chars=500, evidence_chars=450))) == len(claims)
    assert len(chat.requests) == 2
