"""The figures of a report as drawings. Colour never says anything alone: shapes, patterns, places and words say it."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from reward_agent.reports.html.figures import Chance, Histogram, SignalLine
from reward_agent.reports.html.svg import Drawing
from reward_agent.reports.metrics import BenchmarkReport, Figures
from reward_agent.reports.plain import one_line

WIDTH = 640
ROW = 26
SUBSETS = 40
NAME = 26


class Bar(NamedTuple):
    """One row of the dot plot."""

    name: str
    accuracy: float
    interval: tuple[float, float] | None = None
    longer: float | None = None
    shorter: float | None = None


def accuracy_bars(report: BenchmarkReport) -> list[Bar]:
    """Overall first, then the subsets."""
    chosen: list[tuple[str, Figures]] = [("overall", report.overall), *list(report.subsets.items())[:SUBSETS]]
    return [
        Bar(name, f.accuracy, f.ci95, f.controls.longer_wins, f.controls.shorter_wins)
        for name, f in chosen
        if f.accuracy is not None
    ]


def dot_plot(bars: Sequence[Bar]) -> Markup:
    """Accuracy with its interval, a row a subset; what length alone would get stands beside it."""
    left, right, top = 190, WIDTH - 20, 24
    bottom = top + ROW * len(bars)
    drawing = Drawing(WIDTH, bottom + 26, "accuracy by subset, with 95 % intervals")

    def x(share: float) -> float:
        return left + (right - left) * share

    for tick in (0, 0.25, 0.5, 0.75, 1):
        drawing.line((x(tick), top - 6), (x(tick), bottom), "grid" if tick != 0.5 else "grid half")
        drawing.text(x(tick), bottom + 16, f"{100 * tick:.0f} %", anchor="middle")
    for place, bar in enumerate(bars):
        y = top + ROW * place + ROW / 2
        drawing.text(left - 10, y + 4, one_line(bar.name, limit=NAME), "name strong" if not place else "name", "end")
        if bar.interval is not None:
            drawing.line((x(bar.interval[0]), y), (x(bar.interval[1]), y), "whisker")
        for share, shape, words in ((bar.longer, 2, "longer wins"), (bar.shorter, 4, "shorter wins")):
            if share is not None:
                drawing.mark((x(share), y), shape, "control", f"{words}: {100 * share:.1f} %")
        drawing.mark((x(bar.accuracy), y), 0, "dot", f"{bar.name}: {100 * bar.accuracy:.1f} %")
    return drawing.done()


def histogram(found: Histogram) -> Markup:
    """Bars; of two lists the second hangs down from the axis, so that both can be read without colour."""
    left, right, height = 44, WIDTH - 12, 92
    two = len(found.counts) > 1
    axis = 16 + height
    drawing = Drawing(WIDTH, axis + (height if two else 0) + 34, f"histogram: {found.title}")
    most = max((max(counts) for counts in found.counts), default=0) or 1
    step = (right - left) / len(found.counts[0])
    span = (found.high - found.low) / len(found.counts[0])
    for series, counts in enumerate(found.counts):
        for place, count in enumerate(counts):
            size = height * count / most
            start = found.low + span * place
            negative = not two and start + span / 2 < 0
            kind = "bar other" if series or negative else "bar"
            title = f"{start:.3g} to {start + span:.3g}: {count:,}"
            y = axis if series else axis - size
            if count:
                drawing.rect(left + step * place + 1, y, step - 2, max(size, 1.5), kind, title)
    drawing.line((left, axis), (right, axis), "axis")
    if found.low < 0 < found.high:
        zero = left + (right - left) * (0 - found.low) / (found.high - found.low)
        drawing.line((zero, 10), (zero, axis), "grid half")
    drawing.text(left - 6, 24, f"{most:,}", anchor="end")
    bottom = axis + (height if two else 0) + 16
    for share, anchor in ((0, "start"), (0.5, "middle"), (1, "end")):
        drawing.text(
            left + (right - left) * share, bottom, f"{found.low + (found.high - found.low) * share:.3g}", anchor=anchor
        )
    if two:
        drawing.text(left - 6, axis + height, f"{most:,}", anchor="end")
        drawing.text(right, 14, f"▲ {found.names[0]}", "name", "end")
        drawing.text(right, axis + height - 2, f"▼ {found.names[1]}", "name", "end")
    return drawing.done()


def chance_plot(chances: Sequence[Chance]) -> Markup:
    """How often the higher candidate is right, by how far apart the two came out."""
    left, right, top, bottom = 54, WIDTH - 20, 14, 200
    drawing = Drawing(WIDTH, bottom + 40, "share right by margin")

    def at(place: int, share: float) -> tuple[float, float]:
        return left + (right - left) * (place + 0.5) / len(chances), bottom - (bottom - top) * share

    for tick in (0, 0.5, 1):
        y = at(0, tick)[1]
        drawing.line((left, y), (right, y), "grid half" if tick == 0.5 else "grid")
        drawing.text(left - 8, y + 4, f"{100 * tick:.0f} %", anchor="end")
    drawing.path([at(k, c.share) for k, c in enumerate(chances)], "curve")
    for place, chance in enumerate(chances):
        x, y = at(place, chance.share)
        drawing.line((x, at(place, chance.low)[1]), (x, at(place, chance.high)[1]), "whisker")
        title = f"margin about {chance.margin:.3g}: {100 * chance.share:.1f} % right of {chance.n:,}"
        drawing.mark((x, y), 0, "dot", title)
        drawing.text(x, bottom + 16, f"{chance.margin:.2g}", anchor="middle")
    drawing.text((left + right) / 2, bottom + 34, "mean margin of an eighth of the samples", anchor="middle")
    return drawing.done()


def stance_bars(lines: Sequence[SignalLine]) -> Markup:
    """For each signal, in how many samples it was for, level, against, silent."""
    left, right = 190, WIDTH - 20
    drawing = Drawing(WIDTH, ROW * len(lines) + 8, "what each signal said")
    for place, line in enumerate(lines):
        y = 4 + ROW * place
        drawing.text(left - 10, y + 17, one_line(line.name, limit=NAME), "name", "end")
        parts = {"for": line.support, "level": line.level, "against": line.oppose, "silent": line.silent}
        whole = sum(parts.values()) or 1
        x = float(left)
        for word, count in parts.items():
            width = (right - left) * count / whole
            drawing.rect(x, y + 3, width, ROW - 8, f"stance {word}", f"{line.name}, {word}: {count:,}")
            if width > 26:
                drawing.text(x + width / 2, y + 17, f"{count:,}", f"on {word}", "middle")
            x += width
    return drawing.done()


def curve_plot(curve: Mapping[str, Any]) -> Markup | None:
    """A score against n, a line a method, as a best-of-n folder's `curve.json` says it; None where it is no curve."""
    try:
        sizes = [float(size) for size in curve["sizes"]]
        methods = [_method(method, len(sizes)) for method in curve["methods"]][:12]
    except (KeyError, TypeError, ValueError):
        return None
    values = [v for _, *series in methods for s in series for v in s if math.isfinite(v)]
    if not sizes or not values or min(sizes) <= 0:
        return None
    low, high = min(values), max(values)
    low, high = (low - 0.5, high + 0.5) if low == high else (low, high)
    left, right, top, bottom = 60, WIDTH - 150, 14, 260
    drawing = Drawing(WIDTH, bottom + 42, f"{curve.get('metric', 'score')} against n")
    first, last = math.log2(sizes[0]), math.log2(sizes[-1])

    def at(size: float, value: float) -> tuple[float, float]:
        share = (math.log2(size) - first) / (last - first) if last > first else 0.5
        return left + (right - left) * share, bottom - (bottom - top) * (value - low) / (high - low)

    for tick in range(5):
        value = low + (high - low) * tick / 4
        y = at(sizes[0], value)[1]
        drawing.line((left, y), (right, y), "grid")
        drawing.text(left - 8, y + 4, f"{value:.3g}", anchor="end")
    for size in sizes:
        drawing.text(at(size, low)[0], bottom + 16, f"{size:g}", anchor="middle")
    drawing.text((left + right) / 2, bottom + 36, "candidates to pick from (n)", anchor="middle")
    ends = _apart([at(sizes[-1], series[0][-1])[1] for _, *series in methods])
    for place, (name, middle, lower, upper) in enumerate(methods):
        band = [at(s, v) for s, v in zip(sizes, upper, strict=True)]
        band += [at(s, v) for s, v in zip(sizes[::-1], lower[::-1], strict=True)]
        drawing.path(band, f"band c{place % 6}", closed=True)
        line = [at(s, v) for s, v in zip(sizes, middle, strict=True)]
        drawing.path(line, f"curve c{place % 6} d{place % 4}")
        for point, value in zip(line, middle, strict=True):
            drawing.mark(point, place, f"point c{place % 6}", f"{name}: {value:.4g}")
        drawing.text(right + 12, ends[place] + 4, one_line(name, limit=20), "name")
    return drawing.done()


def _method(method: Mapping[str, Any], count: int) -> tuple[str, list[float], list[float], list[float]]:
    series = [[float(v) for v in method.get(key) or method["values"]] for key in ("values", "low", "high")]
    if any(len(values) != count for values in series):
        raise ValueError("a method needs a value a size")
    return str(method["name"]), *series  # type: ignore[return-value]  # three lists


def _apart(places: Sequence[float], least: float = 15.0) -> list[float]:
    """The places moved so that no two labels lie on each other."""
    order = sorted(range(len(places)), key=lambda k: places[k])
    moved = list(places)
    for before, after in itertools.pairwise(order):
        moved[after] = max(moved[after], moved[before] + least)
    return moved
