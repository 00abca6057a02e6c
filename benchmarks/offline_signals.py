"""The whole offline preset against each of its signals alone.

    python -m benchmarks.offline_signals [--data ../shared/data] [--set KEY=VALUE ...]

IFBench, LLMBar natural, and HaluEval QA with all passages of HaluEval and PopQA as one corpus. A pair on which a signal
abstains or is even counts a half for it, as it does for the preset. The starter set is a tour, not a benchmark.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.embedded_preference import LLMBAR, converted, llmbar
from benchmarks.grounded_factuality import Pair, corpus_pages, halueval, length_credit
from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.agent import RewardAgent
from reward_agent.build import open_agent
from reward_agent.config import load_settings
from reward_agent.evidence.corpus import Page, build_index
from reward_agent.starter import CORPUS, PAIRS
from reward_agent.types import Candidate, Judgment, Message, Sample

SIGNALS = ("instructions", "factuality", "preference")


def sample(prompt: Sequence[Message], better: str, worse: str) -> Sample:
    return Sample(id="pair", prompt=tuple(prompt), candidates=(Candidate(text=better), Candidate(text=worse)))


def benchmark_samples(data: Path) -> dict[str, list[Sample]]:
    """The better answer stands first; no stage knows or can tell."""
    asked = [
        sample((Message(role="user", content=question),), better, worse) for question, better, worse in halueval(data)
    ]
    return {
        "IFBench": [
            sample(p.prompt, p.chosen, p.rejected) for p in converted(data / "ifbench" / "data.converted.json")
        ],
        "HaluEval QA": asked,
        "LLMBar natural": [
            sample(p.prompt, p.chosen, p.rejected)
            for file in LLMBAR["LLMBar natural"]
            for p in llmbar(data / "llmbar" / f"{file}.jsonl.gz")
        ],
    }


def starter_samples() -> dict[str, list[Sample]]:
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    return {
        f"starter set, {subset}": [
            sample((Message(role="user", content=row["prompt"]),), row["chosen"], row["rejected"])
            for row in rows
            if row["subset"] == subset
        ]
        for subset in ("instructions", "facts", "preference")
    }


async def judged(agent: RewardAgent, samples: Sequence[Sample]) -> list[Judgment]:
    return [await agent.judge(one) for one in samples]


def credit(scores: Sequence[float] | None) -> float:
    return 0.5 if scores is None else (scores[0] > scores[1]) + 0.5 * (scores[0] == scores[1])


def lines(title: str, samples: Sequence[Sample], judgments: Sequence[Judgment]) -> dict[str, list[float]]:
    """Prints one set; returns the credits of the preset and of each signal."""
    found: dict[str, list[float]] = {"preset": [credit(j.decision.scores if j.decision else None) for j in judgments]}
    decided = {}
    for name in SIGNALS:
        scores = [next((s.scores for s in j.signals if s.name == name), None) for j in judgments]
        found[name] = [credit(one) for one in scores]
        decided[name] = float(np.mean([one is not None and one[0] != one[1] for one in scores]))
    pairs: list[Pair] = [(s.instruction, *s.responses[:2]) for s in samples]  # type: ignore[misc]
    longer = float(np.mean([length_credit(pair) for pair in pairs]))
    cells = [f"{np.mean(found['preset']):.3f}"]
    cells += [f"{np.mean(found[name]):.3f} ({decided[name]:.2f})" for name in SIGNALS]
    cells += [f"{longer:.3f}", f"{1 - longer:.3f}"]
    print("| " + " | ".join([title, str(len(samples)), *cells]) + " |", flush=True)
    return found


async def measured(sets: dict[str, list[Sample]], pages: Sequence[Page], changes: list[str]) -> dict[str, list[float]]:
    whole: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        build_index(pages, Path(folder) / "index")
        overrides = [
            "evidence.type=corpus",
            f"evidence.path='{folder}/index'",
            *changes,
        ]
        async with open_agent(load_settings(preset="offline", overrides=overrides)) as agent:
            for title, samples in sets.items():
                found = lines(title, samples, await judged(agent, samples))
                for name, credits in found.items():
                    whole.setdefault(name, []).append(float(np.mean(credits)))
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--set", action="append", default=[], help="a setting besides those of the preset")
    asked = parser.parse_args()
    print_header(f"{asked.data}, whole sets; none was trained on")
    print("| pairs | n | preset | instructions (decided) | factuality | preference | longer wins | shorter wins |")
    print("|---|---|---|---|---|---|---|---|")
    pages = list(corpus_pages(asked.data).values())
    whole = asyncio.run(measured(benchmark_samples(asked.data), pages, asked.set))
    print(f"| mean of the three | | {' | '.join(f'{np.mean(credits):.3f}' for credits in whole.values())} | | |")
    own = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    starter = [Page(text=row["text"], title=row["title"], source=row["id"]) for row in own]
    asyncio.run(measured(starter_samples(), starter, asked.set))


if __name__ == "__main__":
    main()
