"""What best-of-n is worth: the picks of `reward-agent best-of-n`, offline, on public data with a known value.

    python -m benchmarks.best_of_n [--data ../shared/data] [--only ifeval|tulu|rmb|triviaqa|calls] [--set KEY=VALUE ...]

IFEval: 18 models' answers to each prompt, valued by the official rules; the share of the way from random to best
possible. Tulu: 11 samples of one model with a judge's value each (the engine returned them by length: the curve is
over every order). RMB: 3 to 7 answers of which one is the best; the value is whether it is picked. TriviaQA: a true
and a false answer, held against the passages of HaluEval and PopQA, which say what they happen to say about it. Every
set is converted into a temporary folder and goes through the command's own jobs; nothing of it is kept.
"""

import argparse
import asyncio
import gzip
import hashlib
import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.agent_calls import made_up_corpus
from benchmarks.agent_run import INSIDE, OUTSIDE, samples
from benchmarks.grounded_factuality import corpus_pages
from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.build import open_agent
from reward_agent.config import load_settings
from reward_agent.evaluate.answers import normalised
from reward_agent.evidence.corpus.building import build_index
from reward_agent.evidence.corpus.page import Page
from reward_agent.jobs.best_of_n import Agents, BestOfNJob, Reading, judge_candidates, keep_reading
from reward_agent.jobs.picking import write_picks
from reward_agent.jobs.run import Watch
from reward_agent.reports.best_of_n import BestOfNReport
from reward_agent.reports.curve import shares_of_the_way

Row = Mapping[str, Any]
SIZES = (1, 2, 4, 8, 11, 16, 18)
BOTH = ("route.type=model", "prefer=[]", "evidence.type=corpus")
PROMPTS_ASKED = 10
VALUED = 11
"""How many of Tulu's samples have a value."""


def rows(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def ifeval(data: Path) -> Iterator[Row]:
    answers: dict[str, list[Row]] = defaultdict(list)
    for row in rows(data / "ifeval" / "responses.jsonl.gz"):
        answers[str(row["key"])].append(row)
    for line in (data / "ifeval" / "input_data.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        texts = [{"text": answer["response"] or "", "source": answer["model"]} for answer in answers[str(row["key"])]]
        yield {**row, "id": str(row["key"]), "responses": texts}


def tulu(data: Path) -> Iterator[Row]:
    for row in rows(data / "tulu_bon16" / "bon16.jsonl.gz"):
        outputs, values = row["outputs"][:VALUED], row["pref"][:VALUED]
        yield {"id": str(row["idx"]), "prompt": row["instruction"], "responses": outputs, "values": values}


def rmb(data: Path) -> Iterator[Row]:
    for row in rows(data / "rmb" / "bon_helpfulness.jsonl.gz"):
        losers = [{"text": loser["answer"], "source": loser["model"]} for loser in row["losers"]]
        texts = [{"text": row["best"], "source": row["best_model"]}, *losers]
        yield {"id": row["uid"], "prompt": row["conversation"], "responses": texts, "values": [1, *[0] * len(losers)]}


def triviaqa(data: Path) -> Iterator[Row]:
    for number, row in enumerate(rows(data / "triviaqa" / "false_answers.jsonl.gz")):
        aliases = [alias.strip() for alias in row["answer"].split(";")]
        if normalised(row["false_answer"]) in map(normalised, aliases):
            continue  # the file calls many an accepted answer false
        plain = [alias for alias in aliases if "(" not in alias and not alias.isupper()] or aliases
        truth = min(plain, key=lambda alias: hashlib.sha256(alias.encode()).digest())  # any, and not the shortest
        texts = [truth, row["false_answer"]]
        yield {"id": str(number), "prompt": row["question"], "responses": texts, "answers": aliases}


@contextmanager
def silent(title: str) -> Iterator[Watch]:
    yield lambda tally: None


async def judged(data: Path, out: Path, reading: Reading, preset: str, overrides: Iterable[str]) -> tuple[float, float]:
    """Seconds for judging and for reading."""
    settings = load_settings(preset=preset, overrides=list(overrides))
    async with open_agent(settings, eager=True) as agent:
        started = time.perf_counter()
        await judge_candidates(BestOfNJob(data=str(data)), settings, Agents(full=agent), out, shown=silent)
        judging = time.perf_counter() - started
    keep_reading(reading, out)
    return judging, time.perf_counter() - started - judging


def run(
    name: str,
    items: Iterable[Row],
    *,
    evaluate: str,
    preset: str,
    overrides: Iterable[str] = (),
    sizes: tuple[int, ...] = SIZES,
) -> BestOfNReport:
    """Prints the curve of one set, and gives its report."""
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "responses.jsonl", Path(folder) / "run"
        data.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
        reading = Reading(sizes=sizes, evaluate=evaluate)
        judging, valuing = asyncio.run(judged(data, out, reading, preset, overrides))
        started = time.perf_counter()
        report = write_picks(out)
        writing = time.perf_counter() - started
    (curve, *_) = report.curves
    of_run = " ".join((f"preset {preset}", *overrides))
    print(f"\n## {name}: {report.n} prompts, {report.fewest} to {report.most} candidates, {of_run}")
    print(f"{curve.metric}; unjudged {report.unjudged}, without a value {report.n - evaluated(report)}\n")
    print("| pick by | " + " | ".join(f"n = {size}" for size in curve.sizes) + " | of the way |")
    print("|---" * (len(curve.sizes) + 2) + "|")
    for line in curve.methods:
        way = list(shares_of_the_way(curve, line.name, worst="random", best="best possible"))[-1]
        cells = [f"{value:.3f}" for value in line.values[:-1]]
        cells.append(f"{line.values[-1]:.3f} ({line.low[-1]:.3f} to {line.high[-1]:.3f})")
        print(f"| {line.name} | " + " | ".join(cells) + f" | {'–' if way is None else f'{way:.3f}'} |")
    print(
        f"\n{judging:.1f} s judging, {valuing:.1f} s valuing every candidate, {writing:.1f} s reading and reports "
        f"(on {len(os.sched_getaffinity(0))} core)"
    )
    return report


def trivia(data: Path, preset: str) -> BestOfNReport:
    with tempfile.TemporaryDirectory() as name:
        build_index(corpus_pages(data).values(), Path(name) / "index")
        overrides = ["verify.factuality.type=grounded", "evidence.type=corpus", f"evidence.path={name}/index"]
        return run(
            "TriviaQA, true against false",
            triviaqa(data),
            evaluate="triviaqa",
            preset=preset,
            overrides=overrides,
            sizes=(1, 2),
        )


def print_calls() -> None:
    """What both verifiers ask of the simulated LLM through the whole command: made-up samples, corpus and facts."""
    print("\n## Questions to the simulated LLM, both verifiers\n")
    print("| candidates | constraints | prompts | questions a prompt |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        index = Path(name) / "index"
        build_index([Page(text=p.text, title=p.title, source=p.source) for p in made_up_corpus()], index)
        overrides = ["chat.default={type='simulated'}", "cache.type=off", *BOTH, f"evidence.path={index}"]
        for count in (16, 32):
            for told, constraints in (("inside the catalog", INSIDE), ("outside", OUTSIDE)):
                data, out = Path(name) / "responses.jsonl", Path(name) / f"{count} {told}"
                items = samples(PROMPTS_ASKED, candidates=count, constraints=constraints)
                rows = [{"id": s.id, "prompt": s.instruction, "responses": s.responses} for s in items]
                data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
                asyncio.run(judged(data, out, Reading(sizes=(1, count)), "openai", overrides))
                report = write_picks(out)
                asked = report.usage.calls / report.n
                print(f"| {count} | three {told} | {report.n} | {asked:.1f}{', FAILED' if report.failures else ''} |")


def evaluated(report: BestOfNReport) -> int:
    return 0 if report.evaluation is None else report.evaluation.evaluated


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--only", choices=["ifeval", "tulu", "rmb", "triviaqa", "calls"], action="append")
    parser.add_argument("--preset", default="offline", help="for Tulu, RMB and TriviaQA")
    parser.add_argument(
        "--set", action="append", default=[], help="settings besides those of the preset, for Tulu and RMB"
    )
    asked = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print_header(f"{asked.data}: all of the sets named")
    sets: dict[str, Callable[[], object]] = {
        "ifeval": lambda: run("IFEval", ifeval(asked.data), evaluate="ifeval", preset="offline"),
        "tulu": lambda: run(
            "Tulu best-of-11", tulu(asked.data), evaluate="values", preset=asked.preset, overrides=asked.set
        ),
        "rmb": lambda: run(
            "RMB lists",
            rmb(asked.data),
            evaluate="values",
            preset=asked.preset,
            overrides=asked.set,
            sizes=(1, 2, 3, 7),
        ),
        "triviaqa": lambda: trivia(asked.data, asked.preset),
        "calls": print_calls,
    }
    for name, measured in sets.items():
        if not asked.only or name in asked.only:
            measured()


if __name__ == "__main__":
    main()
