import pytest

from reward_agent.reports.wording import p_value, percent, points, with_interval


@pytest.mark.parametrize(("share", "text"), [(0.8333, "83.3 %"), (1.0, "100.0 %"), (0.0, "0.0 %"), (None, "–")])
def test_a_share_is_a_percentage_and_absence_a_dash(share: float | None, text: str) -> None:
    assert percent(share) == text


def test_an_interval_follows_its_figure() -> None:
    assert with_interval(0.8333, (0.801, 0.862)) == "83.3 % (80.1–86.2)"
    assert with_interval(0.5, None) == "50.0 %"
    assert with_interval(None, None) == "–"


@pytest.mark.parametrize(
    ("difference", "ci95", "text"),
    [
        (0.021, (-0.004, 0.046), "+2.1 (−0.4 to +4.6)"),
        (-0.5, None, "−50.0"),
        (-0.0001, (0.0, 0.0001), "0.0 (0.0 to 0.0)"),
        (None, None, "–"),
    ],
)
def test_a_difference_has_a_sign_and_nought_has_none(
    difference: float | None, ci95: tuple[float, float] | None, text: str
) -> None:
    assert points(difference, ci95) == text


@pytest.mark.parametrize(("p", "text"), [(1.0, "1.000"), (0.0312, "0.031"), (0.00042, "4.2e-04"), (0.0, "< 1e-300")])
def test_a_small_p_value_is_never_shown_as_nought(p: float, text: str) -> None:
    assert p_value(p) == text
