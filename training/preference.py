"""Fits the embedded preference model and writes its two sets of weights.

    python -m training.preference --data ../shared/data [--out FOLDER]
    python -m training.preference --data ../shared/data --choose     # what the choice was made by

`weights.json` predicts people's choice: a line and steps together. `length_neutral.json` is a line on what is unusual
about a response of its length (`preference_fit.py`). numpy alone, a minute.

What keeps both from learning length alone: in each set and each bin of the ratio of lengths, pairs whose longer and
pairs whose shorter response was chosen are weighed towards counting alike, by `BALANCE`; and a part of the weight are
chosen responses against themselves with the words shuffled, which have the same length. Scales are fitted on folds
that the weights were not: scores are log-odds. What the prompt alone says of a score is taken out of it.

`--choose` prints what decided between the kinds of model and of balance, on folds of the training part by prompt.
"""

import argparse
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reward_agent.prefer.embedded.features import asked, features
from training import preference_fit
from training.logistic import Numbers
from training.parts import part_of
from training.preference_fit import Fitted, Pairs, settled
from training.preference_pairs import COMPARED, FILES
from training.read import checksums

SHIPPED = Path(__file__).parents[1] / "src" / "reward_agent" / "prefer" / "embedded"
SHARE = {"hh": 1.2, "webgpt": 1.0, "autoj": 1.0, "qa_feedback": 0.2, "ifeval": 0.4}
"""How much each set counts, whatever its size."""
SHUFFLED = 0.1
"""What the shuffled responses count beside 1 for a set's own pairs."""
RATIOS = (1.1, 1.3, 1.7, 2.5)
MOST = 4.0
"""What one pair may weigh for balance."""
FOLDS = 5

Fit = Callable[[Pairs], Fitted]
KINDS: dict[str, Fit] = {
    "line": preference_fit.line,
    "steps": preference_fit.stumps,
    "both": preference_fit.mean,
    "beside length": preference_fit.beside_length,
}
MODELS: dict[str, tuple[str, float]] = {"weights.json": ("both", 0.55), "length_neutral.json": ("beside length", 1.3)}
"""By file: the kind of model, and its balance. 0: every pair counts alike; 1: in no bin could length alone tell who
won; more: the rarer outcome counts more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The training part of one set: features of a pair and of the chosen response shuffled; `fold` by prompt;
    `longer`: the log of the chosen one's words over the rejected one's."""

    names: list[str]
    chosen: Numbers
    rejected: Numbers
    mixed: Numbers
    longer: Numbers
    fold: NDArray[np.int64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--choose", action="store_true")
    asked_for = parser.parse_args()
    sets = {name: read_rows(name, asked_for.data) for name in SHARE}
    if asked_for.choose:
        choose(sets)
        return
    count = sum(len(rows.fold) for rows in sets.values())
    for file, (kind, balance) in MODELS.items():
        pairs = training_pairs(sets, balance, SHUFFLED)
        scale = fitted_scale(sets, KINDS[kind], balance)
        fitted = settled(KINDS[kind](pairs), pairs).times(scale)
        settings = {"kind": kind, "balance": balance, "scale": round(scale, 4), "pairs": count}
        text = json.dumps(document(sets, fitted, pairs, settings, asked_for.data), indent=1)
        (asked_for.out / file).write_text(text + "\n", encoding="utf-8")
        print(f"{count} pairs, {len(pairs.names)} features, scale {scale:.3f} -> {asked_for.out / file}")


def read_rows(name: str, data: Path) -> Rows:
    """The training part of a set."""
    pairs = [pair for pair in COMPARED[name](data) if part_of(pair.key) == "training"]
    draw = random.Random(0)
    found = []
    for pair in pairs:
        prompt, words = asked(pair.prompt), pair.chosen.split()
        draw.shuffle(words)
        found.append([features(prompt, text) for text in (pair.chosen, pair.rejected, " ".join(words))])
    names = list(found[0][0])
    table = np.array([[list(one.values()) for one in row] for row in found])
    length = table[:, :, names.index("length")]
    return Rows(
        names=names,
        chosen=table[:, 0],
        rejected=table[:, 1],
        mixed=table[:, 2],
        longer=length[:, 0] - length[:, 1],
        fold=np.array([hash_fold(pair.key) for pair in pairs]),
    )


def hash_fold(key: str) -> int:
    """A fold a prompt, the same on every machine."""
    return sum(key.encode("utf-8", "replace")) % FOLDS


def balanced(longer: Numbers, balance: float) -> Numbers:
    """The weight of each pair: in each bin of the ratio of lengths, both outcomes weigh alike."""
    bins, weight = bins_of(longer), np.ones(len(longer))
    for place in set(bins.tolist()):
        sides = [(bins == place) & (longer > 0), (bins == place) & (longer < 0)]
        if all(side.any() for side in sides):
            for side in sides:
                weight[side] = sum(other.sum() for other in sides) / 2 / side.sum()
    return np.minimum(weight, MOST) ** balance


def bins_of(longer: Numbers) -> NDArray[np.int64]:
    """The bin of each pair, by how unlike the lengths are, whichever is longer."""
    return np.digitize(np.abs(longer), np.log(RATIOS))


def training_pairs(sets: dict[str, Rows], balance: float, shuffled: float, without: int | None = None) -> Pairs:
    """What is fitted to: every set, less the fold `without`."""
    chosen, rejected, weights = [], [], []
    for name, rows in sets.items():
        use = rows.fold != without
        weight = balanced(rows.longer, balance)
        chosen += [rows.chosen[use]] * 2
        rejected += [rows.rejected[use], rows.mixed[use]]
        weights += [SHARE[name] * (weight / weight.sum())[use]]
        weights += [np.full(int(use.sum()), shuffled * SHARE[name] / len(rows.fold))]
    pairs = Pairs(
        names=next(iter(sets.values())).names,
        chosen=np.concatenate(chosen),
        rejected=np.concatenate(rejected),
        weight=np.concatenate(weights),
    )
    return pairs.where(pairs.weight > 0)


def held_differences(sets: dict[str, Rows], fit: Fit, balance: float, shuffled: float) -> dict[str, Numbers]:
    """By set: a column of scores' differences, chosen less rejected and chosen less shuffled, each by a model that saw
    no pair of its fold."""
    found = {name: np.zeros((len(rows.fold), 2)) for name, rows in sets.items()}
    for fold in range(FOLDS):
        model = fit(training_pairs(sets, balance, shuffled, without=fold))
        for name, rows in sets.items():
            held = rows.fold == fold
            own = model.of(rows.chosen[held])
            found[name][held, 0] = own - model.of(rows.rejected[held])
            found[name][held, 1] = own - model.of(rows.mixed[held])
    return found


def fitted_scale(sets: dict[str, Rows], fit: Fit, balance: float) -> float:
    """What scores must be multiplied by to be log-odds on pairs the weights have not seen, each set by its share."""
    held = held_differences(sets, fit, balance, SHUFFLED)
    grid = np.exp(np.linspace(np.log(0.1), np.log(3), 200))
    losses = [
        sum(SHARE[name] * float(np.mean(np.logaddexp(0, -scale * found[:, 0]))) for name, found in held.items())
        for scale in grid
    ]
    return float(grid[int(np.argmin(losses))])


def choose(sets: dict[str, Rows]) -> None:
    """Prints the table that the choice was made by."""
    total = sum(SHARE.values())
    print("| shuffled | balance | kind | accuracy | length-balanced accuracy | above its own shuffled words |")
    print("|---|---|---|---|---|---|")
    for shuffled, balance in ((0.0, 0.55), *((SHUFFLED, balance) for balance in (0.0, 0.3, 0.55, 0.8, 1.0, 1.5))):
        for kind, fit in KINDS.items():
            held = held_differences(sets, fit, balance, shuffled)
            cells = [
                sum(SHARE[n] * (d[:, 0] > 0).mean() for n, d in held.items()) / total,
                sum(SHARE[n] * balanced_accuracy(d[:, 0], sets[n].longer) for n, d in held.items()) / total,
                sum(SHARE[n] * (d[:, 1] > 0).mean() for n, d in held.items()) / total,
            ]
            row = " | ".join(f"{cell:.3f}" for cell in cells)
            print(f"| {shuffled:g} | {balance:g} | {kind} | {row} |", flush=True)


def balanced_accuracy(differences: Numbers, longer: Numbers) -> float:
    """The criterion: the mean over bins, by their pairs, of the mean accuracy of both outcomes."""
    right, bins = (differences > 0) + 0.5 * (differences == 0), bins_of(longer)
    shares, counts = [], []
    for place in set(bins.tolist()):
        sides = [(bins == place) & (longer > 0), (bins == place) & (longer < 0)]
        if all(side.any() for side in sides):
            shares.append(float(np.mean([right[side].mean() for side in sides])))
            counts.append(sum(int(side.sum()) for side in sides))
    return float(np.average(shares, weights=counts))


def document(
    sets: dict[str, Rows], fitted: Fitted, pairs: Pairs, settings: dict[str, object], data: Path
) -> dict[str, object]:
    """The shipped file: one row a feature, and where it comes from."""
    everything = np.concatenate([part for rows in sets.values() for part in (rows.chosen, rows.rejected)])
    rows = {}
    for column, name in enumerate(pairs.names):
        row = (fitted.line[column], fitted.centre[column], fitted.most[column])
        rows[name] = {
            **{key: round(float(value), 6) for key, value in zip(("weight", "centre", "most"), row, strict=True)},
            "steps": [[at, round(worth, 6)] for at, worth in sorted(fitted.steps.get(column, []))],
        }
    settings = settings | {"share": SHARE, "shuffled": SHUFFLED, "ratios": RATIOS}
    settings |= {"ridge": preference_fit.RIDGE, "cut": preference_fit.CUT}
    settings |= {"rounds": preference_fit.ROUNDS, "rate": preference_fit.RATE, "step_ridge": preference_fit.STEP_RIDGE}
    return {
        "made by": "training/preference.py",
        "settings": settings,
        "data": checksums(data, [file for name in SHARE for file in FILES[name]]),
        "offset": round(-float(np.mean(fitted.of(everything))), 6),
        "features": rows,
    }


if __name__ == "__main__":
    main()
