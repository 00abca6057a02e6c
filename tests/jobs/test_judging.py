import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reward_agent.errors import RunError
from reward_agent.jobs.judging import judge_all, judge_each, read_judgments, scores_by_order
from reward_agent.jobs.run import Tally
from reward_agent.testing import BrokenVerifier, ScoringVerifier, agent_of
from reward_agent.types import REVERSED, Sample

POLITE = ScoringVerifier("polite", lambda text: float("please" in text))
SAMPLES = [Sample.of("p", ["please", f"now {number}"], id=str(number)) for number in range(10)]


def test_every_sample_is_judged_into_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "judgments.jsonl"
    tallies: list[tuple[int, int]] = []

    def watch(tally: Tally) -> None:
        tallies.append((tally.done, tally.total))

    agent = agent_of(verifiers=[POLITE])
    asyncio.run(judge_all(agent, SAMPLES, path, both_orders=False, concurrency=3, watch=watch))
    assert read_judgments(path).keys() == {sample.id for sample in SAMPLES}
    assert tallies[0] == (0, 10)
    assert tallies[-1] == (10, 10)


def test_failures_are_counted_as_they_come(tmp_path: Path) -> None:
    seen: list[int] = []
    agent = agent_of(verifiers=[BrokenVerifier()])
    asyncio.run(
        judge_all(
            agent,
            SAMPLES,
            tmp_path / "j",
            both_orders=False,
            concurrency=2,
            watch=lambda tally: seen.append(tally.failures),
        )
    )
    assert seen[-1] == 10


def test_both_orders_are_judged_and_read_back_in_the_original_order(tmp_path: Path) -> None:
    path = tmp_path / "judgments.jsonl"
    asyncio.run(judge_all(agent_of(verifiers=[POLITE]), SAMPLES[:2], path, both_orders=True, concurrency=3))
    judgments = read_judgments(path)
    assert judgments.keys() == {"0", "0" + REVERSED, "1", "1" + REVERSED}
    scores = scores_by_order(SAMPLES[:2], judgments, both_orders=True)
    assert scores["0"] == [(1.0, 0.0), (1.0, 0.0)]


def test_an_unjudged_or_missing_sample_has_no_scores(tmp_path: Path) -> None:
    path = tmp_path / "judgments.jsonl"
    asyncio.run(judge_all(agent_of(verifiers=[BrokenVerifier()]), SAMPLES[:1], path, both_orders=False, concurrency=1))
    assert scores_by_order(SAMPLES[:2], read_judgments(path), both_orders=False) == {"0": [None], "1": [None]}


def test_a_stream_is_judged_in_its_own_order() -> None:
    async def ids() -> list[str]:
        agent = agent_of(verifiers=[POLITE])
        return [judgment.sample_id async for _, judgment in judge_each(agent, iter(SAMPLES), concurrency=4)]

    assert asyncio.run(ids()) == [sample.id for sample in SAMPLES]


def test_a_judgment_comes_before_the_stream_goes_on() -> None:
    released = threading.Event()

    def slow() -> Iterator[Sample]:
        yield SAMPLES[0]
        assert released.wait(timeout=30)
        yield SAMPLES[1]

    async def ids() -> list[str]:
        seen = []
        async for _, judgment in judge_each(agent_of(verifiers=[POLITE]), slow(), concurrency=4):
            seen.append(judgment.sample_id)
            released.set()
        return seen

    assert asyncio.run(ids()) == ["0", "1"]


def test_what_the_stream_raises_comes_after_the_judgments_before_it() -> None:
    def broken() -> Iterator[Sample]:
        yield from SAMPLES[:3]
        raise RunError("the file ends here")

    async def ids(seen: list[str]) -> None:
        async for _, judgment in judge_each(agent_of(verifiers=[POLITE]), broken(), concurrency=2):
            seen.append(judgment.sample_id)

    seen: list[str] = []
    with pytest.raises(RunError, match="ends here"):
        asyncio.run(ids(seen))
    assert seen == ["0", "1", "2"]


def test_a_stream_may_be_left_early() -> None:
    async def first() -> str:
        async for _, judgment in judge_each(agent_of(verifiers=[POLITE]), SAMPLES, concurrency=4):
            return judgment.sample_id
        return ""

    assert asyncio.run(first()) == "0"
