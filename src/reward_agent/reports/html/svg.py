"""A drawing in the page: SVG by attributes and classes alone, since the page's policy allows no inline style."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

Point = tuple[float, float]


class Drawing:
    """Shapes in the order in which they are drawn. `label` says to who cannot see it what it shows."""

    def __init__(self, width: int, height: int, label: str) -> None:
        self._head = (
            f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
            f'aria-label="{escape(label)}" class="chart">'
        )
        self._shapes: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, kind: str, title: str = "") -> None:
        self._add("rect", title, x=x, y=y, width=max(width, 0), height=max(height, 0), **{"class": kind})

    def line(self, start: Point, end: Point, kind: str) -> None:
        self._add("line", "", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **{"class": kind})

    def path(self, points: Sequence[Point], kind: str, *, closed: bool = False) -> None:
        d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else "")
        self._add("path", "", d=d, **{"class": kind})

    def text(self, x: float, y: float, text: str, kind: str = "tick", anchor: str = "start") -> None:
        self._shapes.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def mark(self, at: Point, shape: int, kind: str, title: str = "") -> None:
        """A disc, square, triangle, diamond, the other triangle or a cross, by number."""
        x, y = at
        r = 4.0
        if shape % 6 == 0:
            self._add("circle", title, cx=x, cy=y, r=r, **{"class": kind})
            return
        if shape % 6 == 1:
            self._add("rect", title, x=x - r + 0.5, y=y - r + 0.5, width=7, height=7, **{"class": kind})
            return
        corners = {
            2: [(x, y - r), (x + r, y + r), (x - r, y + r)],
            3: [(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)],
            4: [(x - r, y - r), (x + r, y - r), (x, y + r)],
            5: [(x - r, y - 1), (x + r, y - 1), (x + r, y + 1), (x - r, y + 1)],
        }[shape % 6]
        self._add("path", title, d="M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in corners) + "Z", **{"class": kind})

    def done(self) -> Markup:
        return Markup(self._head + "".join(self._shapes) + "</svg>")  # noqa: S704  # every text in it is escaped

    def _add(self, tag: str, title: str, **attributes: Any) -> None:
        told = " ".join(
            f'{name.replace("_", "-")}="{f"{value:.1f}" if isinstance(value, float) else escape(value)}"'
            for name, value in attributes.items()
        )
        inner = f"<title>{escape(title)}</title>" if title else ""
        self._shapes.append(f"<{tag} {told}>{inner}</{tag}>")
