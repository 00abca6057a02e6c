"""What the service does when things break around it. Each fault must leave it up, and every reply true: a 200 holds the
scores that were there before the fault, and whatever is not known is an error.

    python -m benchmarks.service_faults [--outage-s 30] [--examples 50]

    LLM down            the simulated LLM is killed and comes back
    workers killed      sandbox workers, then a judging process, with SIGKILL under load
    cache full          the cache's file may not grow: a limit on file size, as a full disk
    client cut          connections that are closed in the middle of their request, and while they wait
    malformed bodies    made by schemathesis from our own OpenAPI document (`pip install schemathesis`; else left out)
"""

import argparse
import asyncio
import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.provenance import print_header
from benchmarks.service_client import Measured, Running, evaluation, load, service, simulated_llm

FAST = ("chat.default.retries=1", "serve.timeout_s=5")
NUMBERS = 40


class Truth:
    """The scores of the time when nothing was broken."""

    def __init__(self) -> None:
        self.scores: dict[int, Any] = {}

    def learn(self, number: int, reply: Any) -> str | None:
        self.scores[number] = reply["result"]
        return None

    def wrong(self, number: int, reply: Any) -> str | None:
        return None if reply["result"] == self.scores[number] else "a score that is not true"


async def learned(running: Running, truth: Truth) -> None:
    await load(running.url + "/evaluate/", evaluation, clients=8, requests=NUMBERS, check=truth.learn)


async def under_load(running: Running, truth: Truth, *, duration_s: float) -> Measured:
    """Requests whose scores are known."""
    return await load(
        running.url + "/evaluate/",
        lambda n: evaluation(n % NUMBERS),
        clients=8,
        duration_s=duration_s,
        check=lambda n, reply: truth.wrong(n % NUMBERS, reply),
    )


async def alive(url: str) -> bool:
    async with aiohttp.ClientSession() as session, session.get(url + "/readyz") as reply:
        return reply.status == 200


def told(what: str, measured: Measured, up: bool) -> None:
    print(f"{what}: service up: {up}; replies: {dict(measured.statuses)}; untrue: {dict(measured.errors) or 0}")


def llm_down(outage_s: float) -> None:
    """Without a cache, so that the outage is felt."""
    truth = Truth()
    with contextlib.ExitStack() as stack:
        url, process = stack.enter_context(simulated_llm(20))
        port = urllib.parse.urlsplit(url).port or 0
        running = stack.enter_context(service("openai", workers=2, settings=("cache.type=off", *FAST), llm=url))
        asyncio.run(learned(running, truth))
        process.kill()
        process.wait()
        down = asyncio.run(under_load(running, truth, duration_s=outage_s))
        told(f"LLM down for {outage_s:g} s", down, asyncio.run(alive(running.url)))
        stack.enter_context(simulated_llm(20, port=port))
        back = asyncio.run(under_load(running, truth, duration_s=5))
        told("and back", back, asyncio.run(alive(running.url)))


def workers_killed() -> None:
    truth = Truth()
    with simulated_llm(20) as (url, _), service("openai", workers=2, settings=FAST, llm=url) as running:
        asyncio.run(learned(running, truth))
        for what in ("sandbox", "judging"):
            measured = asyncio.run(_killed_under_load(running, truth, what))
            told(f"{what} processes killed", measured, asyncio.run(alive(running.url)))


async def _killed_under_load(running: Running, truth: Truth, what: str) -> Measured:
    loading = asyncio.create_task(under_load(running, truth, duration_s=8))
    for _ in range(3):
        await asyncio.sleep(1.5)
        found = [pid for pid in running.tree() if _is(pid, what)]
        for pid in found[:1] if what == "judging" else found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return await loading


def _is(pid: int, what: str) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    judging = b"reward_agent.service.judges" in command
    return judging if what == "judging" else not judging and b"serve" not in command.split(b"\0")


def cache_full() -> None:
    """The limit on file size strikes in the cache's writes as a full disk does."""
    truth = Truth()
    with simulated_llm(20) as (url, _), service("openai", workers=2, settings=FAST, llm=url) as running:
        for pid in running.tree():
            with contextlib.suppress(OSError):
                _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (64 * 1024, hard))
        asyncio.run(learned(running, truth))
        measured = asyncio.run(under_load(running, truth, duration_s=5))
        told("cache cannot grow", measured, asyncio.run(alive(running.url)))
        print("  said: " + " | ".join(line for line in running.log.read_text().splitlines() if "warning" in line)[:300])


def clients_cut() -> None:
    truth = Truth()
    with simulated_llm(50) as (url, _), service("openai", workers=2, settings=FAST, llm=url) as running:
        asyncio.run(learned(running, truth))
        asyncio.run(_cut(running.url))
        measured = asyncio.run(under_load(running, truth, duration_s=3))
        told("200 clients cut", measured, asyncio.run(alive(running.url)))


async def _cut(url: str) -> None:
    at = urllib.parse.urlsplit(url)
    body = b'{"instruction": "Write exactly 2 sentences, kindly.", "answers": ["a. b."]}'
    for number in range(200):
        _, writer = await asyncio.open_connection(at.hostname, at.port)
        head = ["Host: localhost", "Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
        whole = "\r\n".join(["POST /evaluate/ HTTP/1.1", *head]).encode() + body
        writer.write(whole if number % 2 else whole[: len(whole) - 1 - number % 60])
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.transport.abort()


def malformed(examples: int) -> None:
    program = shutil.which("schemathesis", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if program is None:
        print("malformed bodies: left out, schemathesis is not installed")
        return
    with service("offline", workers=2) as running:
        command = [program, "run", running.url + "/openapi.json", "--max-examples", str(examples)]
        command += [
            "--checks",
            "status_code_conformance,content_type_conformance,response_schema_conformance",
        ]
        done = subprocess.run([*command, "--no-color"], capture_output=True, text=True, check=False)
        print("\n".join(f"  {line}" for line in _end_of(done.stdout)))
        up = asyncio.run(alive(running.url))
        print(f"malformed bodies: service up: {up}; schemathesis found nothing wrong: {done.returncode == 0}")


def _end_of(text: str) -> Iterator[str]:
    yield from [line for line in text.splitlines() if line.strip()][-12:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outage-s", type=float, default=30.0)
    parser.add_argument("--examples", type=int, default=50)
    asked = parser.parse_args()
    print_header("requests made here; a simulated LLM")
    llm_down(asked.outage_s)
    workers_killed()
    cache_full()
    clients_cut()
    malformed(asked.examples)


if __name__ == "__main__":
    main()
