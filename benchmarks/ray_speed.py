"""The local engine against Ray on this machine, on CPU-bound work: the whole command, start-up and report included.

    python -m benchmarks.ray_speed [--rows 30000] [--workers 2] [--rounds 3]

The samples are the starter set's pairs, numbered apart so that every row is another sample (see kill_resume). Rounds
alternate, since the machine's speed drifts. Journals must hold the same rows, and reports must be equal.
"""

import argparse
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.kill_resume import command, rows_by_id, write_data
from benchmarks.provenance import print_header

JUDGED = re.compile(r"([\d,]+)/s in ([\d,.]+) s")


def timed(arguments: list[str]) -> tuple[float, float]:
    """Seconds of the whole command, and of its judging alone, as its last progress line says."""
    started = time.perf_counter()
    run = subprocess.run(arguments, capture_output=True, text=True, check=True)
    whole = time.perf_counter() - started
    judged = JUDGED.search(run.stderr)
    assert judged is not None, run.stderr
    return whole, float(judged[2].replace(",", ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print_header(f"the project's own starter set, repeated with numbers, {arguments.rows:,} pairs, preset offline")
    engines = {"local": [], "ray": ["--engine", "ray", "--ray-workers", str(arguments.workers)]}
    times: dict[str, list[tuple[float, float]]] = {engine: [] for engine in engines}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "pairs.jsonl"
        write_data(data, arguments.rows)
        for number in range(arguments.rounds):
            outs = {engine: Path(folder) / f"{engine}-{number}" for engine in engines}
            for engine, options in engines.items():
                times[engine].append(timed([*command(data, outs[engine]), *options]))
            same = rows_by_id(outs["local"]) == rows_by_id(outs["ray"])
            reports = [(out / "report.json").read_bytes() for out in outs.values()]
            print(f"round {number + 1}: same rows {same}, same report {reports[0] == reports[1]}")
    for place, what in enumerate(("whole command", "judging alone")):
        seconds = {engine: [found[place] for found in times[engine]] for engine in engines}
        told = "; ".join(
            f"{engine} {statistics.median(s):.1f} s ({min(s):.1f}-{max(s):.1f})" for engine, s in seconds.items()
        )
        ratio = statistics.median(a / b for a, b in zip(seconds["local"], seconds["ray"], strict=True))
        print(f"{what}: {told}; ray with {arguments.workers} workers {ratio:.2f} times as fast")


if __name__ == "__main__":
    main()
