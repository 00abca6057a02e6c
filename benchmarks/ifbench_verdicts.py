"""Agreement of the catalog's verdicts with the official ones of AllenAI's IFBench, kind by kind.

    python -m benchmarks.ifbench_verdicts [FOLDER [SHOW]]

The folder (../shared/data/ifbench_ood) holds IFBench_test.jsonl.gz (prompt, instruction_id_list, kwargs),
sample_output.jsonl.gz (prompt, response) and sample_verdicts.jsonl.gz (prompt, strict, loose). SHOW is a part of a
kind's name whose disagreements are printed. A kind that the catalog does not know counts as disagreement.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.agreement import Agreement
from benchmarks.provenance import print_header
from reward_agent.verify.instructions.catalog.ifbench import from_ifbench

DEFAULT = Path("../shared/data/ifbench_ood")


def rows(path: Path) -> dict[str, dict[str, Any]]:
    """The rows of a file by their prompt."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {row["prompt"]: row for row in map(json.loads, lines)}


def main(folder: Path, show: str) -> None:
    print_header(f"all of {folder}")
    asked = rows(folder / "IFBench_test.jsonl.gz")
    answers = rows(folder / "sample_output.jsonl.gz")
    agreement = Agreement(show=show)
    for prompt, official in rows(folder / "sample_verdicts.jsonl.gz").items():
        question = asked.get(prompt)
        if question is None or question["instruction_id_list"] != official["instruction_id_list"]:
            continue
        for place, name in enumerate(question["instruction_id_list"]):
            verdicts = (official["strict"][place], official["loose"][place])
            try:
                constraint = from_ifbench(name, question["kwargs"][place])
            except KeyError:
                agreement.miss(f"{name} (not in the catalog)")
                continue
            agreement.compare(name, constraint, answers[prompt]["response"] or "", prompt, verdicts)
    agreement.print()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT, sys.argv[2] if len(sys.argv) > 2 else "")
