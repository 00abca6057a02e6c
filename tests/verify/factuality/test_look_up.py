import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from reward_agent.errors import SignalError
from reward_agent.protocols import BatchedEvidenceSource, EvidenceSource
from reward_agent.testing import BrokenEvidence, FixedEvidence
from reward_agent.types import Passage
from reward_agent.verify.factuality.look_up import look_up, shown_passages

ONE, TWO, THREE = (Passage(text=text) for text in ("one", "two", "three"))


@dataclass
class Batched:
    asked: list[Sequence[str]] = field(default_factory=list)
    lost: int = 0

    async def search(self, query: str) -> Sequence[Passage]:
        raise AssertionError("many queries are asked in one call")

    async def search_many(self, queries: Sequence[str]) -> Sequence[Sequence[Passage]]:
        self.asked.append(queries)
        return [[Passage(text=query)] for query in queries][self.lost :]


def test_each_distinct_query_is_looked_up_once() -> None:
    found = asyncio.run(look_up(FixedEvidence({"a": [ONE]}), ["a", "b", "a"], in_flight=2))
    assert found == {"a": [ONE], "b": ()}


def test_a_source_that_answers_many_at_once_is_asked_once() -> None:
    source = Batched()
    assert isinstance(source, BatchedEvidenceSource)
    assert not isinstance(FixedEvidence({}), BatchedEvidenceSource)
    found = asyncio.run(look_up(source, ["a", "b", "a"], in_flight=2))
    assert found == {"a": [Passage(text="a")], "b": [Passage(text="b")]}
    assert source.asked == [["a", "b"]]


def test_without_a_query_nobody_is_asked() -> None:
    source = Batched()
    assert asyncio.run(look_up(source, [], in_flight=2)) == {}
    assert source.asked == []


def test_a_source_that_loses_a_query_is_a_failure() -> None:
    with pytest.raises(SignalError, match="1 of 2"):
        asyncio.run(look_up(Batched(lost=1), ["a", "b"], in_flight=2))


@dataclass
class HalfBroken:
    async def search(self, query: str) -> Sequence[Passage]:
        if query == "bad":
            raise SignalError("the search is broken on purpose")
        return [ONE]


@pytest.mark.parametrize("source", [BrokenEvidence(), HalfBroken()])
def test_a_failed_look_up_is_a_failure_and_not_a_lack_of_evidence(source: EvidenceSource) -> None:
    with pytest.raises(SignalError, match="broken on purpose"):
        asyncio.run(look_up(source, ["good", "bad"], in_flight=2))


def shown(*found: Sequence[Passage], claim: str = "pier") -> list[str]:
    passages = [(claim, passages) for passages in found]
    return [passage.text for passage in shown_passages(passages, passage_chars=500, evidence_chars=450)]


def test_the_best_for_every_claim_is_shown_first_and_each_passage_once() -> None:
    assert shown([ONE, TWO], [ONE, THREE], []) == ["one", "two", "three"]
    assert shown() == shown([Passage(text=" ")]) == []


def test_what_has_no_room_is_left_out() -> None:
    long = [Passage(text=letter * 400) for letter in "abcdef"]
    assert [text[0] for text in shown(long[:3], long[3:])] == ["a", "d", "b", "e"]


def test_the_best_passage_for_every_claim_is_always_shown() -> None:
    found = [[Passage(text=f"{number} " + "x" * 490), ONE] for number in range(12)]
    assert [text.split()[0] for text in shown(*found)] == [str(number) for number in range(12)]


def test_a_passage_is_shown_with_its_title_and_source() -> None:
    passage = Passage(text="It is old.", title="The\npier", source="town.txt")
    (one,) = shown_passages([("pier", [passage])], passage_chars=500, evidence_chars=450)
    assert (one.text, one.source) == ("The pier\nIt is old.", "town.txt")


def test_of_a_long_passage_the_part_that_bears_on_the_claims_is_shown() -> None:
    filler = "Nothing of that kind is told here. " * 60
    (text,) = shown([Passage(text=f"{filler}The pier was finished in 1829. {filler}")], claim="The pier is of 1829.")
    assert "finished in 1829" in text
    assert len(text) <= 500 + 2 * len(" [...]")
