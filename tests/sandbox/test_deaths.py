"""SIGKILL of the caller, of a worker, of a child in the middle of a batch: nothing is left, nothing is wrong."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reward_agent.sandbox import JailedSandbox
from reward_agent.sandbox.suite.watch import leftovers
from reward_agent.types import Outcome

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="it watches processes by /proc")

LOOP = "def check_following(response):\n    while response == 'x': pass\n    return True\n"
CALLER = """
import asyncio, os, sys, time
from reward_agent.sandbox import open_sandbox
async def main():
    async with open_sandbox(require="degraded", workers=2, cpu_s=60, wall_s=120) as sandbox:
        run = asyncio.create_task(sandbox.run({loop!r}, ["x"]))
        await asyncio.sleep(0.3)
        {extra}
        print(*sandbox.process_ids, flush=True)
        await run
asyncio.run(main())
"""
# A copy of the caller that outlives it keeps its sockets open, as a data loader's worker would.
COPY = "if os.fork() == 0:\n            time.sleep(20); os._exit(0)\n        print('copied', flush=True)"


def _gone(pids: list[int], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while any(_lives(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        os.sched_yield()
    return True


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize("extra", ["pass", COPY], ids=["alone", "with a forked copy of the caller"])
def test_a_killed_caller_leaves_nothing_running(extra: str) -> None:
    source = CALLER.format(loop=LOOP, extra=extra)
    with subprocess.Popen(
        [sys.executable, "-c", source],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        start_new_session=True,
    ) as caller:
        assert caller.stdout is not None
        line = caller.stdout.readline()
        workers = [int(word) for word in (caller.stdout.readline() if "copied" in line else line).split()]
        children = [pid for worker in workers for pid in leftovers(worker)]
        assert len(workers) == 2
        assert children
        caller.kill()
        caller.wait()
        assert _gone(workers + children)
        try:
            os.killpg(caller.pid, signal.SIGKILL)  # the copy
        except ProcessLookupError:
            assert extra == "pass"


def test_a_killed_worker_takes_its_child_along(in_sandbox: Callable[..., object]) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        running = asyncio.create_task(sandbox.run(LOOP, ["a", "x"]))
        worker = sandbox.process_ids[0]
        children: list[int] = []
        while not children:
            await asyncio.sleep(0)
            children = leftovers(worker)
        os.kill(worker, signal.SIGKILL)
        outcomes = await running
        assert await asyncio.to_thread(_gone, [worker, *children])
        return outcomes

    assert in_sandbox(use, cpu_s=1.0) == (Outcome.TRUE, Outcome.TIMEOUT)


def test_a_killed_child_costs_one_answer_and_is_never_a_score(in_sandbox: Callable[..., object]) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        running = asyncio.create_task(sandbox.run(LOOP, ["a", "x", "b"]))
        children: list[int] = []
        while not children:
            await asyncio.sleep(0)
            children = leftovers(sandbox.process_ids[0])
        await asyncio.sleep(0.2)
        os.kill(children[0], signal.SIGKILL)
        return await running

    assert in_sandbox(use, cpu_s=5.0) == (Outcome.TRUE, Outcome.CRASH, Outcome.TRUE)


def test_a_stopped_child_is_ended_by_the_wall_clock(in_sandbox: Callable[..., object]) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        running = asyncio.create_task(sandbox.run(LOOP, ["x", "a"]))
        children: list[int] = []
        while not children:
            await asyncio.sleep(0)
            children = leftovers(sandbox.process_ids[0])
        os.kill(children[0], signal.SIGSTOP)
        return await running

    assert in_sandbox(use, cpu_s=5.0, wall_s=1.0) == (Outcome.TIMEOUT, Outcome.TRUE)
