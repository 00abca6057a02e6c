"""Bad input of every kind among good rows: what is said, and that the good rows are judged.

python -m benchmarks.bad_input
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.provenance import print_header

GOOD_PAIRS = [
    {
        "id": f"good-{n}",
        "prompt": "Say it in exactly two words.",
        "chosen": f"Word {n}",
        "rejected": f"Not two words {n}",
    }
    for n in range(3)
]
GOOD_JUDGE = [
    {
        "pair_id": f"good-{n}",
        "original_id": n,
        "source": "mmlu-pro-law",
        "question": "Say it in exactly two words.",
        "response_model": "m",
        "response_A": f"Word {n}",
        "response_B": f"Not two words {n}",
        "label": "A>B",
    }
    for n in range(3)
]


def lines(rows: Sequence[Mapping[str, object]]) -> list[bytes]:
    return [json.dumps(row).encode() for row in rows]


def pair(**changes: object) -> bytes:
    row = {"id": "bad", "prompt": "Say it in exactly two words.", "chosen": "Hi you", "rejected": "Hi", **changes}
    return json.dumps({key: value for key, value in row.items() if value is not None}).encode()


PAIRS = lines(GOOD_PAIRS)
JUDGE = lines(GOOD_JUDGE)
WRONG_LABEL = JUDGE[0].replace(b"A>B", b"A<B").replace(b"good-0", b"bad")
CASES: list[tuple[str, str, list[bytes], list[str]]] = [
    ("truncated JSON line", "pairs", [*PAIRS[:1], PAIRS[1][:40], *PAIRS[1:]], []),
    ("truncated JSON array", "pairs", [b"[" + b",\n".join(PAIRS) + b",\n" + PAIRS[0][:40]], []),
    ("wrong label", "judgebench", [*JUDGE[:1], WRONG_LABEL, *JUDGE[1:]], []),
    (
        "wrong label, told to set aside",
        "judgebench",
        [*JUDGE[:1], WRONG_LABEL, *JUDGE[1:]],
        ["run.unknown_label=set aside"],
    ),
    ("empty candidate", "pairs", [*PAIRS, pair(chosen="")], []),
    ("10 MB in one row", "pairs", [*PAIRS, pair(chosen="word " * 2_000_000)], []),
    ("invalid UTF-8", "pairs", [*PAIRS, pair().replace(b"Hi you", b"Hi \xff\xfe")], []),
    ("missing column", "pairs", [*PAIRS, pair(rejected=None)], []),
    ("duplicate id", "pairs", [*PAIRS, pair(id="good-0")], []),
]


def main() -> None:
    print_header("rows made here; 3 good ones in every file")
    with tempfile.TemporaryDirectory() as folder:
        for number, (title, benchmark, rows, overrides) in enumerate(CASES):
            data, out = Path(folder) / f"{number}.jsonl", Path(folder) / f"run-{number}"
            data.write_bytes(b"\n".join(rows) + b"\n")
            command = [sys.executable, "-m", "reward_agent.cli", "benchmark", benchmark, "--data", str(data)]
            sets = [part for override in overrides for part in ("--set", override)]
            done = subprocess.run(
                [*command, "--out", str(out), *sets],
                capture_output=True,
                text=True,
                check=False,
                env={"COLUMNS": "200"},
            )
            journal = out / "judgments.jsonl"
            judged = journal.read_bytes().count(b"\n") if journal.exists() else 0
            print(f"{title}: exit {done.returncode}, {judged} rows judged")
            for line in done.stderr.splitlines():
                if line.startswith(("warning", "error")):
                    print(f"    {line.replace(folder, '...')[:300]}")


if __name__ == "__main__":
    main()
