"""What `best-of-n --budget` saves, and how often the pick is the one of a judgment in full.

    python -m benchmarks.best_of_n_budget [--data ../shared/data] [--prompts 120] [--budgets 0.3,0.4,0.5,0.6]

Every sample is judged in full beside (`--audit`). Candidates: made up here, 16 a prompt, which break none to all of
three constraints; and, where the data are, IFEval's 18 real answers a prompt. Expensive signals:

    taste      a reward model with real variance: for each text a draw from the logistic distribution its calibration
               says, seeded by the text, so that it agrees with no cheap signal
    point      the simulated LLM rates every candidate alone (a call a candidate)
    pairs      the simulated LLM compares every two candidates
    all        the simulated LLM for everything: it reads instructions and answers what code cannot decide, and rates

With fewer opponents than candidates (the preset openai has two) a comparison in pairs is itself a draw: judged again in
other company, the same candidates rank otherwise, with a budget or without. So every two are compared here.

The budget is told as a share of the candidates; the questions to the LLM that it saves are counted.
"""

import argparse
import asyncio
import hashlib
import json
import math
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.best_of_n import ifeval, silent
from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.build import open_agent
from reward_agent.config import Settings, load_settings
from reward_agent.config.cheap import cheap_part
from reward_agent.jobs.best_of_n import Agents, BestOfNJob, Reading, judge_candidates, keep_reading
from reward_agent.jobs.picking import write_picks
from reward_agent.reports.best_of_n import BudgetFigures

Row = Mapping[str, Any]
CANDIDATES = 16
NOUNS = ("harbour", "mill", "lantern", "orchard", "glacier", "market", "violin", "lighthouse")
CLAUSES = ("the {0} is old", "people meet at the {0}", "its colours change at dusk", "nobody knows who built it")
SIMULATED = ("chat.default={type='simulated'}", "cache.type=off")
SIGNALS: Mapping[str, tuple[str, Sequence[str]]] = {
    "taste": (
        "offline",
        [
            "prefer=[{type='python', name='taste', function='benchmarks.best_of_n_budget:taste', "
            "calibration={centre=0.0, spread=1.0}}]"
        ],
    ),
    "point": ("offline", [*SIMULATED, "prefer=[{type='model', mode='point'}]"]),
    "pairs": ("offline", [*SIMULATED, "prefer=[{type='model', mode='pair', opponents=256}]"]),
    "all": (
        "openai",
        [
            *SIMULATED,
            "verify.instructions.write=false",
            "verify.factuality.type=off",
            "evidence.type=off",
            "prefer=[{type='model', mode='point'}]",
        ],
    ),
}


def taste(prompt: list[dict[str, str]], responses: list[str]) -> list[float]:
    """Logistic draws, each seeded by its text."""
    return [_logit(hashlib.sha256(f"{prompt[-1]['content']}\n{text}".encode()).digest()) for text in responses]


def _logit(seed: bytes) -> float:
    share = (int.from_bytes(seed[:7]) + 0.5) / 2**56
    return math.log(share / (1 - share))


def made_up(prompts: int) -> Iterator[Row]:
    """Three constraints a prompt; candidate k keeps each or not by a draw of its own."""
    for number in range(prompts):
        noun = NOUNS[number % len(NOUNS)]
        prompt = (
            f"Describe the {noun} of town number {number} to a visitor. Use exactly 3 sentences. "
            f"Include the word {noun} at least twice. Do not use any commas."
        )
        yield {
            "id": f"town-{number}",
            "prompt": prompt,
            "responses": [_answer(number, k, noun) for k in range(CANDIDATES)],
        }


def _answer(number: int, k: int, noun: str) -> str:
    draws = hashlib.sha256(f"{number}/{k}".encode()).digest()
    sentences = 3 if draws[0] < 170 else 2 + draws[0] % 3
    told = [CLAUSES[(draws[1 + place] + place) % len(CLAUSES)] for place in range(sentences)]
    told[0] = "the {0} lies by the water" if draws[5] < 200 else "it lies by the water"
    told[-1] = f"guide {draws[6]} likes the {{0}} best" if draws[7] < 200 else f"guide {draws[6]} likes it best"
    if draws[8] < 80:
        told[1] += ", they say"
    return ". ".join(one[:1].upper() + one[1:] for one in (clause.format(noun) for clause in told)) + "."


async def judged(data: Path, out: Path, settings: Settings, budget: str) -> None:
    async with open_agent(settings) as full, open_agent(cheap_part(settings)) as cheap:
        job = BestOfNJob(data=str(data), budget=budget, audit=1_000_000)
        await judge_candidates(job, settings, Agents(full=full, cheap=cheap), out, shown=silent)
    keep_reading(Reading(sizes=(1,)), out)


def figures(items: Iterable[Row], name: str, budget: str) -> BudgetFigures:
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "responses.jsonl", Path(folder) / "run"
        data.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
        preset, overrides = SIGNALS[name]
        asyncio.run(judged(data, out, load_settings(preset=preset, overrides=overrides), budget))
        found = write_picks(out).budget
        assert found is not None
        return found


def print_table(title: str, items: Sequence[Row], budgets: Sequence[str]) -> None:
    print(f"\n## {title}: {len(items)} prompts\n")
    print("| expensive signals | budget | candidates saved | questions saved | settled without | same pick |")
    print("|---|---|---|---|---|---|")
    for name in SIGNALS:
        for budget in budgets:
            found = figures(items, name, budget)
            calls = f"{1 - found.calls / found.full_calls:.2f} of {found.full_calls}" if found.full_calls else "–"
            low, high = found.ci95 or (math.nan, math.nan)
            print(
                f"| {name} | {budget} | {1 - found.asked / found.candidates:.2f} of {found.candidates} | {calls} | "
                f"{found.settled} | {found.same:.3f} ({low:.3f} to {high:.3f}) of {found.audited} |",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--prompts", type=int, default=120)
    parser.add_argument("--budgets", default="0.3,0.4,0.5,0.6")
    asked = parser.parse_args()
    print_header("made up in this script; and IFEval's responses where they are")
    budgets = asked.budgets.split(",")
    print_table("Made-up candidates, 16 a prompt", list(made_up(asked.prompts)), budgets)
    if (asked.data / "ifeval").is_dir():
        print_table("IFEval, 18 real answers", list(islice(ifeval(asked.data), asked.prompts)), budgets)


if __name__ == "__main__":
    main()
