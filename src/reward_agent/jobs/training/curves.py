"""Loss and reward margin by step: `curves.json` always, a picture where matplotlib is there (the extra `plots`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LOGGED = {"loss": "loss", "margin": "rewards/margins", "accuracy": "rewards/accuracies"}
PICTURES = ("svg", "png")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Means over the steps since the point before. `margin`: by how much the trained model's implicit reward, beta
    times the log-ratio to the model it began as, is higher for the chosen response. `accuracy`: the share of pairs
    where it is higher at all. None where the trainer told nothing."""

    step: int
    loss: float
    margin: float | None
    accuracy: float | None


def points_of(history: Sequence[Mapping[str, Any]]) -> tuple[Point, ...]:
    """The curve in a trainer's log history; what was logged twice for a step, before and after a kill, counts once."""
    found = {
        int(entry["step"]): Point(
            step=int(entry["step"]),
            loss=float(entry["loss"]),
            margin=_number(entry.get(_LOGGED["margin"])),
            accuracy=_number(entry.get(_LOGGED["accuracy"])),
        )
        for entry in history
        if "loss" in entry and "step" in entry
    }
    return tuple(found[step] for step in sorted(found))


def draw(points: Sequence[Point], folder: Path, name: str = "curves", *, title: str = "") -> list[Path]:
    """Writes the curves as SVG and PNG; without matplotlib, or a point, nothing. Returns the files."""
    try:
        import matplotlib
    except ImportError:
        return []
    if not points:
        return []
    matplotlib.use("agg")
    library: Any = matplotlib
    library.rcParams["svg.hashsalt"] = "reward-agent"  # the same curve gives the same file
    from matplotlib import pyplot

    plot: Any = pyplot
    figure, (loss, margin) = plot.subplots(1, 2, figsize=(8, 2.8), layout="constrained")
    steps = [point.step for point in points]
    loss.plot(steps, [point.loss for point in points], color="#1f5fa8")
    loss.set(xlabel="step", ylabel="DPO loss")
    told = [(point.step, point.margin) for point in points if point.margin is not None]
    margin.plot([step for step, _ in told], [value for _, value in told], color="#a8521f")
    margin.set(xlabel="step", ylabel="reward margin, chosen - rejected")
    for axes in (loss, margin):
        axes.spines[["top", "right"]].set_visible(False)
    if title:
        figure.suptitle(title, fontsize=10)
    paths = [folder / f"{name}.{kind}" for kind in PICTURES]
    for path in paths:
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plot.close(figure)
    return paths


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
