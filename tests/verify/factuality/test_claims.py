import asyncio
import json

import pytest

from reward_agent.errors import ReplyError
from reward_agent.testing import ScriptedChat
from reward_agent.types import Sample
from reward_agent.verify.factuality.candidates import parts, shown_candidates
from reward_agent.verify.factuality.claims import (
    CLAIM_CHARS,
    CONTESTED,
    Claim,
    claim_limit,
    find_claims,
    merged,
    most_shared,
    normal,
)

SAMPLE = Sample.of("When was the pier built?", ["In 1822.", "In 1829."], id="pier")


def claim(text: str, asserted: str = "", denied: str = "", query: str = "pier") -> Claim:
    return Claim(text=text, query=query, asserted=frozenset(asserted), denied=frozenset(denied))


def found(reply: object, *more: str, limit: int = 8) -> list[Claim]:
    shown = shown_candidates(SAMPLE, limit=1_000)
    chat = ScriptedChat([json.dumps(reply), *more])
    return asyncio.run(find_claims(chat, SAMPLE, shown, which=CONTESTED, limit=limit))


def said(**fields: object) -> dict[str, object]:
    return {"claim": "The pier was built in 1822.", "query": "pier", "asserts": [], "denies": [], **fields}


def test_a_claim_carries_who_asserts_and_who_denies_it() -> None:
    (only,) = found({"claims": [said(asserts=["A"], denies=["B"])]})
    assert only == claim("The pier was built in 1822.", "A", "B")


def test_a_claim_that_nobody_takes_a_stand_on_is_dropped() -> None:
    assert found({"claims": [said()]}) == []


def test_a_candidate_said_to_assert_and_deny_a_claim_takes_no_stand() -> None:
    (only,) = found({"claims": [said(asserts=["A", "B"], denies=["B"])]})
    assert only.takers == {"A"}


def test_a_letter_that_was_not_shown_is_asked_again_and_then_is_a_failure() -> None:
    wrong = {"claims": [said(asserts=["C"])]}
    assert len(found(wrong, json.dumps({"claims": [said(asserts=["A"])]}))) == 1
    with pytest.raises(ReplyError, match=r"factuality\.claims"):
        found(wrong, json.dumps(wrong))


@pytest.mark.parametrize("reply", ["", "I cannot help with that.", "[]", '{"claims": [{"claim": "x"}]}', "null"])
def test_a_reply_that_cannot_be_read_is_a_failure(reply: str) -> None:
    chat = ScriptedChat([reply, reply])
    with pytest.raises(ReplyError):
        asyncio.run(find_claims(chat, SAMPLE, shown_candidates(SAMPLE, limit=99), which=CONTESTED, limit=8))


def test_more_claims_than_asked_for_are_cut_and_long_ones_too() -> None:
    many = [said(claim=f"Pier number {number} is old.", asserts=["A"], query="") for number in range(9)]
    many[0]["claim"] = "word " * 1_000
    claims = found({"claims": many}, limit=3)
    assert len(claims) == 3
    assert max(len(one.text) for one in claims) <= CLAIM_CHARS
    assert {one.query for one in claims if one.key.startswith("pier")} == {
        "Pier number 1 is old.",
        "Pier number 2 is old.",
    }


def test_claims_that_differ_in_case_or_punctuation_alone_are_one() -> None:
    (only,) = merged([claim("The pier was built in 1822.", "A"), claim("the pier, was built in 1822", "B")])
    assert only.asserted == {"A", "B"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann beat Bob.", "Bob beat Ann."),
        ("It is 1.5 m.", "It is 15 m."),
        ("It fell to -5.", "It fell to 5."),
        ("5%", "5"),
    ],
)
def test_claims_that_mean_something_else_stay_apart(one: str, other: str) -> None:
    assert normal(one) != normal(other)
    assert len(merged([claim(one, "A"), claim(other, "B")])) == 2


def test_a_contradiction_between_merged_claims_leaves_no_stand() -> None:
    (only,) = merged([claim("It is old.", "AB"), claim("It is old", "", "B")])
    assert only.takers == {"A"}


def test_merging_does_not_depend_on_the_order() -> None:
    claims = [claim("It is old.", "A", query="b"), claim("It is new.", "B"), claim("it is old", "C", query="a")]
    assert merged(claims) == merged(claims[::-1])


def test_contested_and_shared_claims_are_kept_first() -> None:
    claims = [claim("alone", "A"), claim("shared", "ABC"), claim("contested", "A", "B")]
    assert {one.text for one in most_shared(claims, 2)} == {"contested", "shared"}


def test_the_number_of_claims_grows_slowly_with_the_candidates() -> None:
    assert [claim_limit(8, count) for count in (1, 2, 4, 8, 16, 32, 64)] == [8, 8, 12, 16, 20, 24, 28]


def test_equal_texts_are_shown_once_and_empty_ones_not_at_all() -> None:
    sample = Sample.of("p", ["same", "", " same ", "other", "\n"], id="x")
    shown = {candidate.text: candidate.indices for candidate in shown_candidates(sample, limit=99)}
    assert shown == {"same": (0, 2), "other": (3,)}


def test_candidates_are_split_into_parts_that_fit_and_nobody_is_lost() -> None:
    sample = Sample.of("p", [f"{number:02} " + "x" * 97 for number in range(16)], id="x")
    shown = shown_candidates(sample, limit=1_000)
    groups = parts(shown, chars=800)
    assert [len(group) for group in groups] == [8, 8]
    assert [candidate for group in groups for candidate in group] == list(shown)
    assert [len(group) for group in parts(shown, chars=50)] == [1] * 16
    assert parts([], chars=50) == []
