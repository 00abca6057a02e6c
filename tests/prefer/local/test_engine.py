import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from reward_agent.prefer.local.batches import Row, Unit
from reward_agent.prefer.local.engine import BatchEngine, OutOfMemory, OutOfMemoryError, Outputs


@dataclass
class AddingScorer:
    """Adds up the token ids; a batch of more than `room` tokens does not fit."""

    room: int = 10**9
    batches: list[int] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    def outputs(self, batch: Sequence[Unit]) -> Sequence[Outputs]:
        self.threads.add(threading.get_ident())
        rows = [row for unit in batch for row in unit.rows]
        if sum(len(row.ids) for row in rows) > self.room:
            raise OutOfMemory("made up")
        self.batches.append(len(rows))
        return [[float(sum(row.ids))] for row in rows]


class BrokenScorer:
    def outputs(self, batch: Sequence[Unit]) -> Sequence[Outputs]:
        raise ZeroDivisionError("a bug")


def row(*ids: int) -> Row:
    return Row(ids=list(ids), places=(len(ids) - 1,))


def prompts(count: int) -> list[list[Row]]:
    return [[row(*[number] * (number % 7 + 1)), row(number)] for number in range(count)]


def run(engine: BatchEngine, asked: list[list[Row]]) -> list[list[float]]:
    async def ask() -> list[list[float]]:
        async with engine:
            answers = await asyncio.gather(*(engine.outputs(rows) for rows in asked))
            return [[numbers[0] for numbers in answer] for answer in answers]

    return asyncio.run(ask())


def sums(asked: list[list[Row]]) -> list[list[float]]:
    return [[float(sum(row.ids)) for row in rows] for rows in asked]


def test_what_is_asked_at_the_same_time_goes_through_the_model_together() -> None:
    scorer, asked = AddingScorer(), prompts(40)
    assert run(BatchEngine(scorers=[scorer], budget=10_000), asked) == sums(asked)
    assert scorer.batches == [80]


def test_the_model_is_computed_in_another_thread() -> None:
    scorer = AddingScorer()
    run(BatchEngine(scorers=[scorer], budget=10), prompts(5))
    assert threading.get_ident() not in scorer.threads
    assert len(scorer.threads) == 1


def test_every_device_takes_its_part() -> None:
    together = threading.Barrier(2, timeout=20)

    class Waiting(AddingScorer):
        def outputs(self, batch: Sequence[Unit]) -> Sequence[Outputs]:
            if not self.batches:
                together.wait()
            return super().outputs(batch)

    asked = prompts(20)
    assert run(BatchEngine(scorers=[Waiting(), Waiting()], budget=10), asked) == sums(asked)


def test_a_device_that_runs_out_of_memory_halves_the_budget_and_goes_on() -> None:
    scorer, asked = AddingScorer(room=30), prompts(40)
    engine = BatchEngine(scorers=[scorer], budget=1000)
    assert run(engine, asked) == sums(asked)
    assert engine.budget <= 30


def test_a_conversation_that_never_fits_fails_alone() -> None:
    async def ask() -> list[object]:
        async with BatchEngine(scorers=[AddingScorer(room=8)], budget=100) as engine:
            return list(
                await asyncio.gather(
                    engine.outputs([row(*[1] * 20)]), engine.outputs([row(1, 2)]), return_exceptions=True
                )
            )

    failed, fine = asyncio.run(ask())
    assert isinstance(failed, OutOfMemoryError)
    assert fine == [[3.0]]


def test_a_bug_in_the_model_propagates_as_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        run(BatchEngine(scorers=[BrokenScorer()], budget=100), prompts(1))


def test_who_does_not_wait_any_more_is_not_computed() -> None:
    scorer = AddingScorer()

    async def ask() -> Sequence[Outputs]:
        async with BatchEngine(scorers=[scorer], budget=100) as engine:
            gone = asyncio.create_task(engine.outputs([row(1)]))
            await asyncio.sleep(0)
            gone.cancel()
            return await engine.outputs([row(2)])

    assert asyncio.run(ask()) == [[2.0]]
    assert scorer.batches == [1]
