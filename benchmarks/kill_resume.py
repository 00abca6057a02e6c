"""SIGKILL at random instants, resume, compare: the journal must equal that of an undisturbed run, row for row.

    python -m benchmarks.kill_resume [--kills 20] [--rows 2000] [--seed 0] [--job benchmark|annotate] [--engine ray]

The samples are the starter set's pairs, numbered apart so that every row is another sample. A run is killed at an
instant drawn from the length of an undisturbed one, and resumed by the same command, until it is complete; it is then
compared, and the next run begins, until `--kills` kills have been made. With `--engine ray` it runs on two workers of
this machine, and rows come in another order each time, so that rows are compared and not the files.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.provenance import print_header
from reward_agent.starter import PAIRS


def write_data(path: Path, rows: int) -> None:
    pairs = [json.loads(line) for line in Path(str(PAIRS)).read_text(encoding="utf-8").splitlines()]
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            pair = pairs[number % len(pairs)]
            prompt = f"{pair['prompt']}\n(Request number {number}.)"
            file.write(json.dumps({**pair, "id": f"{pair['id']}/{number}", "prompt": prompt}) + "\n")


ON_RAY = ["--engine", "ray", "--ray-workers", "2"]


def command(data: Path, out: Path, job: str = "benchmark") -> list[str]:
    name = ["benchmark", "pairs"] if job == "benchmark" else [job]
    return [sys.executable, "-m", "reward_agent.cli", *name, "--data", str(data), "--out", str(out)]


def as_responses(data: Path) -> None:
    """The same rows as prompts with responses, which is what `annotate` reads."""
    rows = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    with data.open("w", encoding="utf-8") as file:
        for row in rows:
            responses = [row["chosen"], row["rejected"]]
            file.write(json.dumps({"id": row["id"], "prompt": row["prompt"], "responses": responses}) + "\n")


RESULTS = {"benchmark": ("report.json",), "annotate": ("pairs.jsonl", "pairs.json", "README.md")}
"""What each job makes of its journal; it must be equal byte for byte."""


def rows_by_id(out: Path) -> dict[str, bytes]:
    rows: dict[str, bytes] = {}
    for line in (out / "judgments.jsonl").read_bytes().split(b"\n")[:-1]:
        sample_id = json.loads(line)["sample_id"]
        if sample_id in rows:
            raise SystemExit(f"FAILED: {sample_id} stands in the journal twice")
        rows[sample_id] = line
    return rows


def disturbed(run: list[str], out: Path, rng: random.Random, length: float, most: int) -> list[int]:
    """Runs to completion under at most `most` kills; the number of rows in the journal after each."""
    rows_after: list[int] = []
    while len(rows_after) < most:
        process = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            if process.wait(timeout=rng.uniform(0, length)):
                raise SystemExit(f"FAILED: the resumed run ended with exit code {process.returncode}")
            return rows_after
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        journal = out / "judgments.jsonl"
        rows_after.append(journal.read_bytes().count(b"\n") if journal.exists() else 0)
    last = subprocess.run(run, capture_output=True, text=True, check=False)
    if last.returncode:
        raise SystemExit(f"FAILED: the resumed run ended with exit code {last.returncode}: {last.stderr}")
    return rows_after


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", choices=("local", "ray"), default="local")
    parser.add_argument("--job", choices=sorted(RESULTS), default="benchmark")
    arguments = parser.parse_args()
    print_header("the project's own starter set, repeated with numbers")
    rng = random.Random(arguments.seed)
    options = ON_RAY if arguments.engine == "ray" else []
    with tempfile.TemporaryDirectory() as folder:
        data, calm = Path(folder) / "pairs.jsonl", Path(folder) / "calm"
        write_data(data, arguments.rows)
        if arguments.job != "benchmark":
            as_responses(data)
        started = time.perf_counter()
        subprocess.run([*command(data, calm, arguments.job), *options], capture_output=True, check=True)
        length = time.perf_counter() - started
        expected = rows_by_id(calm)
        print(f"undisturbed: {len(expected)} rows in {length:.1f} s")
        kills = 0
        while kills < arguments.kills:
            wild = Path(folder) / f"wild-{kills}"
            run = [*command(data, wild, arguments.job), *options]
            rows_after = disturbed(run, wild, rng, length, arguments.kills - kills)
            kills += len(rows_after)
            got = rows_by_id(wild)
            lost, extra = len(expected.keys() - got.keys()), len(got.keys() - expected.keys())
            changed = sum(got.get(key) != row for key, row in expected.items())
            names = RESULTS[arguments.job]
            reports = all((calm / name).read_bytes() == (wild / name).read_bytes() for name in names)
            same = (calm / "judgments.jsonl").read_bytes() == (wild / "judgments.jsonl").read_bytes()
            print(f"killed {len(rows_after)} times, rows in the journal after each: {rows_after}")
            print(f"  lost {lost}, doubled 0, extra {extra}, different {changed}; ", end="")
            print(f"journal equal byte for byte: {same}; {', '.join(names)} equal: {reports}")
        print(f"kills in all: {kills}")


if __name__ == "__main__":
    main()
