"""Judging many samples into a journal of judgments, in one or both orders of the candidates."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from pydantic import TypeAdapter

from reward_agent.agent import RewardAgent
from reward_agent.jobs.journal import Journal, read_rows
from reward_agent.jobs.run import Tally, Watch, run_all
from reward_agent.types import Judgment, Sample

REVERSED = "@reversed"
"""What the id of a sample ends with when its candidates are shown in the opposite order."""


async def judge_all(
    agent: RewardAgent,
    samples: Sequence[Sample],
    path: Path,
    *,
    both_orders: bool,
    concurrency: int,
    watch: Watch = lambda tally: None,
) -> None:
    """Judges what `path` does not yet hold. Raises RunError; see `Journal.open`."""
    with Journal.open(path, Judgment, key=lambda judgment: judgment.sample_id) as journal:
        total = len(samples) * (2 if both_orders else 1)
        tally = Tally(total=total, done=len(journal.done), resumed=len(journal.done))
        watch(tally)

        def tick(judgment: Judgment) -> None:
            tally.done += 1
            tally.failures += len(judgment.failures)
            tally.calls += judgment.usage.calls
            tally.tokens += judgment.usage.tokens
            watch(tally)

        await run_all(
            _orders(samples, both_orders),
            agent.judge,
            journal,
            key=lambda sample: sample.id,
            concurrency=concurrency,
            tick=tick,
        )


async def judge_each(
    agent: RewardAgent, samples: Iterable[Sample], *, concurrency: int
) -> AsyncIterator[tuple[Sample, Judgment]]:
    """Judges a stream of samples, `concurrency` at a time, and yields them in their own order."""
    waiting: deque[tuple[Sample, asyncio.Task[Judgment]]] = deque()
    source = iter(samples)
    try:
        while True:
            for sample in islice(source, concurrency - len(waiting)):
                waiting.append((sample, asyncio.create_task(agent.judge(sample))))
            if not waiting:
                return
            sample, task = waiting[0]
            judgment = await task
            waiting.popleft()
            yield sample, judgment
    finally:
        for _, task in waiting:
            task.cancel()


def read_judgments(path: Path) -> dict[str, Judgment]:
    """The judgments of a journal by sample id. Raises RunError naming a line that cannot be read."""
    return {judgment.sample_id: judgment for judgment in read_rows(path, TypeAdapter(Judgment))}


def scores_by_order(
    samples: Sequence[Sample], judgments: Mapping[str, Judgment], *, both_orders: bool
) -> dict[str, list[Sequence[float] | None]]:
    """For every sample one entry an order, aligned with the sample's own candidates; None where it is unjudged."""
    scores: dict[str, list[Sequence[float] | None]] = {}
    for sample in samples:
        entries = [_scores(judgments.get(sample.id))]
        if both_orders:
            backwards = _scores(judgments.get(sample.id + REVERSED))
            entries.append(None if backwards is None else backwards[::-1])
        scores[sample.id] = entries
    return scores


def sample_of(judged_id: str) -> str:
    """The id of the sample that a judgment is of, in whichever order it was shown."""
    return judged_id.removesuffix(REVERSED)


def _orders(samples: Sequence[Sample], both_orders: bool) -> Iterator[Sample]:
    for sample in samples:
        yield sample
        if both_orders:
            yield sample.reversed(id=sample.id + REVERSED)


def _scores(judgment: Judgment | None) -> Sequence[float] | None:
    return judgment.decision.scores if judgment and judgment.decision else None
