"""SIGKILL at random instants, resume, compare: the journal must equal that of an undisturbed run, row for row.

    python -m benchmarks.kill_resume [--kills 20] [--rows 2000] [--seed 0]

The samples are the starter set's pairs, numbered apart so that every row is another sample. One disturbed run is
killed at `--kills` random instants, each time resumed by the same command, and at last left to finish.
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


def command(data: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "reward_agent.cli", "benchmark", "pairs", "--data", str(data), "--out", str(out)]


def rows_by_id(out: Path) -> dict[str, bytes]:
    rows: dict[str, bytes] = {}
    for line in (out / "judgments.jsonl").read_bytes().split(b"\n")[:-1]:
        sample_id = json.loads(line)["sample_id"]
        if sample_id in rows:
            raise SystemExit(f"FAILED: {sample_id} stands in the journal twice")
        rows[sample_id] = line
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print_header("the project's own starter set, repeated with numbers")
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        data, calm, wild = Path(folder) / "pairs.jsonl", Path(folder) / "calm", Path(folder) / "wild"
        write_data(data, arguments.rows)
        started = time.perf_counter()
        subprocess.run(command(data, calm), capture_output=True, check=True)
        length = time.perf_counter() - started
        killed, sizes = 0, []
        while killed < arguments.kills:
            process = subprocess.Popen(command(data, wild), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=rng.uniform(0.1, length * 0.6))
                break  # it finished before the instant came
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
            killed += 1
            journal = wild / "judgments.jsonl"
            sizes.append(journal.read_bytes().count(b"\n") if journal.exists() else 0)
        subprocess.run(command(data, wild), capture_output=True, check=True)
        expected, got = rows_by_id(calm), rows_by_id(wild)
        print(f"undisturbed: {len(expected)} rows in {length:.1f} s")
        print(f"killed {killed} times, rows in the journal after each: {sizes}")
        print(f"rows lost {len(expected.keys() - got.keys())}, doubled 0, other {len(got.keys() - expected.keys())}")
        print(f"rows that differ: {sum(expected[key] != got.get(key) for key in expected)}")
        same = (calm / "judgments.jsonl").read_bytes() == (wild / "judgments.jsonl").read_bytes()
        print(f"the two files are equal byte for byte: {same}")
        print(f"reports equal: {(calm / 'report.json').read_bytes() == (wild / 'report.json').read_bytes()}")
        if killed < arguments.kills:
            raise SystemExit(f"only {killed} kills before the run was complete: use more --rows")


if __name__ == "__main__":
    main()
