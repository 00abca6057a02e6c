"""Fits how the grounded verifier weighs what a claim and a passage share, and writes `weights.json`.

    python -m training.grounded --data ../shared/data [--out FILE]

Logistic regressions for short answers and for sentences, from the words alone; `training.joined` fits what the
entailment model adds. The data are those of `training.grounded_rows`.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reward_agent.verify.factuality.grounded.features import NAMES, Compared, compared
from training.grounded_rows import Labelled, labelled
from training.read import checksums

SHIPPED = Path(__file__).parents[1] / "src" / "reward_agent" / "verify" / "factuality" / "grounded" / "weights.json"
SEED = 11
RIDGE = 1e-3
FILES = [
    "popqa_passages/popqa.jsonl.gz",
    "claim_evidence/begin.jsonl.gz",
    "claim_evidence/summedits.jsonl.gz",
    "qa_feedback/feedback.jsonl.gz",
]
SHARE = {"popqa": 1.0, "whole answers": 0.5, "begin": 1.0, "summedits": 0.5, "qa_feedback": 1.0, "swaps": 1.0}
"""How much each kind of row counts, whatever their number."""
AGAINST = frozenset({"numbers missing", "names missing", "denial differs", "refuted"})
"""What can only speak against a claim; the rest speaks for it, but for `EITHER`."""
EITHER = frozenset({"says nothing new"})

Numbers = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    asked = parser.parse_args()
    found = [(row, compared(row[1], row[2])[0]) for row in labelled(asked.data, SEED, "training")]
    shipped = {
        "made by": "training/grounded.py",
        "settings": {"seed": SEED, "ridge": RIDGE, "share": SHARE, "rows": len(found)},
        "data": checksums(asked.data, FILES),
        "short": by_words([one for one in found if one[0][1].short]),
        "sentence": by_words([one for one in found if not one[0][1].short]),
    }
    asked.out.write_text(json.dumps(shipped, indent=1) + "\n", encoding="utf-8")
    print(f"{len(found)} rows -> {asked.out}")


def by_words(found: Sequence[tuple[Labelled, Compared]]) -> dict[str, float]:
    """The weights of what the words show."""
    x, y = np.array([best.numbers for _, best in found]), np.array([float(row[3]) for row, _ in found])
    return fitted(NAMES, x, y, balanced(np.array([row[0] for row, _ in found]), y))


def balanced(kinds: NDArray[np.str_], labels: Numbers) -> Numbers:
    """Each kind weighs its share, and its two labels alike."""
    weight = np.zeros(len(labels))
    for kind, share in SHARE.items():
        for label in (0.0, 1.0):
            rows = (kinds == kind) & (labels == label)
            weight[rows] = share / max(1, rows.sum())
    return weight


def fitted(names: Sequence[str], x: Numbers, y: Numbers, weight: Numbers) -> dict[str, float]:
    """The weights by name. A number whose weight comes out with the wrong sign is left out and the rest fitted again:
    more of a claim found in a passage must never count against it."""
    used = [*names]
    while True:
        found = dict(zip([*used, "bias"], _newton(x[:, [names.index(name) for name in used]], y, weight), strict=True))
        wrong = [name for name in used if found[name] * (-1 if name in AGAINST else 1) < 0 and name not in EITHER]
        if not wrong:
            return {name: round(float(found.get(name, 0.0)), 5) for name in [*names, "bias"]}
        used.remove(max(wrong, key=lambda name: abs(found[name])))


def _newton(x: Numbers, y: Numbers, weight: Numbers) -> Numbers:
    rows = np.column_stack([x, np.ones(len(y))])
    share = weight / weight.sum()
    found = np.zeros(rows.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (share * (y - chance)) - 2 * RIDGE * found
        bend = (rows * (share * chance * (1 - chance))[:, None]).T @ rows + 2 * RIDGE * np.eye(len(found))
        found += np.linalg.solve(bend, slope)
    return found


if __name__ == "__main__":
    main()
