"""How many machines for how long: a closed form over costs that this script measures itself.

    python -m benchmarks.scale_table --measure [--figures FILE]      # measures here, writes the file
    python -m benchmarks.scale_table [--figures FILE] [--latency-s 2] [--hours 24] [--gpu-tokens-per-s 50000]
    python -m benchmarks.scale_table --write                         # puts the tables into docs/scale.md

Measured, for samples of 4 and of 64 candidates of about 600 characters (made up, benchmarks.agent_run), since a sample
costs a part of its own and a part a candidate: CPU seconds of a worker with the preset `offline`, and
with `openai` against a simulated LLM in a process of its own (client included); its calls and tokens; CPU seconds of
the driver on Ray, which sends a sample, reads its judgment and appends it to the journal; how long Ray takes to start;
bytes in the run folder. Needs the extra `ray`.

The model. P samples on W cores that judge, in one run:

    work   = P * worker_s / W            the cores are busy all the time: samples are many and small
    driver = P * driver_s                one process, one core
    llm    = P * calls * latency / F     F: calls in flight at once that the server takes
    gpu    = P * tokens / (G * rate)     rate: tokens a second of one GPU, as benchmarks.preference_gpu measures it
    time   = start + the largest of the four, which is what the run is bound by

On a single machine the driver shares the cores: work = P * (worker_s + driver_s) / W. One process alone has no driver
and nothing to start. Not in the model: stragglers at
the end (at most one hand a worker), the network, and an LLM that slows down under load.
"""

import argparse
import asyncio
import contextlib
import datetime
import io
import itertools
import json
import os
import platform
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from benchmarks.agent_calls import made_up_corpus
from benchmarks.agent_run import judged, samples, served
from benchmarks.provenance import ROOT, print_header
from reward_agent.build import open_agent
from reward_agent.config import load_settings
from reward_agent.engines.ray import open_ray
from reward_agent.engines.worker import JUDGMENT, SAMPLE
from reward_agent.evidence.corpus.building import build_index
from reward_agent.evidence.corpus.page import Page
from reward_agent.jobs.judging import judge_all, read_judgments
from reward_agent.types import Judgment

FIGURES = ROOT / "benchmarks" / "scale_figures.json"
PAGE = ROOT / "docs" / "scale.md"
BEGIN, END = "<!-- python -m benchmarks.scale_table --write -->\n", "<!-- end -->\n"
FEW, MANY = 4, 64
ON_RAY = {FEW: 1_000, MANY: 400}
SECONDS_A_FIGURE = 8.0
RUNS = ((1_000, 4), (100_000, 4), (1_000_000, 4), (1_000_000, 64))
MACHINES = ((1, 1), (1, 4), (1, 16), (10, 16), (100, 16))
"""Machines and cores of each; a single core is the local engine, everything else Ray."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A cost that grows in a straight line with the candidates of a sample."""

    few: float
    many: float

    def at(self, candidates: int) -> float:
        slope = (self.many - self.few) / (MANY - FEW)
        return max(0.0, self.few + slope * (candidates - FEW))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured. CPU in seconds a sample; `worker_cpu_s` by preset."""

    machine: str
    day: str
    worker_cpu_s: dict[str, Line]
    driver_cpu_s: Line
    ray_start_s: float
    calls: Line
    tokens: Line
    sample_bytes: Line
    judgment_bytes: Line
    reward_tokens: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a run has at hand."""

    machines: int
    cores: int
    in_flight: int = 0
    latency_s: float = 0.0
    gpus: int = 0
    gpu_tokens_per_s: float = 0.0


def hours(figures: Figures, preset: str, prompts: int, candidates: int, at: Setting) -> tuple[float, str]:
    """The run's hours, and what it is bound by."""
    worker_s, driver_s = figures.worker_cpu_s[preset].at(candidates), figures.driver_cpu_s.at(candidates)
    alone = at.machines * at.cores == 1
    shared = worker_s + driver_s if at.machines == 1 and not alone else worker_s
    bounds = {"CPU": prompts * shared / (at.machines * at.cores)}
    if not alone:
        bounds["driver"] = prompts * driver_s
    if at.in_flight:
        bounds["LLM"] = prompts * figures.calls.at(candidates) * at.latency_s / at.in_flight
    if at.gpus:
        bounds["GPU"] = prompts * figures.reward_tokens.at(candidates) / (at.gpus * at.gpu_tokens_per_s)
    bound = max(bounds, key=lambda name: bounds[name])
    return ((0.0 if alone else figures.ray_start_s) + bounds[bound]) / 3600, bound


def measure() -> Figures:
    """Takes about two minutes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_index([Page(text=p.text, title=p.title, source=p.source) for p in made_up_corpus()], folder / "index")
        worker, few, many = {}, dict[str, Judgment](), dict[str, Judgment]()
        for preset in ("offline",):
            costs = []
            for candidates in (FEW, MANY):
                cost, found = asyncio.run(_worker_cpu_s(preset, candidates, folder / f"{preset}-{candidates}"))
                costs.append(cost)
                few, many = (found, many) if candidates == FEW else (few, found)
            worker[preset] = Line(few=costs[0], many=costs[1])
        llm = []
        with served() as url:
            for candidates, count in ((FEW, 200), (MANY, 20)):
                run = judged(
                    url, samples(count, candidates=candidates), folder / "index", folder / f"cache-{candidates}"
                )
                tokens = sum(judgment.usage.tokens for judgment in run.judgments.values())
                llm.append((run.cpu_s / count, run.calls / count, tokens / count))
        worker["openai"], calls, tokens_line = (Line(few=llm[0][place], many=llm[1][place]) for place in range(3))
        on_ray = [asyncio.run(_on_ray(candidates, folder)) for candidates in (FEW, MANY)]
        made = [samples(1, candidates=candidates)[0] for candidates in (FEW, MANY)]
        return Figures(
            machine=f"{platform.machine()}, {os.cpu_count()} cores shared, Python {platform.python_version()}",
            day=f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}",
            worker_cpu_s=worker,
            driver_cpu_s=_line([cost for cost, _ in on_ray]),
            ray_start_s=max(start_s for _, start_s in on_ray),
            calls=calls,
            tokens=tokens_line,
            sample_bytes=_line([len(SAMPLE.dump_json(sample)) for sample in made]),
            judgment_bytes=_line([len(JUDGMENT.dump_json(next(iter(found.values())))) for found in (few, many)]),
            # four characters a token, as `plan` takes it; the prompt is computed once for each candidate
            reward_tokens=_line(
                [sum(len(sample.instruction) + len(text) for text in sample.responses) / 4 for sample in made]
            ),
        )


def _line(pair: Sequence[float]) -> Line:
    return Line(few=float(pair[0]), many=float(pair[1]))


async def _worker_cpu_s(preset: str, candidates: int, path: Path) -> tuple[float, dict[str, Judgment]]:
    """CPU seconds a sample of the local engine, journal included, over as many samples as some seconds take."""
    async with open_agent(load_settings(preset=preset), eager=True) as agent:
        items = samples(1_000, candidates=candidates)
        await agent.judge(items[0])
        cpu = time.process_time()
        in_time = itertools.takewhile(lambda item: time.process_time() - cpu < SECONDS_A_FIGURE, items)
        await judge_all(agent, in_time, path, both_orders=False, concurrency=8)
        cpu_s, found = time.process_time() - cpu, read_judgments(path)
        return cpu_s / len(found), found


async def _on_ray(candidates: int, folder: Path) -> tuple[float, float]:
    """CPU seconds a sample of the driver, threads of Ray's included, and the seconds until the first worker is open."""
    settings, started = load_settings(preset="offline"), time.perf_counter()
    async with open_ray(settings, open_agent, workers=2) as engine:
        start_s, items = time.perf_counter() - started, samples(ON_RAY[candidates], candidates=candidates)
        cpu, path = time.process_time(), folder / f"ray-{candidates}"
        await judge_all(engine, items, path, both_orders=False, concurrency=engine.in_flight)
        return (time.process_time() - cpu) / len(items), start_s


def print_costs(figures: Figures) -> None:
    print(f"| a sample of | {FEW} candidates | {MANY} candidates |\n|---|---|---|")
    for preset, line in figures.worker_cpu_s.items():
        print(f"| worker CPU, `{preset}` | {line.few * 1e3:.1f} ms | {line.many * 1e3:.1f} ms |")
    driver = figures.driver_cpu_s
    print(f"| driver CPU, on Ray | {driver.few * 1e3:.2f} ms | {driver.many * 1e3:.2f} ms |")
    print(f"| LLM calls, `openai` with a corpus | {figures.calls.few:.1f} | {figures.calls.many:.1f} |")
    print(f"| LLM tokens, likewise | {figures.tokens.few:,.0f} | {figures.tokens.many:,.0f} |")
    print(f"| reward-model tokens | {figures.reward_tokens.few:,.0f} | {figures.reward_tokens.many:,.0f} |")
    for what, line in (
        ("samples.jsonl", figures.sample_bytes),
        ("judgments.jsonl, `offline`", figures.judgment_bytes),
    ):
        print(f"| {what} | {line.few / 1e3:.1f} kB | {line.many / 1e3:.1f} kB |")


def print_time(figures: Figures, preset: str, in_flight: int, latency_s: float) -> None:
    what = f", LLM {latency_s:g} s a call and {in_flight:,} calls in flight" if in_flight else ""
    print(f"\n`{preset}`{what}: how long, and what bounds it\n")
    shown = [f"{machines} × {cores}" if cores > 1 else "one process" for machines, cores in MACHINES]
    print(f"| prompts × candidates | core-hours | {' | '.join(shown)} |\n|{'---|' * (len(shown) + 2)}")
    for prompts, candidates in RUNS:
        cells = []
        for machines, cores in MACHINES:
            taken, bound = hours(
                figures, preset, prompts, candidates, Setting(
                    machines=machines, cores=cores, in_flight=in_flight, latency_s=latency_s
                )
            )  # fmt: skip
            cells.append(f"{_told(taken)} ({bound})")
        core_hours = prompts * figures.worker_cpu_s[preset].at(candidates) / 3600
        print(f"| {prompts:,} × {candidates} | {core_hours:,.1f} | {' | '.join(cells)} |")


def print_needs(figures: Figures, deadline_h: float, latency_s: float, gpu_tokens_per_s: float | None) -> None:
    """What a run must have to be done in the given time."""
    seconds = deadline_h * 3600
    print(f"\nTo be done in {deadline_h:g} hours:\n")
    print("| prompts × candidates | cores, `offline` | cores, `openai` | LLM calls in flight | LLM tokens/s | ", end="")
    print("reward tokens/s | GPUs for them | drivers | run folder |\n|" + "---|" * 9)
    for prompts, candidates in RUNS:
        cores = [prompts * figures.worker_cpu_s[preset].at(candidates) / seconds for preset in ("offline", "openai")]
        reward = prompts * figures.reward_tokens.at(candidates) / seconds
        gpus = "not measured" if gpu_tokens_per_s is None else f"{_up(reward / gpu_tokens_per_s):,}"
        stored = prompts * (figures.sample_bytes.at(candidates) + figures.judgment_bytes.at(candidates)) / 1e9
        drivers = _up(prompts * figures.driver_cpu_s.at(candidates) / seconds)
        in_flight = _up(prompts * figures.calls.at(candidates) * latency_s / seconds)
        print(f"| {prompts:,} × {candidates} | {_up(cores[0]):,} | {_up(cores[1]):,} | {in_flight:,} ", end="")
        print(f"| {prompts * figures.tokens.at(candidates) / seconds:,.0f} | {reward:,.0f} | {gpus} ", end="")
        print(f"| {drivers} | {stored:,.1f} GB |")


def _told(taken_h: float) -> str:
    if taken_h >= 1:
        return f"{taken_h:,.1f} h"
    return f"{taken_h * 60:.0f} min" if taken_h * 60 >= 1 else f"{taken_h * 3600:.0f} s"


def _up(number: float) -> int:
    return max(1, -int(-number // 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--figures", type=Path, default=FIGURES)
    parser.add_argument("--latency-s", type=float, default=2.0)
    parser.add_argument("--in-flight", type=int, default=512)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--gpu-tokens-per-s", type=float, help="of one GPU, as benchmarks.preference_gpu prints it")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scale.md, too")
    asked = parser.parse_args()
    if asked.measure:
        asked.figures.write_text(json.dumps(asdict(measure()), indent=2) + "\n")
    tree: Any = json.loads(asked.figures.read_text())
    figures = TypeAdapter(Figures).validate_python(tree)
    tables = _tables(figures, asked)
    print_header(f"made-up samples; costs measured on {figures.day} ({figures.machine})")
    print(tables)
    if asked.write:
        write(tables, figures, PAGE)


def _tables(figures: Figures, asked: argparse.Namespace) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        print_costs(figures)
        for preset in ("offline",):
            print_time(figures, preset, 0, 0.0)
        print_time(figures, "openai", asked.in_flight, asked.latency_s)
        print_needs(figures, asked.hours, asked.latency_s, asked.gpu_tokens_per_s)
    return printed.getvalue()


def write(tables: str, figures: Figures, page: Path) -> None:
    """Puts the tables in place of those between the page's marks."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} lacks the line {BEGIN.strip()} or, after it, {END.strip()}")
    measured = f"Costs measured on {figures.day} ({figures.machine}); Ray starts in {figures.ray_start_s:.0f} s.\n"
    page.write_text(f"{before}{begin}\n{measured}\n{tables}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
