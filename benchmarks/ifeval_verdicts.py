"""Agreement of the catalog's verdicts with IFEval's official strict and loose ones, kind by kind.

    python -m benchmarks.ifeval_verdicts [FOLDER [SHOW]]

The folder (../shared/data/ifeval) holds input_data.jsonl (key, prompt, instruction_id_list, kwargs) and
responses.jsonl.gz (key, response, and the official verdicts as lists, strict and loose). SHOW is a part of a kind's
name whose disagreements are printed. Constraints on how often "#" or "!" occurs are a row of their own: the official
verdicts on them are of a letter drawn by chance, so no checker can agree with them.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.agreement import Agreement
from benchmarks.provenance import print_header
from reward_agent.verify.instructions.catalog.ifeval import from_ifeval

DEFAULT = Path("../shared/data/ifeval")
BY_CHANCE = "keywords:letter_frequency of no letter"


def main(folder: Path, show: str) -> None:
    print_header(f"all of {folder}")
    asked: dict[str, dict[str, Any]] = {}
    for line in (folder / "input_data.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        asked[str(row["key"])] = row
    agreement = Agreement(show=show)
    with gzip.open(folder / "responses.jsonl.gz", "rt", encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            question = asked[str(row["key"])]
            for place, name in enumerate(question["instruction_id_list"]):
                kwargs = question["kwargs"][place]
                drawn = name.endswith(":letter_frequency") and not kwargs["letter"].isalpha()
                agreement.compare(
                    BY_CHANCE if drawn else name.removeprefix("en:"),
                    from_ifeval(name, kwargs),
                    row["response"] or "",
                    question["prompt"],
                    (row["strict"][place], row["loose"][place]),
                )
    agreement.print(without=BY_CHANCE)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT, sys.argv[2] if len(sys.argv) > 2 else "")
