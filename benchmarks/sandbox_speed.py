"""How fast the sandbox is, beside one forked process per check; false timeouts under load; a soak.

    python -m benchmarks.sandbox_speed [--rounds 3] [--skip-soak] [--wasm-only]

Figures a core are those of as many workers as cores, divided by the cores: the caller and the kernel work on the same
ones. The other way, a fork of the caller for every check with the answer in a pipe, is measured in the same run, from
callers that hold 300 MB and 4 GB. The wasm tier's rates are printed beside the jail's where its packages are installed.
"""

import argparse
import asyncio
import multiprocessing
import os
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.provenance import print_header
from reward_agent.sandbox import JailedSandbox, open_sandbox
from reward_agent.sandbox.opening import Choice
from reward_agent.sandbox.suite.cases import honest_checkers
from reward_agent.sandbox.wasm import cache
from reward_agent.types import Outcome

CORES = len(os.sched_getaffinity(0))
WORDS = "The quick brown fox jumps over the lazy dog near the old stone bridge. "
RESPONSES = [WORDS * n for n in (2, 5, 9, 12, 15, 18, 20, 22, 25, 28, 30, 33, 36, 40, 44, 48)]
CHECKER = """import re
def check_following(response):
    words = re.findall(r"\\w+", response.lower())
    return len(words) > 20 and words.count("fox") >= 2  # {n}
"""


async def rate(sandbox: JailedSandbox, batch: int, calls: int, callers: int) -> tuple[float, float, float]:
    """Checks a second; the 99th percentile of a call in milliseconds; checks a second of processor time, of the caller,
    the workers and their children together. Every call has its own checker."""
    waits: list[float] = []
    busy = _cpu_s(sandbox)

    async def caller(place: int) -> None:
        for n in range(place, calls, callers):
            started = time.perf_counter()
            outcomes = await sandbox.run(CHECKER.format(n=n), RESPONSES[:batch])
            waits.append(time.perf_counter() - started)
            assert set(outcomes) <= {Outcome.TRUE, Outcome.FALSE}

    started = time.perf_counter()
    await asyncio.gather(*(caller(place) for place in range(callers)))
    seconds = time.perf_counter() - started
    figure = calls * batch / (_cpu_s(sandbox) - busy)
    return calls * batch / seconds, statistics.quantiles(waits, n=100)[98] * 1000, figure


def _cpu_s(sandbox: JailedSandbox) -> float:
    """Processor time so far: ours, and that of the workers and the children they have waited for."""
    ticks = 0
    for pid in sandbox.process_ids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _forked(source: str, response: str, pipe: Connection) -> None:
    namespace: dict[str, Callable[[str], bool]] = {}
    exec(source, namespace)  # the way to compare with
    pipe.send(namespace["check_following"](response))
    pipe.close()


def fork_rate(calls: int) -> float:
    """Checks a second with one forked process per check from this process, one after the other."""
    context = multiprocessing.get_context("fork")
    started = time.perf_counter()
    for n in range(calls):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_forked, args=(CHECKER.format(n=n), RESPONSES[n % 16], theirs))
        process.start()
        theirs.close()
        ours.recv()
        process.join()
        ours.close()
    return calls / (time.perf_counter() - started)


async def wasm_speed(rounds: int) -> None:
    """The wasm tier beside the jail, in turn, with one worker and with as many as cores."""
    if cache.missing() is not None:
        print(f"wasm: {cache.missing()}")
        return
    tiers: tuple[Choice, ...] = ("auto", "wasm")
    for batch, calls in ((1, 300), (16, 120)):
        for workers in (1, CORES):
            found: dict[str, list[float]] = {tier: [] for tier in tiers}
            for _ in range(rounds):
                for tier in tiers:
                    async with open_sandbox(tier=tier, workers=workers) as sandbox:
                        found[tier].append((await rate(sandbox, batch, calls, 1 if workers == 1 else 4 * CORES))[0])
            ratios = [w / j for w, j in zip(found["wasm"], found["auto"], strict=True)]
            print(
                f"batch {batch:2}, {workers} worker(s): jail {_spread(found['auto'])}, wasm {_spread(found['wasm'])} "
                f"checks/s, wasm over jail {_spread(ratios)}"
            )


async def speed(rounds: int) -> None:
    started = time.perf_counter()
    async with open_sandbox(workers=1):
        print(f"worker start: {(time.perf_counter() - started) * 1000:.0f} ms")
    ballast = bytearray(0)
    single: dict[int, list[float]] = {300: [], 4096: []}
    fork: dict[int, list[float]] = {300: [], 4096: []}
    pool: dict[int, list[float]] = {300: [], 4096: []}
    alone: dict[int, list[float]] = {1: [], 16: []}
    both: dict[int, list[float]] = {1: [], 16: []}
    cpu: dict[int, list[float]] = {1: [], 16: []}
    p99: dict[int, list[float]] = {1: [], 16: []}
    for _ in range(rounds):
        for megabytes in (300, 4096):
            ballast = bytearray(megabytes * 2**20)
            ballast[::4096] = b"\1" * (len(ballast) // 4096)
            fork[megabytes].append(fork_rate(60 if megabytes == 300 else 15))
            async with open_sandbox(workers=1) as sandbox:
                single[megabytes].append((await rate(sandbox, 1, 600, 1))[0])
            async with open_sandbox(workers=CORES) as sandbox:
                pool[megabytes].append((await rate(sandbox, 1, 1000, 4 * CORES))[0])
        del ballast
        for batch in (1, 16):
            async with open_sandbox(workers=1) as sandbox:
                figure, wait, busy = await rate(sandbox, batch, 600 if batch == 1 else 250, 1)
                alone[batch].append(figure)
                cpu[batch].append(busy)
                p99[batch].append(wait)
            async with open_sandbox(workers=CORES) as sandbox:
                both[batch].append((await rate(sandbox, batch, 1200 if batch == 1 else 500, 4 * CORES))[0] / CORES)
    for batch in (1, 16):
        print(f"batch {batch:2}: one worker, one caller {_spread(alone[batch])} checks/s, p99 {_spread(p99[batch])} ms")
        print(f"batch {batch:2}: a second of processor time   {_spread(cpu[batch])} checks")
        print(f"batch {batch:2}: {CORES} workers, a core           {_spread(both[batch])} checks/s")
    for megabytes, figures in fork.items():
        print(f"caller with {megabytes:4} MB, batch 1: one fork per check, one at a time {_spread(figures)} checks/s")
        for name, ours in (("one worker, one caller", single[megabytes]), (f"{CORES} workers", pool[megabytes])):
            ratios = [s / f for s, f in zip(ours, figures, strict=True)]
            print(f"  sandbox, {name}: {_spread(ours)} checks/s, ratio {_spread(ratios)}")


async def false_timeouts(checks: int = 20_000, callers: int = 32) -> None:
    """Honest checks while every core is also kept busy by a loop."""
    load = [multiprocessing.get_context("spawn").Process(target=_burn, daemon=True) for _ in range(CORES)]
    for process in load:
        process.start()
    checkers = [c.source for c in honest_checkers()]
    seen: Counter[Outcome] = Counter()
    async with open_sandbox() as sandbox:

        async def caller(place: int) -> None:
            for n in range(place, checks, callers):
                seen.update(await sandbox.run(checkers[n % len(checkers)], [RESPONSES[n % 16]]))

        started = time.perf_counter()
        await asyncio.gather(*(caller(place) for place in range(callers)))
    for process in load:
        process.kill()
    print(f"{checks} honest checks, {callers} callers, {CORES} busy loops beside them: {dict(seen)}")
    print(f"  false timeouts: {seen[Outcome.TIMEOUT]}, {checks / (time.perf_counter() - started):.0f} checks/s")


def _burn() -> None:
    while True:
        pass


async def soak(checks: int = 200_000) -> None:
    """Memory and open files of the caller and its workers, at a tenth of the way and at the end."""
    async with open_sandbox() as sandbox:
        done, marks = 0, []
        for mark in (checks // 10, checks // 2, checks):
            while done < mark:
                calls = [sandbox.run(CHECKER.format(n=done + k), RESPONSES) for k in range(25)]
                assert all(Outcome.TIMEOUT not in outcomes for outcomes in await asyncio.gather(*calls))
                done += 25 * 16
            pids = [os.getpid(), *sandbox.process_ids]
            marks.append((done, [_memory_kb(p) for p in pids], [_files(p) for p in pids]))
    for number, memory, files in marks:
        print(f"soak after {number:6}: KB resident {memory}, open files {files} (caller, workers)")


def _memory_kb(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() // 1024


def _files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _spread(figures: list[float]) -> str:
    digits = 0 if statistics.median(figures) >= 100 else 1
    return f"{statistics.median(figures):.{digits}f} ({min(figures):.{digits}f} to {max(figures):.{digits}f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--skip-soak", action="store_true", help="only the speed")
    parser.add_argument("--wasm-only", action="store_true", help="only the wasm tier beside the jail")
    arguments = parser.parse_args()
    if sys.platform != "linux":
        sys.exit("this measures the Linux sandbox")
    print_header("our own texts")
    if not arguments.wasm_only:
        asyncio.run(speed(arguments.rounds))
    asyncio.run(wasm_speed(arguments.rounds))
    if not arguments.skip_soak and not arguments.wasm_only:
        asyncio.run(false_timeouts())
        asyncio.run(soak())


if __name__ == "__main__":
    main()
