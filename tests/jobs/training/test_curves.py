from pathlib import Path

import pytest

from reward_agent.jobs.training.curves import Point, draw, points_of

POINTS = tuple(Point(step=step, loss=1 / step, margin=step / 10, accuracy=0.5) for step in range(1, 6))


def test_the_curve_is_read_from_the_trainers_history() -> None:
    history = [
        {"step": 2, "loss": 0.7, "rewards/margins": 0.1, "rewards/accuracies": 0.5},
        {"step": 4, "loss": 0.6},
        {"step": 4, "train_runtime": 3.0},
        {"step": 2, "loss": 0.65},
    ]
    assert points_of(history) == (
        Point(step=2, loss=0.65, margin=None, accuracy=None),
        Point(step=4, loss=0.6, margin=None, accuracy=None),
    )


@pytest.mark.extras
def test_the_same_curve_is_drawn_as_the_same_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    files = draw(POINTS, tmp_path, "a", title="t")
    again = draw(POINTS, tmp_path, "b", title="t")
    assert [path.suffix for path in files] == [".svg", ".png"]
    assert files[0].read_bytes() == again[0].read_bytes()
    assert draw((), tmp_path, "c") == []
