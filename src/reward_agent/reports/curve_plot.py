"""The curve as a picture, PNG and SVG (extra `plots`): one line a method, its 95 % intervals as upright strokes, those
of the first line as a band too.

Readable in grey: every line has a marker and a dash pattern of its own, and its name at the side. The same curve gives
the same SVG, byte for byte, with the same matplotlib.
"""

import warnings
from pathlib import Path
from typing import Any

from reward_agent.errors import ConfigError
from reward_agent.reports.best_of_n import BestOfNReport
from reward_agent.reports.curve import Curve
from reward_agent.reports.plain import one_line

STYLES = (
    ("#000000", "o", "-", 2.4),
    ("#595959", "s", "--", 1.4),
    ("#0072b2", "^", "-.", 1.4),
    ("#a34700", "D", ":", 1.6),
    ("#00684a", "v", (0, (5, 1, 1, 1, 1, 1)), 1.4),
    ("#7a3e63", "P", (0, (1, 1)), 1.4),
    ("#8c6d00", "X", (0, (6, 2)), 1.4),
    ("#3d3d99", "<", (0, (3, 2, 1, 2)), 1.4),
)
"""Colour, marker, dashes and width, the first line's the heaviest; all dark enough on white."""
NAME = 40
BESIDE = 0.025
"""How far apart, in doublings of n, the intervals of the lines stand."""
PICTURES = frozenset({"curve.png", "curve.svg"})


def draw_curve(curve: Curve, folder: Path, *, note: str) -> list[Path]:
    """Writes curve.png and curve.svg; `note` says below what the figures are made of. Raises ConfigError where
    matplotlib is not installed."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # no window, and no global state
        from matplotlib.figure import Figure
        from matplotlib.style import context
    except ImportError as error:
        raise ConfigError("the curve's picture needs matplotlib: pip install 'reward-agent[plots]'") from error
    style = {"svg.hashsalt": "reward-agent", "svg.fonttype": "none", "text.parse_math": False, "font.size": 10}
    with context(style), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # a name in a script that the PNG's font has not: boxes
        figure = Figure(figsize=(8.4, 5.0), layout="constrained")
        FigureCanvasAgg(figure)
        _draw(figure.add_subplot(), curve)
        figure.supxlabel(_plain(note, 160), fontsize=7.5, color="#444444", x=0.01, ha="left")
        paths = [folder / "curve.png", folder / "curve.svg"]
        figure.savefig(paths[0], dpi=150, metadata={"Software": None})
        figure.savefig(paths[1], metadata={"Date": None, "Creator": None})
    return paths


def source_note(report: BestOfNReport) -> str:
    """What the picture's figures are made of."""
    evaluated = 0 if report.evaluation is None else report.evaluation.evaluated
    return (
        f"{evaluated:,} prompts, every order of the candidates; strokes and band: 95 %, bootstrap over prompts. "
        f"reward-agent {report.version}, preset {report.preset}, data {report.integrity.fingerprint[:12]}"
    )


def _draw(axes: Any, curve: Curve) -> None:
    for place, line in enumerate(curve.methods):
        colour, marker, dashes, width = STYLES[place % len(STYLES)]
        axes.plot(
            curve.sizes,
            line.values,
            color=colour,
            marker=marker,
            linestyle=dashes,
            linewidth=width,
            markersize=5,
            label=_plain(line.name, NAME),
            zorder=10 - place,
        )
        if place == 0:
            axes.fill_between(curve.sizes, line.low, line.high, color=colour, alpha=0.12, linewidth=0)
        beside = [size * 2 ** (BESIDE * (place - (len(curve.methods) - 1) / 2)) for size in curve.sizes]
        axes.vlines(beside, line.low, line.high, color=colour, linewidth=0.9, zorder=5)
    axes.set_xscale("log", base=2)
    axes.set_xticks(curve.sizes, labels=[str(size) for size in curve.sizes])
    axes.minorticks_off()
    axes.set_xlabel("candidates to pick from, n")
    axes.set_ylabel(f"{_plain(curve.metric, 80)} of the pick")
    axes.set_title("Best of n", loc="left", fontsize=12)
    axes.grid(True, color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, handlelength=4)


def _plain(text: str, limit: int) -> str:
    """Names come from data: one line, and no control characters; `parse_math` is off."""
    return one_line(text, limit=limit)
