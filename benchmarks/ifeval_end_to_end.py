"""IFEval from the prompt alone: constraints parsed by rules and checked, held against the official verdicts.

    python -m benchmarks.ifeval_end_to_end [FOLDER]

Prints how often "all constraints met" agrees with the official prompt-level verdict (strict on the response as it
is, loose on any of IFEval's eight variants), and what best-of-n makes of it: the share of prompts whose pick passes
(prompt-level loose), for the whole `offline` agent, beside random and best possible. Candidates that tie for the
first place share the pick.
"""

import asyncio
import gzip
import json
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.agreement import verdicts
from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.build import build_agent
from reward_agent.config import load_settings
from reward_agent.types import Sample
from reward_agent.verify.instructions.parse_rules import parse

Row = dict[str, Any]
SIZES = (1, 2, 4, 8, 16, 18)
SHUFFLES = 20


def print_agreement(prompts: dict[str, str], responses: dict[str, list[Row]]) -> None:
    counts = {"strict": 0, "loose": 0}
    total = unread = 0
    for key, rows in responses.items():
        constraints = parse(prompts[key]).constraints
        unread += not constraints
        for row in rows:
            ours = [verdicts(constraint, row["response"] or "", prompts[key]) for constraint in constraints]
            for place, name in enumerate(counts):
                official = all(row[name])
                counts[name] += all(verdict[place] for verdict in ours) == official
            total += 1
    print(f"prompt-level verdicts from the prompt alone, {total} responses:", end=" ")
    print(", ".join(f"{name} {count / total:.4f}" for name, count in counts.items()), end="")
    print(f"; prompts without a constraint found: {unread} of {len(prompts)}")


async def print_best_of_n(prompts: dict[str, str], responses: dict[str, list[Row]]) -> None:
    agent = build_agent(load_settings(preset="offline"))
    passed: dict[int, float] = defaultdict(float)
    chance = possible = 0.0
    for key, rows in responses.items():
        judgment = await agent.judge(Sample.of(prompts[key], [row["response"] or "" for row in rows], id=key))
        scores = judgment.decision.scores if judgment.decision else (0.0,) * len(rows)
        right = [all(row["loose"]) for row in rows]
        chance += sum(right) / len(right)
        possible += any(right)
        for seed in range(SHUFFLES):
            order = list(range(len(rows)))
            random.Random(f"{key}/{seed}").shuffle(order)
            for size in SIZES:
                drawn = order[:size]
                top = max(scores[k] for k in drawn)
                first = [k for k in drawn if scores[k] == top]
                passed[size] += sum(right[k] for k in first) / len(first) / SHUFFLES
    n = len(responses)
    print(f"best of n, prompt-level loose, {n} prompts, {SHUFFLES} shuffles: ", end="")
    print(", ".join(f"n={size} {passed[size] / n:.3f}" for size in SIZES), end="")
    print(f" (random {chance / n:.3f}, best possible {possible / n:.3f})")


def main(folder: Path) -> None:
    print_header(f"all of {folder.name}: the developers' half")
    prompts = {}
    for line in (folder / "input_data.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        prompts[str(row["key"])] = row["prompt"]
    responses: dict[str, list[Row]] = defaultdict(list)
    with gzip.open(folder / "responses.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            responses[str(row["key"])].append(row)
    print_agreement(prompts, responses)
    asyncio.run(print_best_of_n(prompts, responses))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED_DATA / "ifeval")
