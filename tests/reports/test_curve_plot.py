from pathlib import Path
from xml.etree import ElementTree

import pytest

from reward_agent.reports.curve import Curve, curve_of
from reward_agent.reports.curve_plot import STYLES, draw_curve

pytestmark = pytest.mark.extras

NAMES = ("reward agent", "longest", "<script> $x$ \x1b[31m", "random", "best possible")


def curve() -> Curve:
    points = {name: [[0.1 * place, 0.2], [0.3, 0.4 + 0.1 * place]] for place, name in enumerate(NAMES)}
    return curve_of("exact match", (1, 8), points, lowest=0.0, highest=1.0)


def drawn(folder: Path) -> str:
    pytest.importorskip("matplotlib")
    folder.mkdir()
    assert [path.name for path in draw_curve(curve(), folder, note="2 prompts")] == ["curve.png", "curve.svg"]
    return (folder / "curve.svg").read_text(encoding="utf-8")


def test_the_same_curve_gives_the_same_svg_byte_for_byte(tmp_path: Path) -> None:
    assert drawn(tmp_path / "a") == drawn(tmp_path / "b")


def test_the_picture_names_its_axes_lines_and_source_as_text(tmp_path: Path) -> None:
    texts = {node.text for node in ElementTree.fromstring(drawn(tmp_path / "a")).iter() if node.text}
    assert {"candidates to pick from, n", "exact match of the pick", "2 prompts", "1", "8"} <= texts
    assert {"reward agent", "longest", "random", "best possible"} <= texts


def test_a_name_from_data_is_text_and_nothing_else(tmp_path: Path) -> None:
    svg = drawn(tmp_path / "a")
    assert "<script>" not in svg
    assert "\x1b" not in svg
    assert "$x$" in svg


def test_the_png_is_one(tmp_path: Path) -> None:
    drawn(tmp_path / "a")
    assert (tmp_path / "a" / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_lines_differ_in_marker_and_dashes_and_are_dark_enough_without_colour() -> None:
    assert len({marker for _, marker, _, _ in STYLES}) == len({str(dashes) for _, _, dashes, _ in STYLES}) == 8
    for colour, *_ in STYLES:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        assert 0.299 * red + 0.587 * green + 0.114 * blue < 140
