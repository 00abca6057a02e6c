import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from reward_agent.jobs.journal import Journal
from reward_agent.jobs.run import run_all


@dataclass(frozen=True)
class Row:
    id: str


async def ran(path: Path, items: list[str], *, concurrency: int = 4, worker: "Worker") -> list[str]:
    ticked: list[str] = []
    with Journal.open(path, Row, key=lambda row: row.id) as journal:
        await run_all(
            items, worker.work, journal, key=str, concurrency=concurrency, tick=lambda row: ticked.append(row.id)
        )
    return ticked


class Worker:
    """Counts what is in flight, and fails where it is told to."""

    def __init__(self, broken: str = "") -> None:
        self.broken = broken
        self.now = 0
        self.peak = 0
        self.seen: list[str] = []

    async def work(self, item: str) -> Row:
        self.now += 1
        self.peak = max(self.peak, self.now)
        self.seen.append(item)
        await asyncio.sleep(0)
        self.now -= 1
        if item == self.broken:
            raise ZeroDivisionError(item)
        return Row(item)


ITEMS = [str(number) for number in range(50)]


@pytest.mark.parametrize("concurrency", [1, 4, 100])
def test_every_item_is_done_once_within_the_bound(tmp_path: Path, concurrency: int) -> None:
    worker = Worker()
    ticked = asyncio.run(ran(tmp_path / "j", ITEMS, concurrency=concurrency, worker=worker))
    assert sorted(ticked) == sorted(ITEMS)
    assert worker.peak == min(concurrency, len(ITEMS))


def test_what_the_journal_holds_is_skipped(tmp_path: Path) -> None:
    asyncio.run(ran(tmp_path / "j", ITEMS[:20], worker=Worker()))
    worker = Worker()
    asyncio.run(ran(tmp_path / "j", ITEMS, worker=worker))
    assert sorted(worker.seen) == sorted(ITEMS[20:])


def test_an_error_stops_the_run_as_itself_and_keeps_the_finished_rows(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(ran(tmp_path / "j", ITEMS, concurrency=1, worker=Worker(broken="30")))
    worker = Worker()
    asyncio.run(ran(tmp_path / "j", ITEMS, worker=worker))
    assert sorted(worker.seen) == sorted(ITEMS[30:])
