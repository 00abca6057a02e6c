"""Fits the embedded preference model and writes its weights.

    python -m training.preference --data ../shared/data [--out FILE]

A logistic regression on the difference of two responses' features (Bradley-Terry), by Newton's method; numpy alone,
half a minute. What keeps it from learning length alone: a pair in which the longer response wins weighs less, by how
well length would have foretold it (`BALANCE`). Features are cut at three standard deviations. The scale is fitted on
folds the weights were not: scores are log-odds.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reward_agent.prefer.embedded.features import asked, features
from training.parts import part_of
from training.preference_pairs import COMPARED, FILES, ComparedPair
from training.read import checksums

SHIPPED = Path(__file__).parents[1] / "src" / "reward_agent" / "prefer" / "embedded" / "weights.json"
SHARE = {"hh": 1.0, "webgpt": 1.0, "autoj": 1.0, "qa_feedback": 0.5, "ifeval": 0.5}
"""How much each set counts, whatever its size."""
BALANCE = 0.35
"""0: every pair counts alike; 1: length alone could not tell who won."""
RIDGE = 1e-3
CUT = 3.0
FOLDS = 5

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Features of chosen and rejected responses; `weight` of each pair; `fold` by prompt."""

    names: list[str]
    chosen: Numbers
    rejected: Numbers
    weight: Numbers
    fold: NDArray[np.int64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    asked_for = parser.parse_args()
    table = read_table(asked_for.data)
    centre, most = scales(table)
    weights = fitted(table, centre, most, np.ones(len(table.weight), dtype=bool))
    scale = fitted_scale(table, centre, most)
    shipped = document(table, weights * scale, centre, most, asked_for.data)
    asked_for.out.write_text(json.dumps(shipped, indent=1) + "\n", encoding="utf-8")
    print(f"{len(table.weight)} pairs, {len(table.names)} features, scale {scale:.3f} -> {asked_for.out}")


def read_table(data: Path) -> Table:
    """The training part of every set."""
    chosen, rejected, weights, folds = [], [], [], []
    names: list[str] = []
    for name, share in SHARE.items():
        pairs = [pair for pair in COMPARED[name](data) if part_of(pair.key) == "training"]
        found = [_both(pair) for pair in pairs]
        names = list(found[0][0])
        one = np.array([list(a.values()) for a, _ in found])
        other = np.array([list(b.values()) for _, b in found])
        lengths = (one - other)[:, names.index("length")]
        weight = balanced(lengths)
        chosen.append(one)
        rejected.append(other)
        weights.append(share * weight / weight.sum())
        folds += [hash_fold(pair.key) for pair in pairs]
    return Table(
        names=names,
        chosen=np.concatenate(chosen),
        rejected=np.concatenate(rejected),
        weight=np.concatenate(weights) / sum(SHARE.values()),
        fold=np.array(folds),
    )


def _both(pair: ComparedPair) -> tuple[dict[str, float], dict[str, float]]:
    prompt = asked(pair.prompt)
    return features(prompt, pair.chosen), features(prompt, pair.rejected)


def hash_fold(key: str) -> int:
    """A fold a prompt, the same on every machine."""
    return sum(key.encode("utf-8", "replace")) % FOLDS


def balanced(lengths: Numbers) -> Numbers:
    """The weight of each pair, from the difference of log lengths (chosen less rejected): one over the chance that
    length gave the winner, to the power of `BALANCE`."""
    slope = 0.0
    for _ in range(200):
        chance = 1 / (1 + np.exp(-slope * lengths))
        slope += float(0.5 * ((1 - chance) * lengths).mean() / ((chance * (1 - chance) * lengths**2).mean() + 1e-9))
    chance = 1 / (1 + np.exp(-slope * lengths))
    return (0.5 / np.clip(chance, 0.05, 1.0)) ** BALANCE


def scales(table: Table) -> tuple[Numbers, Numbers]:
    """Each feature's mean, and how far from it a feature counts."""
    everything = np.concatenate([table.chosen, table.rejected])
    return everything.mean(axis=0), CUT * everything.std(axis=0)


def fitted(table: Table, centre: Numbers, most: Numbers, use: NDArray[np.bool_]) -> Numbers:
    """The weights of the pairs in `use`."""
    unit = np.where(most > 0, most / CUT, 1.0)
    rows = (cut(table.chosen[use], centre, most) - cut(table.rejected[use], centre, most)) / unit
    share = table.weight[use] / table.weight[use].sum()
    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        lost = 1 / (1 + np.exp(rows @ weights))
        slope = rows.T @ (share * lost) - 2 * RIDGE * weights
        bend = (rows * (share * lost * (1 - lost))[:, None]).T @ rows + 2 * RIDGE * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return weights / unit


def cut(values: Numbers, centre: Numbers, most: Numbers) -> Numbers:
    """Features about their centre, none beyond `most`."""
    return np.clip(values - centre, -most, most)


def fitted_scale(table: Table, centre: Numbers, most: Numbers) -> float:
    """What scores must be multiplied by to be log-odds on pairs the weights have not seen."""
    differences = np.zeros(len(table.weight))
    for fold in range(FOLDS):
        held = table.fold == fold
        weights = fitted(table, centre, most, ~held)
        differences[held] = (cut(table.chosen[held], centre, most) - cut(table.rejected[held], centre, most)) @ weights
    grid = np.exp(np.linspace(np.log(0.2), np.log(3), 200))
    losses = [float(np.mean(np.logaddexp(0, -scale * differences))) for scale in grid]
    return float(grid[int(np.argmin(losses))])


def document(table: Table, weights: Numbers, centre: Numbers, most: Numbers, data: Path) -> dict[str, object]:
    """The shipped file: one row a feature, and where it comes from."""
    everything = np.concatenate([table.chosen, table.rejected])
    offset = -float(np.mean(cut(everything, centre, most) @ weights))
    files = [file for name in SHARE for file in FILES[name]]
    return {
        "made by": "training/preference.py",
        "settings": {"share": SHARE, "balance": BALANCE, "ridge": RIDGE, "cut": CUT, "pairs": len(table.weight)},
        "data": checksums(data, files),
        "offset": round(offset, 6),
        "features": {
            name: {"weight": round(float(w), 6), "centre": round(float(c), 6), "most": round(float(m), 6)}
            for name, w, c, m in zip(table.names, weights, centre, most, strict=True)
        },
    }


if __name__ == "__main__":
    main()
