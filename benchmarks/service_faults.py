"""What the service does when things break around it. Each fault must leave it up, and every reply true: a 200 holds the
scores that were there before the fault, and whatever is not known is an error.

    python -m benchmarks.service_faults [--outage-s 30] [--examples 50] [--only llm workers cache cut bodies]

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
DEMANDS = (
    "The last word must be longer than the first word.",
    "The number of vowels must be even.",
    "Keep the brackets balanced.",
)
"""What no rule decides and the simulated LLM writes a checker for, which runs in the sandbox."""


def demanding(number: int) -> dict[str, Any]:
    """A body for /evaluate/ that needs the model and the sandbox."""
    body = evaluation(number)
    return {**body, "instruction": f"{body['instruction']} {DEMANDS[number % len(DEMANDS)]}"}


class Faults:
    """What was found; the end sums it up."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, bool]] = []

    def told(self, what: str, measured: Measured, up: bool, *, felt: bool = True) -> None:
        """Prints one fault's outcome. `felt`: whether the fault really struck."""
        documented = all(status in EXPECTED for status in measured.statuses)
        untrue = dict(measured.errors) or 0
        print(f"{what}: service up: {up}; replies: {dict(measured.statuses)}; untrue: {untrue}; it struck: {felt}")
        self.add(what, up and documented and not untrue and felt)

    def add(self, what: str, passed: bool) -> None:
        """One line of the summary."""
        self.lines.append((what, passed))

    def summary(self) -> int:
        """Prints it; the exit status."""
        print("\nsummary")
        for what, passed in self.lines:
            print(f"  {'held  ' if passed else 'FAILED'}  {what}")
        return 0 if all(passed for _, passed in self.lines) else 1


ALL = ("llm", "workers", "cache", "cut", "bodies")
EXPECTED = frozenset({"200", "429", "503", "504"})


class Truth:
    """The scores of the time when nothing was broken."""

    def __init__(self) -> None:
        self.scores: dict[int, Any] = {}

    def learn(self, number: int, reply: Any) -> str | None:
        first = self.scores.setdefault(number, reply["result"])
        return None if first == reply["result"] else "a score that is not true"

    def wrong(self, number: int, reply: Any) -> str | None:
        """A sample that had no score before the fault has nothing to be held against, so its first score is learnt."""
        return self.learn(number, reply)


async def learned(running: Running, truth: Truth) -> None:
    await load(running.url + "/evaluate/", demanding, clients=8, requests=NUMBERS, check=truth.learn)


async def under_load(running: Running, truth: Truth, *, duration_s: float, first: int = 0) -> Measured:
    """Requests whose scores are known, or get known: the same one must always get the same."""
    return await load(
        running.url + "/evaluate/",
        lambda n: demanding(first + n % NUMBERS),
        clients=8,
        duration_s=duration_s,
        check=lambda n, reply: truth.wrong(first + n % NUMBERS, reply),
    )


async def alive(url: str) -> bool:
    """Whether it is ready within half a minute, the time that a new worker may take to start on a busy machine."""
    async with aiohttp.ClientSession() as session:
        for _ in range(60):
            async with session.get(url + "/readyz") as reply:
                if reply.status == 200:
                    return True
            await asyncio.sleep(0.5)
    return False


def llm_down(faults: Faults, outage_s: float) -> None:
    """Without a cache and with instructions that nobody has read before, so that the outage is felt. What is answered
    200 all the same is held against the scores once the LLM is back."""
    truth = Truth()
    with contextlib.ExitStack() as stack:
        url, process = stack.enter_context(simulated_llm(20))
        port = urllib.parse.urlsplit(url).port or 0
        running = stack.enter_context(service("openai", workers=2, settings=("cache.type=off", *FAST), llm=url))
        asyncio.run(learned(running, truth))
        process.kill()
        process.wait()
        down = asyncio.run(under_load(running, truth, duration_s=outage_s, first=NUMBERS))
        up = asyncio.run(alive(running.url))
        faults.told(f"LLM down for {outage_s:g} s", down, up, felt=down.statuses["503"] > 0)
        stack.enter_context(simulated_llm(20, port=port))
        back = asyncio.run(under_load(running, truth, duration_s=5, first=NUMBERS))
        up = asyncio.run(alive(running.url))
        faults.told("LLM back", back, up, felt=back.statuses["200"] > back.statuses["503"])


def workers_killed(faults: Faults) -> None:
    truth = Truth()
    with simulated_llm(20) as (url, _), service("openai", workers=2, settings=FAST, llm=url) as running:
        asyncio.run(learned(running, truth))
        for what in ("sandbox", "judging"):
            measured, killed = asyncio.run(_killed_under_load(running, truth, what))
            faults.told(f"{killed} {what} processes killed", measured, asyncio.run(alive(running.url)), felt=killed > 0)


async def _killed_under_load(running: Running, truth: Truth, what: str) -> tuple[Measured, int]:
    killed = 0
    loading = asyncio.create_task(under_load(running, truth, duration_s=8))
    for _ in range(3):
        await asyncio.sleep(1.5)
        found = [pid for pid in running.tree() if _is(pid, what)]
        for pid in found[:1] if what == "judging" else found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
    return await loading, killed


def _is(pid: int, what: str) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    judging = b"reward_agent.service.judges" in command
    return judging if what == "judging" else not judging and b"serve" not in command.split(b"\0")


def cache_full(faults: Faults) -> None:
    """The limit on file size strikes in the cache's writes as a full disk does."""
    truth = Truth()
    with simulated_llm(20) as (url, _), service("openai", workers=2, settings=FAST, llm=url) as running:
        for pid in running.tree():
            with contextlib.suppress(OSError):
                _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (64 * 1024, hard))
        asyncio.run(learned(running, truth))
        measured = asyncio.run(under_load(running, truth, duration_s=5))
        said = [line for line in running.log.read_text().splitlines() if "warning" in line]
        faults.told("cache cannot grow", measured, asyncio.run(alive(running.url)), felt=bool(said))
        print("  said: " + " | ".join(said)[:300])


def clients_cut(faults: Faults) -> None:
    truth = Truth()
    with simulated_llm(50) as (url, _), service("openai", workers=2, settings=FAST, llm=url) as running:
        asyncio.run(learned(running, truth))
        asyncio.run(_cut(running.url))
        measured = asyncio.run(under_load(running, truth, duration_s=3))
        faults.told("200 clients cut", measured, asyncio.run(alive(running.url)))


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


def malformed(faults: Faults, examples: int) -> None:
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
        command += ["--continue-on-failure", "--generation-deterministic", "--phases", "examples,coverage,fuzzing"]
        done = subprocess.run([*command, "--no-color"], capture_output=True, text=True, check=False)
        shown = list(_end_of(done.stdout + done.stderr)) if done.returncode == 0 else done.stdout.splitlines()
        print("\n".join(f"  {line}" for line in shown))
        up = asyncio.run(alive(running.url))
        bugs = [line for line in running.log.read_text().splitlines() if "bug" in line]
        print(f"malformed bodies: service up: {up}; schemathesis found nothing wrong: {done.returncode == 0}")
        print(f"  bugs in the log: {bugs[:4] or 0}")
        faults.add("malformed bodies from schemathesis", up and done.returncode == 0 and not bugs)


def _end_of(text: str) -> Iterator[str]:
    yield from [line for line in text.splitlines() if line.strip()][-12:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outage-s", type=float, default=30.0)
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--only", nargs="+", choices=ALL, help="some of them")
    asked = parser.parse_args()
    chosen = set(asked.only or ALL)
    print_header("requests made here; a simulated LLM")
    faults = Faults()
    if "llm" in chosen:
        llm_down(faults, asked.outage_s)
    if "workers" in chosen:
        workers_killed(faults)
    if "cache" in chosen:
        cache_full(faults)
    if "cut" in chosen:
        clients_cut(faults)
    if "bodies" in chosen:
        malformed(faults, asked.examples)
    raise SystemExit(faults.summary())


if __name__ == "__main__":
    main()
