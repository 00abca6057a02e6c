"""Judging many samples into a journal of judgments, in one or both orders of the candidates."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from reward_agent.agent import RewardAgent
from reward_agent.engines import Judge
from reward_agent.errors import RunError
from reward_agent.jobs.journal import JUDGED_ANEW, Journal, read_rows, read_sized_rows
from reward_agent.jobs.run import Tally, Watch, run_all
from reward_agent.types import REVERSED, Judgment, Sample

Arrival = Sample | Exception | None
_JUDGMENT = TypeAdapter(Judgment)


@dataclass(frozen=True, slots=True)
class _Head:
    """As much of a judgment as tells whose it is."""

    sample_id: str


_HEAD = TypeAdapter(_Head)


async def judge_all(
    agent: Judge,
    samples: Iterable[Sample],
    path: Path,
    *,
    both_orders: bool,
    concurrency: int,
    count: int | None = None,
    watch: Watch = lambda tally: None,
) -> None:
    """Judges what `path` does not yet hold. `count` is how many samples there are, where `samples` is a stream that
    does not say; a stream is read as it is judged. Raises RunError; see `Journal.open`."""
    if isinstance(samples, Sequence):
        count = len(samples)
        if both_orders:
            for sample in samples:
                _plain_id(sample)
    with Journal.open(path, Judgment, key=lambda judgment: judgment.sample_id) as journal:
        total = (count or 0) * (2 if both_orders else 1)
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


class KeptJudgments:
    """The judgments of a journal by sample id, read from disk when asked for: memory holds one number a row.

    Raises RunError naming a line that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[str, int] = {}
        place = 0
        for head, size in read_sized_rows(path, _HEAD):
            self._places[head.sample_id] = place
            place += size
        self._file = path.open("rb") if self._places else None

    def __len__(self) -> int:
        return len(self._places)

    def of(self, sample_id: str) -> Judgment | None:
        """The judgment of a sample; None where the journal has none."""
        if self._file is None or sample_id not in self._places:
            return None
        self._file.seek(self._places[sample_id])
        try:
            return _JUDGMENT.validate_json(self._file.readline())
        except ValidationError as error:
            raise RunError(f"{self._path}: the row {sample_id!r} cannot be read. {JUDGED_ANEW}") from error

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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


def _plain_id(sample: Sample) -> None:
    if sample.id.endswith(REVERSED):
        raise RunError(f"the id {sample.id!r} ends with {REVERSED!r}, which marks the other order. Rename it.")


def _orders(samples: Iterable[Sample], both_orders: bool) -> Iterator[Sample]:
    for sample in samples:
        if both_orders:
            _plain_id(sample)
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
