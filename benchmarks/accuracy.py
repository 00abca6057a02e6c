"""Accuracy of a preset on the benchmarks, beside the length controls.

    python -m benchmarks.accuracy [--preset offline] [--set KEY=VALUE ...]

Reads ../shared/data (the developers' half of each set) where it lies, in the published or the converted format.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.build import build_agent
from reward_agent.config import load_settings
from reward_agent.jobs.benchmark import BenchmarkJob, read_data, run_benchmark
from reward_agent.reports.metrics import BenchmarkReport, Figures

RUNS = [
    ("IFBench", "ifbench", "ifbench/data.converted.json", "overall"),
    ("- simple", "ifbench", "ifbench/data.converted.json", "simple"),
    ("- normal", "ifbench", "ifbench/data.converted.json", "normal"),
    ("- hard", "ifbench", "ifbench/data.converted.json", "hard"),
    ("RM-Bench chat normal", "rm-bench", "rm_bench/chat_normal_converted.json", "chat/normal"),
    ("RM-Bench chat hard", "rm-bench", "rm_bench/chat_hard_converted.json", "chat/hard"),
    ("RM-Bench as published (chat, code, safety)", "rm-bench", "rm_bench", "overall"),
    ("JudgeBench knowledge", "judgebench", "judgebench", "knowledge"),
    ("LLMBar", "llmbar", "llmbar", "overall"),
    ("- Natural", "llmbar", "llmbar", "Natural"),
    ("- Adversarial", "llmbar", "llmbar", "Adversarial"),
]


def measured(benchmark: str, path: str, preset: str, overrides: list[str]) -> BenchmarkReport:
    settings = load_settings(preset=preset, overrides=overrides)
    job = BenchmarkJob(benchmark=benchmark, data=str(SHARED_DATA / path))
    reading = read_data(job, settings)
    with tempfile.TemporaryDirectory() as out:
        run = run_benchmark(job, reading, settings, build_agent(settings), Path(out) / "run", watch=lambda tally: None)
        return asyncio.run(run)


def row(title: str, figures: Figures) -> str:
    low, high = figures.ci95 or (float("nan"), float("nan"))
    cells = [
        title,
        str(figures.n),
        f"{figures.accuracy:.3f}",
        f"{low:.3f}-{high:.3f}",
        f"{figures.published:.3f}",
        f"{figures.coverage:.3f}",
        str(figures.ties),
        f"{figures.controls.longer_wins:.3f}",
        f"{figures.controls.shorter_wins:.3f}",
    ]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="offline")
    parser.add_argument("--set", action="append", default=[], help="a setting besides those of the preset")
    asked = parser.parse_args()
    print_header("the developers' half of each set")
    print("| benchmark | comparisons | accuracy | 95 % | ties wrong | coverage | ties | longer wins | shorter wins |")
    print("|---|---|---|---|---|---|---|---|---|")
    reports: dict[str, BenchmarkReport] = {}
    for title, benchmark, path, subset in RUNS:
        if path not in reports:
            reports[path] = measured(benchmark, path, asked.preset, asked.set)
        report = reports[path]
        print(row(title, report.overall if subset == "overall" else report.subsets[subset]), flush=True)


if __name__ == "__main__":
    main()
