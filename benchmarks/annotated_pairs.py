"""Pairs made from the IFEval answers by `annotate --preset offline`, held against the official verdicts.

    python -m benchmarks.annotated_pairs [--data ../shared/data/ifeval] [--keep FOLDER] [--rule best-worst] ...

A pair is right where the chosen response passes and the rejected one fails, even where the official verdicts are equal
on both, and wrong where the chosen one fails and the rejected one passes. Passing means every official instruction, at
the loose level and at the strict one. Printed beside it: what a pair drawn at random from the same prompts gets, and
the share of right pairs among those that the verdicts can tell apart.
"""

import argparse
import gzip
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.provenance import SHARED_DATA, print_header

Row = dict[str, Any]
LEVELS = ("loose", "strict")


def answers(data: Path) -> dict[str, list[Row]]:
    """The responses with their verdicts, by prompt."""
    found: dict[str, list[Row]] = defaultdict(list)
    with gzip.open(data / "responses.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found[str(row["key"])].append(row)
    return found


def write_responses(data: Path, path: Path) -> dict[str, list[Row]]:
    """Writes what `annotate` reads; returns the answers in the same order."""
    found = answers(data)
    with (data / "input_data.jsonl").open(encoding="utf-8") as lines, path.open("w", encoding="utf-8") as file:
        for row in map(json.loads, lines):
            rows = found[str(row["key"])]
            candidates = [{"text": one["response"] or "", "source": one["model"]} for one in rows]
            file.write(json.dumps({"id": str(row["key"]), "prompt": row["prompt"], "candidates": candidates}) + "\n")
    return found


def annotate(responses: Path, out: Path, *options: str) -> None:
    command = [sys.executable, "-m", "reward_agent.cli", "annotate", "--data", str(responses), "--out", str(out)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    print(done.stdout)


def pairs_of(out: Path) -> Iterator[Row]:
    with (out / "pairs.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def outcome(rows: list[Row], chosen: int, rejected: int, level: str) -> str:
    better, worse = all(rows[chosen][level]), all(rows[rejected][level])
    return "equal" if better == worse else "right" if better else "wrong"


def print_shares(title: str, counts: Counter[str]) -> None:
    n = counts.total()
    told = counts["right"] + counts["wrong"]
    print(f"{title}: {(counts['right'] + counts['equal']) / n:.4f} of {n} right or equal", end="")
    print(f" ({counts['right']} right, {counts['equal']} equal, {counts['wrong']} wrong", end="")
    print(f"; right of those told apart {counts['right'] / told:.4f})" if told else ")")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED_DATA / "ifeval")
    parser.add_argument("--keep", type=Path, help="keep the run folder here")
    asked, options = parser.parse_known_args()
    print_header(f"all of {asked.data.name}: the developers' half")
    with tempfile.TemporaryDirectory() as folder:
        out = asked.keep or Path(folder) / "run"
        found = write_responses(asked.data, Path(folder) / "responses.jsonl")
        annotate(Path(folder) / "responses.jsonl", out, "--preset", "offline", *options)
        rng = random.Random(0)
        ours: dict[str, Counter[str]] = {level: Counter() for level in LEVELS}
        chance: dict[str, Counter[str]] = {level: Counter() for level in LEVELS}
        for pair in pairs_of(out):
            rows = found[pair["sample_id"]]
            first, second = rng.sample(range(len(rows)), 2)
            for level in LEVELS:
                ours[level][outcome(rows, pair["chosen_index"], pair["rejected_index"], level)] += 1
                chance[level][outcome(rows, first, second, level)] += 1
    for level in LEVELS:
        print_shares(level, ours[level])
        print_shares(f"{level}, two responses drawn at random", chance[level])


if __name__ == "__main__":
    main()
