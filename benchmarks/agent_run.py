"""Both verifiers with a simulated LLM behind a real server: calls, prompt characters, speed, the cache, faults.

    python -m benchmarks.agent_run [--pairs 200] [--skip-speed]

The samples and the corpus are made up here. Every sample has an instruction of its own with three constraints, and its
candidates state eight facts, two of them wrong in every other candidate (`benchmarks.agent_calls`). The simulated LLM
(`python -m reward_agent.testing.llm_server`) runs in a process of its own on the same machine, so it takes a share of
the same cores. There is no preference model: it would add a call a pair. What the reference asks for, by the project's
notes on it: 12 calls and 17,100 prompt characters a pair, 40 calls for best-of-8 and 72 for best-of-16; 4.2 pairs a
second and 327 ms of CPU a pair with an LLM that answers at once.
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.agent_calls import made_up_corpus, made_up_sample
from benchmarks.provenance import print_header
from reward_agent.build import open_agent
from reward_agent.build.rehearsal import open_rehearsal
from reward_agent.config import Settings, load_settings
from reward_agent.evidence.corpus.building import build_index
from reward_agent.evidence.corpus.page import Page
from reward_agent.jobs.judging import judge_all, read_judgments
from reward_agent.jobs.plan import depth_of
from reward_agent.types import Judgment, Sample

INSIDE = "Answer in exactly nine sentences. Include the keyword 'harbour'. Do not use any exclamation marks."
OUTSIDE = (
    "The last word must be longer than the first word. Please keep the brackets balanced. "
    "Each of the five vowels must occur."
)
IN_FLIGHT = 64
LATENCY_MS = 200.0
FAULTS = "429=0.05,500=0.05,hang=0.02,malformed=0.05"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run over the samples: what came out, and what it took. `cpu_s`: of this process alone."""

    judgments: dict[str, Judgment]
    wall_s: float
    cpu_s: float
    calls: int
    peak: int
    faults: dict[str, int]


def samples(count: int, *, candidates: int = 2, constraints: str = INSIDE) -> list[Sample]:
    made = [made_up_sample(candidates, long=False, town=town(number)) for number in range(count)]
    return [
        Sample.of(f"{sample.instruction} {constraints}", sample.responses, id=f"sample-{number}")
        for number, sample in enumerate(made)
    ]


def town(number: int) -> str:
    """A name for each number up to 1,000."""
    syllables = ("ber", "dal", "fen", "gor", "hul", "kem", "lin", "mor", "nes", "tor")
    return "".join(syllables[int(digit)] for digit in f"{number:03}").capitalize()


def settings_for(index: Path, *overrides: str) -> Settings:
    given = ["route.type=model", "prefer=[]", "evidence.type=corpus", f"evidence.path={index}", *overrides]
    return load_settings(preset="openai", overrides=[*given, f"run.concurrency={IN_FLIGHT}"])


@contextlib.contextmanager
def served(*options: str) -> Iterator[str]:
    """The address of a simulated LLM in a process of its own."""
    command = [sys.executable, "-m", "reward_agent.testing.llm_server", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.kill()


def stats(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url.removesuffix("/v1") + "/stats") as reply:
        found: dict[str, Any] = json.load(reply)
    return found


def judged(url: str, items: Sequence[Sample], index: Path, cache: Path, *overrides: str) -> Run:
    """The samples through agent and journal, in a new folder."""
    before = stats(url)["calls"]
    settings = settings_for(
        index,
        f"chat.default.base_url={url}",
        f"chat.default.in_flight={4 * IN_FLIGHT}",
        f"cache.file={cache}",
        *overrides,
    )

    async def run(path: Path) -> tuple[float, float]:
        async with open_agent(settings, eager=True) as agent:
            started, cpu = time.perf_counter(), time.process_time()
            await judge_all(agent, items, path, both_orders=False, concurrency=settings.run.concurrency)
            return time.perf_counter() - started, time.process_time() - cpu

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "judgments.jsonl"
        wall_s, cpu_s = asyncio.run(run(path))
        after = stats(url)
        calls = sum(after["calls"].values()) - sum(before.values())
        return Run(
            judgments=read_judgments(path),
            wall_s=wall_s,
            cpu_s=cpu_s,
            calls=calls,
            peak=after["peak_in_flight"],
            faults=after["faults"],
        )


def print_calls(index: Path) -> None:
    """Calls and prompt characters a sample, without a server."""
    print(
        "\n| a sample with both verifiers | calls | in a row | prompt characters | by purpose |\n|---|---|---|---|---|"
    )
    for name, item in (
        ("a pair, three constraints inside the catalog", samples(1)[0]),
        ("a pair, three outside", samples(1, constraints=OUTSIDE)[0]),
        ("16 candidates, three inside", samples(1, candidates=16)[0]),
        ("16 candidates, three outside", samples(1, candidates=16, constraints=OUTSIDE)[0]),
        ("32 candidates, three inside", samples(1, candidates=32)[0]),
        ("32 candidates, three outside", samples(1, candidates=32, constraints=OUTSIDE)[0]),
    ):
        print(asyncio.run(calls_of(name, item, index)))


async def calls_of(name: str, item: Sample, index: Path) -> str:
    async with open_rehearsal(settings_for(index), latency_s=0.05) as rehearsal:
        judgment = await rehearsal.agent.judge(item)
        (model,) = rehearsal.models
        purposes = ", ".join(f"{purpose} {count}" for purpose, count in sorted(model.calls.items()))
        failed = "".join(f"; FAILED: {failure.error}" for failure in judgment.failures)
        characters = f"{model.prompt_characters.total():,}"
        return f"| {name} | {model.calls.total()} | {depth_of(model.spans)} | {characters} | {purposes}{failed} |"


def print_speed(items: Sequence[Sample], index: Path, folder: Path) -> None:
    with served() as url:
        first = judged(url, items, index, folder / "fast")
        again = judged(url, items, index, folder / "fast")
    same = all(again.judgments[sample.id].decision == first.judgments[sample.id].decision for sample in items)
    rate, cpu = len(items) / first.wall_s, 1000 * first.cpu_s / len(items)
    print(f"\nLLM answers at once: {rate:.0f} pairs/s, {cpu:.1f} ms of CPU a pair, {first.calls} calls")
    print(f"the same again: {again.calls} calls, decisions {'equal' if same else 'DIFFERENT'}, {again.wall_s:.2f} s")
    with served("--latency-ms", str(LATENCY_MS)) as url:
        slow = judged(url, items, index, folder / "slow")
    depth = asyncio.run(_depth(items[0], index))
    ideal = depth * LATENCY_MS / 1000 * len(items) / IN_FLIGHT
    print(
        f"LLM takes {LATENCY_MS:.0f} ms: {slow.wall_s:.2f} s for {len(items)} pairs, {slow.wall_s / ideal:.2f} x the "
        f"ideal {ideal:.2f} s ({depth} calls in a row x {len(items)} pairs / {IN_FLIGHT} in flight); "
        f"{slow.calls} calls, {slow.cpu_s:.2f} s of CPU, peak in flight {slow.peak}"
    )


async def _depth(item: Sample, index: Path) -> int:
    async with open_rehearsal(settings_for(index), latency_s=0.05) as rehearsal:
        await rehearsal.agent.judge(item)
        return depth_of(rehearsal.spans())


def print_faults(items: Sequence[Sample], index: Path, folder: Path) -> None:
    with served() as url:
        clean = judged(url, items, index, folder / "clean")
    with served("--faults", FAULTS) as url:
        faulty = judged(url, items, index, folder / "faulty", "chat.default.timeout_s=2")
    kinds: dict[str, int] = {}
    different = lost = 0
    for sample in items:
        judgment = faulty.judgments.get(sample.id)
        lost += judgment is None
        if judgment is None:
            continue
        for failure in judgment.failures:
            kinds[failure.kind] = kinds.get(failure.kind, 0) + 1
        whole = not judgment.failures
        different += whole and judgment.decision != clean.judgments[sample.id].decision
    print(f"\nfaults {FAULTS}: given {faulty.faults}, {faulty.calls} calls against {clean.calls}")
    print(
        f"samples lost {lost}; recorded failures {kinds or 'none'}; scores that differ from the fault-free run where "
        f"nothing failed {different}; {faulty.wall_s:.1f} s against {clean.wall_s:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--skip-speed", action="store_true")
    asked = parser.parse_args()
    print_header("made-up samples and a made-up corpus, in the scripts")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = [Page(text=p.text, title=p.title, source=p.source) for p in made_up_corpus()]
        build_index(pages, folder / "index")
        print_calls(folder / "index")
        if not asked.skip_speed:
            items = samples(asked.pairs)
            print_speed(items, folder / "index", folder)
            print_faults(items, folder / "index", folder)


if __name__ == "__main__":
    main()
