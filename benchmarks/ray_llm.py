"""Agents that wait for an LLM, here and on Ray with two workers: the same judgments, and how long they take.

    python -m benchmarks.ray_llm [--samples 200] [--latency-ms 50]

The samples, the corpus and the simulated LLM are those of benchmarks.agent_run; each engine begins with an empty cache.
Judgments are compared without what they cost, since equal questions are asked once a process.
"""

import argparse
import asyncio
import dataclasses
import tempfile
import time
from pathlib import Path

from benchmarks.agent_calls import made_up_corpus
from benchmarks.agent_run import samples, served, settings_for
from benchmarks.provenance import print_header
from reward_agent.build import open_agent
from reward_agent.engines import in_flight
from reward_agent.engines.ray import open_ray
from reward_agent.evidence.corpus.building import build_index
from reward_agent.evidence.corpus.page import Page
from reward_agent.jobs.judging import judge_all, read_judgments
from reward_agent.types import Judgment, Sample, Usage


async def judged(engine: str, url: str, items: list[Sample], folder: Path) -> tuple[dict[str, Judgment], float]:
    """The judgments, and the seconds they took once the agents were open."""
    cache = f"cache.file={folder / engine}.sqlite"
    settings = settings_for(folder / "index", f"chat.default.base_url={url}", cache)
    path = folder / f"{engine}.jsonl"
    opening = open_agent(settings, eager=True) if engine == "local" else open_ray(settings, open_agent, workers=2)
    async with opening as agent:
        started = time.perf_counter()
        await judge_all(agent, items, path, both_orders=False, concurrency=in_flight(agent, settings))
        return read_judgments(path), time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--latency-ms", type=float, default=50.0)
    asked = parser.parse_args()
    print_header("made-up samples and a made-up corpus, in the scripts")
    found = {}
    with tempfile.TemporaryDirectory() as name, served("--latency-ms", str(asked.latency_ms)) as url:
        folder, items = Path(name), samples(asked.samples)
        build_index([Page(text=p.text, title=p.title, source=p.source) for p in made_up_corpus()], folder / "index")
        for engine in ("local", "ray"):
            judgments, wall_s = asyncio.run(judged(engine, url, items, folder))
            found[engine] = {key: dataclasses.replace(one, usage=Usage(), roles={}) for key, one in judgments.items()}
            calls = sum(one.usage.calls for one in judgments.values())
            failures = sum(len(one.failures) for one in judgments.values())
            print(f"{engine}: {len(judgments)} judgments in {wall_s:.1f} s, {calls} calls, {failures} failures")
    differ = [key for key, one in found["local"].items() if found["ray"].get(key) != one]
    print(f"lost {len(found['local'].keys() - found['ray'].keys())}, different {len(differ)}")


if __name__ == "__main__":
    main()
