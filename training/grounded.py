"""Fits how the grounded verifier weighs what a claim and a passage share, and writes `weights.json`.

    python -m training.grounded --data ../shared/data [--out FILE]

Logistic regressions for short answers and for sentences, from the words alone. The data are those of
`training.grounded_rows`. What the encoder adds is fitted after this, by `training.joined`.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from reward_agent.verify.factuality.grounded.features import NAMES, Compared, compared
from reward_agent.verify.factuality.grounded.sentence import AGAINST as AGAINST_SENTENCES
from reward_agent.verify.factuality.grounded.sentence import SENTENCE_NAMES
from reward_agent.verify.factuality.grounded.weigh import beside_numbers, sentence_numbers_of
from training.grounded_rows import Labelled, labelled
from training.logistic import Numbers, logistic_weights
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
SHARE = {
    "popqa": 1.0,
    "whole answers": 0.5,
    "begin": 1.0,
    "summedits": 1.0,
    "qa_feedback": 0.5,
    "swaps": 1.0,
    "turned": 0.5,
}
"""How much each kind of row counts, whatever their number."""
AGAINST = AGAINST_SENTENCES | {"numbers missing", "names missing", "denial differs"}
"""What can only speak against a claim; the rest speaks for it, but for `EITHER`."""
EITHER = frozenset({"says nothing new"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    asked = parser.parse_args()
    found = [(row, compared(row.claim, row.passages, row.pages)[0]) for row in labelled(asked.data, SEED, "training")]
    sentences = [(row, best) for row, best in found if not row.claim.short]
    short = by_words([(row, best) for row, best in found if row.claim.short], NAMES, beside_numbers)
    sentence, wording = (
        by_words(sentences, SENTENCE_NAMES, sentence_numbers_of),
        by_words(sentences, NAMES, beside_numbers),
    )
    shipped = {
        "made by": "training/grounded.py",
        "settings": {"seed": SEED, "ridge": RIDGE, "share": SHARE, "rows": len(found)},
        "data": checksums(asked.data, FILES),
        "short": short,
        "sentence": sentence,
        "wording": wording,
    }
    asked.out.write_text(json.dumps(shipped, indent=1) + "\n", encoding="utf-8")
    print(f"{len(found)} rows -> {asked.out}")


def by_words(
    found: Sequence[tuple[Labelled, Compared]], names: Sequence[str], numbers: Callable[[Compared], dict[str, float]]
) -> dict[str, float]:
    """The weights of what the words show."""
    every = [numbers(best) for _, best in found]
    x, y = np.array([[one[name] for name in names] for one in every]), np.array([float(r.supported) for r, _ in found])
    return fitted(names, x, y, balanced([row.kind for row, _ in found], y, SHARE))


def balanced(kinds: Sequence[str], labels: Numbers, shares: Mapping[str, float]) -> Numbers:
    """Each kind weighs its share, and its two labels alike."""
    weight, of_row = np.zeros(len(labels)), np.array(kinds)
    for kind, share in shares.items():
        for label in (0.0, 1.0):
            rows = (of_row == kind) & (labels == label)
            weight[rows] = share / max(1, rows.sum())
    return weight


def fitted(names: Sequence[str], x: Numbers, y: Numbers, weight: Numbers) -> dict[str, float]:
    """The weights by name. A number whose weight comes out with the wrong sign is left out and the rest fitted again:
    more of a claim found in a passage must never count against it."""
    used = [*names]
    while True:
        columns = np.column_stack([x[:, [names.index(name) for name in used]], np.ones(len(y))])
        found = dict(zip([*used, "bias"], logistic_weights(columns, y, weight, RIDGE), strict=True))
        wrong = [name for name in used if found[name] * (-1 if name in AGAINST else 1) < 0 and name not in EITHER]
        if not wrong:
            return {name: round(float(found.get(name, 0.0)), 5) for name in [*names, "bias"]}
        used.remove(max(wrong, key=lambda name: abs(found[name])))


if __name__ == "__main__":
    main()
