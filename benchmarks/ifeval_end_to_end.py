"""IFEval from the prompt alone: constraints parsed by rules and checked, held against the official verdicts.

    python -m benchmarks.ifeval_end_to_end [FOLDER]

Prints how often the verdicts agree with the official ones (strict on the response as it is, loose on any of IFEval's
eight variants): by instruction, where an official instruction for which no constraint of its kind was found counts as
disagreement, and by prompt, where every constraint found must be met if and only if every official instruction is.
Then what best-of-n makes of it: the share of prompts whose pick passes
(prompt-level loose), for the whole `offline` agent, beside random and best possible. Candidates that tie for the
first place share the pick.
"""

import asyncio
import gzip
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.agreement import verdicts
from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.build import build_agent
from reward_agent.config import load_settings
from reward_agent.types import Sample
from reward_agent.verify.instructions.catalog.ifeval import from_ifeval
from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.parse_rules import parse

Row = dict[str, Any]
SIZES = (1, 2, 4, 8, 16, 18)
SHUFFLES = 20


def matched(constraints: Sequence[Constraint], question: Row) -> list[int | None]:
    """For each official instruction the constraint found that is most like it: "100 to 120 words" stands for two."""
    found: list[int | None] = []
    for name, kwargs in zip(question["instruction_id_list"], question["kwargs"], strict=True):
        official = from_ifeval(name, kwargs)
        alike = {
            place: sum(constraint.params.get(key) == value for key, value in official.params.items())
            for place, constraint in enumerate(constraints)
            if constraint.kind == official.kind
        }
        found.append(max(alike, key=alike.__getitem__, default=None))
    return found


def print_agreement(questions: dict[str, Row], responses: dict[str, list[Row]]) -> None:
    levels = {"strict": [0, 0], "loose": [0, 0]}
    prompts = instructions = unread = 0
    for key, rows in responses.items():
        prompt = questions[key]["prompt"]
        constraints = parse(prompt).constraints
        unread += not constraints
        places = matched(constraints, questions[key])
        for row in rows:
            ours = [verdicts(constraint, row["response"] or "", prompt) for constraint in constraints]
            for level, (name, counts) in enumerate(levels.items()):
                counts[0] += sum(
                    place is not None and ours[place][level] == official
                    for place, official in zip(places, row[name], strict=True)
                )
                counts[1] += all(verdict[level] for verdict in ours) == all(row[name])
            prompts += 1
            instructions += len(places)
    for name, (by_instruction, by_prompt) in levels.items():
        print(f"{name}: by instruction {by_instruction / instructions:.4f} of {instructions},", end=" ")
        print(f"by prompt {by_prompt / prompts:.4f} of {prompts}")
    print(f"prompts without a constraint found: {unread} of {len(questions)}")


async def print_best_of_n(questions: dict[str, Row], responses: dict[str, list[Row]]) -> None:
    agent = build_agent(load_settings(preset="offline"))
    passed: dict[int, float] = defaultdict(float)
    chance = possible = 0.0
    for key, rows in responses.items():
        judgment = await agent.judge(
            Sample.of(questions[key]["prompt"], [row["response"] or "" for row in rows], id=key)
        )
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
    questions = {}
    for line in (folder / "input_data.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        questions[str(row["key"])] = row
    responses: dict[str, list[Row]] = defaultdict(list)
    with gzip.open(folder / "responses.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            responses[str(row["key"])].append(row)
    print_agreement(questions, responses)
    asyncio.run(print_best_of_n(questions, responses))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED_DATA / "ifeval")
