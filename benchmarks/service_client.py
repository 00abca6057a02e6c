"""A running service for the benchmarks: the server and a simulated LLM as processes of their own, and many clients."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

TOPICS = ("tides", "bread", "bridges", "lighthouses", "chess", "rain", "maps", "clocks", "glass", "owls")


def instruction(number: int) -> str:
    """One of endlessly many: two constraints that code can decide, one that only a model can, and a topic."""
    topic = TOPICS[number % len(TOPICS)]
    return (
        f"Case {number}: write about {topic} in exactly {2 + number % 4} sentences. Use the word '{topic}' at least "
        f"{1 + number % 3} times. Keep a friendly tone."
    )


def answers(number: int, count: int) -> list[str]:
    """Answers that meet different parts of it."""
    drawn = random.Random(number)
    topic = TOPICS[number % len(TOPICS)]
    return [
        " ".join(
            f"Here is sentence {place} on {topic if drawn.random() < 0.7 else 'something else'}, told kindly."
            for place in range(1 + drawn.randrange(6))
        )
        for _ in range(count)
    ]


def evaluation(number: int, count: int = 4) -> dict[str, Any]:
    """A body for /evaluate/."""
    return {"instruction": instruction(number), "answers": answers(number, count)}


def batch(number: int, samples: int, candidates: int) -> dict[str, Any]:
    """A body for /v1/score."""
    numbers = range(number * samples, (number + 1) * samples)
    return {"samples": [{"prompt": instruction(n), "candidates": answers(n, candidates)} for n in numbers]}


@dataclass(slots=True, kw_only=True)
class Measured:
    """What clients saw. `seconds` of each request by status."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    span_s: float = 0.0

    @property
    def rate(self) -> float:
        """Requests answered 200, a second."""
        return self.statuses["200"] / self.span_s if self.span_s else 0.0

    def percentile_ms(self, share: float) -> float:
        """Of all requests."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

    def line(self, what: str, *, each: int = 1, unit: str = "requests") -> str:
        """For a person."""
        bad = {status: count for status, count in self.statuses.items() if status != "200"}
        told = f"; not 200: {bad}" if bad else ""
        return (
            f"{what}: {self.rate * each:,.0f} {unit}/s, p50 {self.percentile_ms(0.5):,.0f} ms, p99 "
            f"{self.percentile_ms(0.99):,.0f} ms, {len(self.seconds)} requests{told}"
        )


async def load(
    url: str,
    bodies: Callable[[int], dict[str, Any]],
    *,
    clients: int,
    requests: int | None = None,
    duration_s: float | None = None,
    every_s: float | None = None,
    check: Callable[[int, Any], str | None] = lambda number, reply: None,
) -> Measured:
    """Clients that each send the next body as soon as they have a reply, or one each `every_s` over all of them.
    `check` says what is wrong with a 200."""
    measured = Measured()
    numbers = iter(range(requests)) if requests is not None else iter(range(10**9))
    began = time.perf_counter()

    async def client(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            if duration_s is not None and time.perf_counter() - began > duration_s:
                return
            if every_s is not None:
                await asyncio.sleep(max(0.0, began + number * every_s - time.perf_counter()))
            body = json.dumps(bodies(number)).encode()
            sent = time.perf_counter()
            try:
                async with session.post(url, data=body, headers={"Content-Type": "application/json"}) as reply:
                    content = await reply.read()
                    measured.statuses[str(reply.status)] += 1
                    if reply.status == 200 and (wrong := check(number, json.loads(content))):
                        measured.errors[wrong] += 1
            except (aiohttp.ClientError, TimeoutError) as error:
                measured.statuses[type(error).__name__] += 1
            measured.seconds.append(time.perf_counter() - sent)

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=300)) as session:
        await asyncio.gather(*(client(session) for _ in range(clients)))
    measured.span_s = time.perf_counter() - began
    return measured


async def pings(url: str, until: asyncio.Event, *, every_s: float = 0.01) -> Measured:
    """GET /healthz over and over."""
    measured = Measured()
    began = time.perf_counter()
    async with aiohttp.ClientSession() as session:
        while not until.is_set():
            sent = time.perf_counter()
            async with session.get(url + "/healthz") as reply:
                measured.statuses[str(reply.status)] += 1
            measured.seconds.append(time.perf_counter() - sent)
            await asyncio.sleep(every_s)
    measured.span_s = time.perf_counter() - began
    return measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The server's process and address."""

    url: str
    process: "subprocess.Popen[str]"
    log: Path

    def tree(self) -> list[int]:
        """Its process and all below it."""
        found = [self.process.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found.extend(map(int, children.read_text().split()))
                except OSError:
                    continue
        return found

    def memory_mb(self) -> float:
        """Resident memory of all of them, what they share counted by shares."""
        total = 0
        for pid in self.tree():
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
        return total / 1024

    def open_files(self) -> int:
        """Of all of them."""
        count = 0
        for pid in self.tree():
            try:
                count += sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
            except OSError:
                continue
        return count


@contextmanager
def service(preset: str, *, workers: int, settings: Sequence[str] = (), llm: str | None = None) -> Iterator[Running]:
    """`reward-agent serve` on a free port, with a cache of its own."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        kept = [] if "cache.type=off" in settings else [f"cache.file={folder}/cache.sqlite"]
        overrides = [*kept, *settings]
        command = [sys.executable, "-m", "reward_agent.cli", "serve", "--preset", preset, "--port", "0"]
        command += ["--workers", str(workers), *(part for each in overrides for part in ("--set", each))]
        environment = {**os.environ, **({} if llm is None else {"OPENAI_BASE_URL": llm, "OPENAI_API_KEY": "none"})}
        with log.open("w") as out:
            process = subprocess.Popen(command, env=environment, stderr=out, text=True)
        try:
            yield Running(url=_url_in(log, process), process=process, log=log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(90)


@contextmanager
def simulated_llm(latency_ms: float, *, port: int = 0) -> "Iterator[tuple[str, subprocess.Popen[str]]]":
    """The simulated LLM's address and process."""
    command = [sys.executable, "-m", "reward_agent.testing.llm_server", "--port", str(port)]
    process = subprocess.Popen([*command, "--latency-ms", str(latency_ms)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1], process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _url_in(log: Path, process: "subprocess.Popen[str]") -> str:
    for _ in range(600):
        for line in log.read_text().splitlines():
            if line.startswith("serving on "):
                return line.split()[2]
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text()}")
