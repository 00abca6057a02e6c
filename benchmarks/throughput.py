"""Pairs judged a second on one core: IFBench through the whole job (read, judge, journal, report) and the loop alone;
and candidates a second, IFEval's 18 a prompt, parse and checks.

    python -m benchmarks.throughput [--rounds 5]

The loops are timed as the command runs them, after the rules are compiled; the whole command includes that.

Every round is a fresh process pinned to one core, so that nothing is warm that a user would find cold.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.provenance import SHARED_DATA, print_header

DATA = SHARED_DATA / "ifbench" / "data.converted.json"
ONE_ROUND = """
import asyncio, sys, time
from pathlib import Path
from reward_agent.build import build_agent
from reward_agent.config import load_settings
from reward_agent.jobs.benchmark import BenchmarkJob, read_data
from reward_agent.jobs.judging import judge_all

settings = load_settings(preset="offline", overrides=sys.argv[3:])
agent = build_agent(settings, eager=True)
samples = [s.sample for s in read_data(BenchmarkJob(benchmark="ifbench", data=sys.argv[1]), settings).samples]
path = Path(sys.argv[2])
started = time.perf_counter()
asyncio.run(judge_all(agent, samples, path, both_orders=False, concurrency=settings.run.concurrency))
print(len(samples) / (time.perf_counter() - started))
"""

CANDIDATES = """
import asyncio, gzip, json, sys, time
from collections import defaultdict
from reward_agent.build import build_agent
from reward_agent.config import load_settings
from reward_agent.types import Sample

prompts = {str(row["key"]): row["prompt"] for row in map(json.loads, open(sys.argv[1] + "/input_data.jsonl"))}
responses = defaultdict(list)
for row in map(json.loads, gzip.open(sys.argv[1] + "/responses.jsonl.gz", "rt")):
    responses[str(row["key"])].append(row["response"] or "")
samples = [Sample.of(prompts[key], texts, id=key) for key, texts in responses.items()]
(verifier,) = build_agent(load_settings(preset="offline"), eager=True).verifiers

async def verify():
    for sample in samples:
        await verifier.verify(sample)

started = time.perf_counter()
asyncio.run(verify())
print(sum(len(sample.candidates) for sample in samples) / (time.perf_counter() - started))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    print_header("IFBench and IFEval, the developers' half")
    loops, alone, jobs, candidates = [], [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as out:
            command = [sys.executable, "-c", ONE_ROUND, str(DATA), str(Path(out) / "journal.jsonl")]
            loops.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
            command[-1:] = [str(Path(out) / "alone.jsonl"), "prefer=[]"]
            alone.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
            command = [sys.executable, "-m", "reward_agent.cli", "benchmark", "ifbench", "--data", str(DATA)]
            started = time.perf_counter()
            subprocess.run([*command, "--out", str(Path(out) / "run")], capture_output=True, check=True)
            jobs.append(time.perf_counter() - started)
            command = [sys.executable, "-c", CANDIDATES, str(SHARED_DATA / "ifeval")]
            candidates.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    print(f"judging loop with journal: {statistics.median(loops):.0f} pairs/s ({min(loops):.0f}-{max(loops):.0f})")
    print(f"the same, instructions alone: {statistics.median(alone):.0f} pairs/s ({min(alone):.0f}-{max(alone):.0f})")
    median = statistics.median(jobs)
    print(f"whole command, start-up and report included: {median:.2f} s ({min(jobs):.2f}-{max(jobs):.2f})")
    median = statistics.median(candidates)
    print(
        f"parse and check, IFEval, 18 a prompt: {median:.0f} candidates/s ({min(candidates):.0f}-{max(candidates):.0f})"
    )


if __name__ == "__main__":
    main()
