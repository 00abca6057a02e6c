"""Judging many samples into a journal of judgments, in one or both orders of the candidates."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from reward_agent.agent import RewardAgent
from reward_agent.errors import RunError
from reward_agent.jobs.journal import Journal, read_rows
from reward_agent.jobs.run import Tally, Watch, run_all
from reward_agent.types import REVERSED, Judgment, Sample

Arrival = Sample | Exception | None


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
    if both_orders and (taken := next((s.id for s in samples if s.id.endswith(REVERSED)), None)):
        raise RunError(f"the id {taken!r} ends with {REVERSED!r}, which marks the other order. Rename it in the data.")
    with Journal.open(path, Judgment, key=lambda judgment: judgment.sample_id) as journal:
        total = len(samples) * (2 if both_orders else 1)
        tally = Tally(total=total, done=len(journal.done), resumed=len(journal.done))
        watch(tally)

        def tick(judgment: Judgment) -> None:
            tally.done += 1
            tally.failures += len(judgment.failures)
            tally.calls += judgment.usage.calls
            tally.tokens += judgment.usage.tokens
            tally.cost += judgment.usage.cost
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
    """Judges a stream of samples, `concurrency` at a time, and yields each as soon as it and those before it are done.

    The stream is read in a thread of its own, so that waiting for its next sample holds up no judgment. What it
    raises is raised here, after the samples before it.
    """
    arrivals: asyncio.Queue[Arrival] = asyncio.Queue()
    started: asyncio.Queue[tuple[Sample, asyncio.Task[Judgment]] | Exception | None] = asyncio.Queue()
    feed = _Feed(samples, arrivals, room=concurrency)
    tasks: set[asyncio.Task[object]] = set()

    async def start() -> None:
        while isinstance(arrival := await arrivals.get(), Sample):
            task = asyncio.create_task(agent.judge(arrival))
            tasks.add(task)
            started.put_nowait((arrival, task))
        started.put_nowait(arrival)

    tasks.add(asyncio.create_task(start()))
    try:
        while (item := await started.get()) is not None:
            if isinstance(item, Exception):
                raise item
            sample, task = item
            judgment = await task
            tasks.discard(task)
            feed.free()
            yield sample, judgment
    finally:
        feed.stop()
        for unfinished in tasks:
            unfinished.cancel()


class _Feed:
    """Reads samples in a daemon thread into `arrivals`, at most `room` ahead of those that were freed.

    The last arrival is None at the end, or what the iterable raised.
    """

    def __init__(self, samples: Iterable[Sample], arrivals: "asyncio.Queue[Arrival]", *, room: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._arrivals = arrivals
        self._room = threading.Semaphore(room)
        self._stopped = False
        threading.Thread(target=self._read, args=(iter(samples),), daemon=True).start()

    def free(self) -> None:
        self._room.release()

    def stop(self) -> None:
        """The thread ends before its next sample."""
        self._stopped = True
        self._room.release()

    def _read(self, samples: Iterator[Sample]) -> None:
        try:
            for sample in samples:
                self._room.acquire()
                if self._stopped:
                    return
                self._put(sample)
            self._put(None)
        except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to the one who waits for a sample
            self._put(error)

    def _put(self, arrival: Arrival) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._arrivals.put_nowait, arrival)


def read_judgments(path: Path) -> dict[str, Judgment]:
    """The judgments of a journal by sample id. Raises RunError naming a line that cannot be read."""
    return {judgment.sample_id: judgment for judgment in read_rows(path, TypeAdapter(Judgment))}


def scores_by_order(
    samples: Sequence[Sample], judgments: Mapping[str, Judgment], *, both_orders: bool
) -> dict[str, list[Sequence[float] | None]]:
    """For every sample one entry an order, aligned with the sample's own candidates; None where it is unjudged."""
    scores: dict[str, list[Sequence[float] | None]] = {}
    for sample in samples:
        entries = [_scores(judgments.get(sample.id), sample)]
        if both_orders:
            backwards = _scores(judgments.get(sample.id + REVERSED), sample)
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


def _scores(judgment: Judgment | None, sample: Sample) -> Sequence[float] | None:
    if judgment is None or judgment.decision is None:
        return None
    scores = judgment.decision.scores
    if len(scores) != len(sample.candidates):
        raise RunError(
            f"the journal's row {judgment.sample_id!r} has {len(scores)} scores for {len(sample.candidates)} "
            "candidates: it was changed or damaged. Delete that line and run the same command again."
        )
    return scores
