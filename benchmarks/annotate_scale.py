"""A large file through `annotate --preset offline`: memory over time, and prompts a second against a bare loop.

    python -m benchmarks.annotate_scale [--prompts 100000] [--candidates 4] [--bare 20000] [--rounds 1]

The prompts and candidates are made up here, each with constraints that rules can read. The bare loop calls the
verifiers on samples that lie in memory, and does nothing else: no file is read, nothing is routed, judged, kept or
paired. A second one calls the preference models too, which the command asks as well. Each is timed on the first
`--bare` prompts, before and after the command, and both times count. The command is timed whole, start-up and data card
included. Both run on one core; the ratio is given by the clock and by the processor time they took, which what else the
machine does disturbs less.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.provenance import print_header

TOPICS = ("rivers", "bread", "night trains", "old maps", "bees", "tides", "paper", "violins", "salt", "lighthouses")
WORDS = ("always", "copper", "distant", "garden", "lantern", "mild", "narrow", "orchard", "quiet", "slow", "winter")
ASKS = (
    "Write exactly {n} sentences about {topic}.",
    "In at most {words} words, explain what makes {topic} interesting. Mention the word {word}.",
    "Tell me about {topic} in all lowercase letters. Do not use any commas.",
    "List {n} facts about {topic} as a bulleted list.",
    "Describe {topic} in {n} paragraphs and end with the words 'that is all'.",
    "What should a visitor know about {topic}? Answer in fewer than {words} words, and include the keyword {word}.",
)
SAMPLE_EVERY_S = 0.5
SHOWN_POINTS = 12
LOOPS = ("verifiers", "verifiers and preference models")

BARE = """
import asyncio, itertools, sys, time
from reward_agent.build import build_agent
from reward_agent.config import load_settings
from reward_agent.jobs.samples import read_samples

settings = load_settings(preset="offline")
agent = build_agent(settings, eager=True)
samples = list(itertools.islice(read_samples(sys.argv[1], settings), int(sys.argv[2])))

async def verify():
    for sample in samples:
        for verifier in agent.verifiers:
            await verifier.verify(sample)

async def verify_and_prefer():
    await verify()
    for sample in samples:
        for model in agent.preference_models:
            await model.score(sample.prompt, sample.responses)

for bare in (verify, verify_and_prefer):
    started, worked = time.perf_counter(), time.process_time()
    asyncio.run(bare())
    print(len(samples) / (time.perf_counter() - started), len(samples) / (time.process_time() - worked))
"""


def write_prompts(path: Path, prompts: int, candidates: int) -> None:
    rng = random.Random(0)
    with path.open("w", encoding="utf-8") as file:
        for number in range(prompts):
            ask = rng.choice(ASKS).format(
                n=rng.randint(2, 5), words=rng.choice((30, 40, 60)), topic=rng.choice(TOPICS), word=rng.choice(WORDS)
            )
            row = {"id": f"p{number}", "prompt": f"{ask} (Request {number}.)"}
            file.write(json.dumps({**row, "responses": [response(rng) for _ in range(candidates)]}) + "\n")


def response(rng: random.Random) -> str:
    sentences = [
        f"The {rng.choice(WORDS)} {rng.choice(TOPICS)} are {rng.choice(WORDS)}, and {rng.choice(WORDS)} too."
        for _ in range(rng.randint(2, 6))
    ]
    shape = rng.random()
    if shape < 0.2:
        return "\n".join(f"* {sentence}" for sentence in sentences)
    if shape < 0.4:
        return " ".join(sentences).lower().replace(",", "")
    return ("\n\n" if shape < 0.6 else " ").join(sentences) + (" That is all" if rng.random() < 0.3 else "")


def bare_rates(data: Path, prompts: int) -> dict[str, tuple[float, ...]]:
    """Prompts a second of each bare loop, by the clock and by processor time."""
    command = [sys.executable, "-c", BARE, str(data), str(prompts)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return {loop: tuple(map(float, line.split())) for loop, line in zip(LOOPS, lines, strict=True)}


def processor_s() -> float:
    """Of the commands that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def watched(command: list[str]) -> tuple[float, list[tuple[float, float]], float]:
    """Seconds, the resident memory over time (s, MB), and its peak as the kernel counts it (MB)."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    points: list[tuple[float, float]] = []
    peak = 0.0
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            peak = max(peak, float(fields["VmHWM"].split()[0]) / 1024)
            points.append((time.perf_counter() - started, float(fields["VmRSS"].split()[0]) / 1024))
        except (OSError, KeyError):
            break  # it has just ended
        time.sleep(SAMPLE_EVERY_S)
    _, errors = process.communicate()
    if process.returncode:
        raise SystemExit(errors.decode())
    return time.perf_counter() - started, points, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=100_000)
    parser.add_argument("--candidates", type=int, default=4)
    parser.add_argument("--bare", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    print_header("made up by the script")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "responses.jsonl"
        write_prompts(data, asked.prompts, asked.candidates)
        size = data.stat().st_size / 1e6
        print(f"{asked.prompts:,} prompts with {asked.candidates} candidates each, {size:.1f} MB; one core")
        bare_prompts = min(asked.bare, asked.prompts)
        ratios: dict[tuple[str, str], list[float]] = {}
        for number in range(asked.rounds):
            out = Path(folder) / f"run-{number}"
            befores = bare_rates(data, bare_prompts)
            command = [sys.executable, "-m", "reward_agent.cli", "annotate", "--preset", "offline"]
            used = processor_s()
            seconds, points, peak = watched([*command, "--data", str(data), "--out", str(out)])
            used = processor_s() - used
            afters = bare_rates(data, bare_prompts)
            for loop in LOOPS:
                for name, spent, before, after in zip(
                    ("clock", "processor"), (seconds, used), befores[loop], afters[loop], strict=True
                ):
                    rate, bare = asked.prompts / spent, statistics.mean((before, after))
                    ratios.setdefault((loop, name), []).append(rate / bare)
                    print(f"by the {name}: annotate {rate:.0f} prompts/s ({spent:.1f} s), {loop} alone", end=" ")
                    print(f"{before:.0f} before and {after:.0f} after; ratio {rate / bare:.2f}")
            print(f"peak memory {peak:.0f} MB")
            step = max(1, len(points) // SHOWN_POINTS)
            print("resident MB at s: " + ", ".join(f"{memory:.0f} at {at:.0f}" for at, memory in points[::step]))
            journal = (out / "judgments.jsonl").stat().st_size / 1e6
            print(f"journal {journal:.1f} MB, pairs {(out / 'pairs.jsonl').stat().st_size / 1e6:.1f} MB")
    for (loop, name), found in ratios.items():
        print(f"ratio to {loop} alone by the {name}, median of {asked.rounds}: {statistics.median(found):.2f}")


if __name__ == "__main__":
    main()
