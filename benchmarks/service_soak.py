"""A service under steady load for a while: errors, memory, open files, and whether every reply was the true one.

    python -m benchmarks.service_soak [--duration-s 600] [--share 0.8] [--workers 2]

First it is asked as fast as it can for a while; then at `share` of that rate. Memory is of the server and all its
workers, what they share counted by shares, after a warm-up of a tenth of the time and at the end.
"""

import argparse
import asyncio
import os
from typing import Any

from benchmarks.provenance import print_header
from benchmarks.service_client import Measured, Running, evaluation, load, service, simulated_llm

REPEATED = 2000  # instructions that come round again, as a training run's do


def body(number: int) -> dict[str, Any]:
    return evaluation(number % REPEATED)


async def measured(running: Running, asked: argparse.Namespace) -> tuple[float, Measured, list[tuple[float, int]]]:
    url = running.url + "/evaluate/"
    expected: dict[int, Any] = {}

    def check(number: int, reply: Any) -> str | None:
        first = expected.setdefault(number % REPEATED, reply["result"])
        return None if reply["result"] == first else "another score than the first time"

    full = await load(url, body, clients=asked.clients, duration_s=asked.duration_s / 10, check=check)
    every_s = 1 / (asked.share * full.rate)
    marks: list[tuple[float, int]] = []

    async def mark() -> None:
        for wait_s in (asked.duration_s * 0.1, asked.duration_s * 0.85):
            await asyncio.sleep(wait_s)
            marks.append((running.memory_mb(), running.open_files()))

    marking = asyncio.create_task(mark())
    steady = await load(url, body, clients=asked.clients, duration_s=asked.duration_s, every_s=every_s, check=check)
    await marking
    return full.rate, steady, marks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--duration-s", type=float, default=600.0)
    parser.add_argument("--share", type=float, default=0.8)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    print_header("requests made here; a simulated LLM of 50 ms")
    with simulated_llm(50) as (llm, _), service("openai", workers=asked.workers, llm=llm) as running:
        full_rate, steady, marks = asyncio.run(measured(running, asked))
        restarted = "was lost" in running.log.read_text()
    (memory_before, files_before), (memory_after, files_after) = marks
    errors = sum(count for status, count in steady.statuses.items() if status != "200") + steady.errors.total()
    print(f"as fast as it can: {full_rate:,.0f} requests/s")
    print(steady.line(f"at {asked.share:.0%} of that for {asked.duration_s:g} s"))
    print(f"errors: {errors}{f' ({dict(steady.errors)})' if steady.errors else ''}; a worker was lost: {restarted}")
    growth = memory_after / memory_before - 1
    print(f"memory: {memory_before:,.0f} MB -> {memory_after:,.0f} MB ({growth:+.1%})")
    print(f"open files: {files_before} -> {files_after} ({files_after - files_before:+d})")


if __name__ == "__main__":
    main()
