"""How far code alone answers InFoBench's requirement questions, and how often it agrees with three experts.

    python -m benchmarks.infobench_agreement [FOLDER [SHOW]]

The folder (../shared/data/infobench) holds expert_all_agree.jsonl.gz: instruction, response, one yes/no question about
the response, and the label on which all three experts agree. SHOW is "all", "wrong" or "none": which decided questions
are printed. Most labels are yes, so the agreement is given apart for the yes and the no that the code says, beside what
"always yes" would reach on the questions it decides.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path

from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.verify.instructions.parse_question import parse_question


def main(folder: Path, show: str) -> None:
    print_header(f"all of {folder}")
    with gzip.open(folder / "expert_all_agree.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    tally: Counter[tuple[bool, bool]] = Counter()
    kinds: dict[str, Counter[bool]] = {}
    read = 0
    for row in rows:
        asked = parse_question(row["question"])
        read += asked is not None
        said = asked.holds(row["response"], prompt=row["instruction"]) if asked else None
        label = bool(row["label"])
        if asked and said is not None:
            tally[said, label] += 1
            kinds.setdefault(asked.constraints[0].kind, Counter())[said == label] += 1
        if show == "all" or (show == "wrong" and said is not None and said != label):
            print(f"{said} for {label}: {row['question']} | {asked}")
    decided = tally.total()
    right = tally[True, True] + tally[False, False]
    print(f"{len(rows)} answers with a question, {read} read, {decided} decided: {decided / len(rows):.3f}")
    print(f"agreement with the experts on the decided ones {right / max(decided, 1):.3f}", end="; ")
    print(f"always yes would reach {(tally[True, True] + tally[False, True]) / max(decided, 1):.3f} of them")
    for said in (True, False):
        n = tally[said, True] + tally[said, False]
        print(f"  said {'yes' if said else 'no'}: {n}, right {tally[said, said] / max(n, 1):.3f}")
    for kind, counts in sorted(kinds.items()):
        print(f"  {kind}: {counts[True]} right, {counts[False]} wrong")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED_DATA / "infobench",
        sys.argv[2] if len(sys.argv) > 2 else "none",
    )
