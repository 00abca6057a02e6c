"""report.html in headless Chromium: it is read, filtered, walked through by keyboard, and asks nobody for anything."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Window
from tests.reports.html.runs import HOSTILE

pytestmark = pytest.mark.extras

Open = Callable[..., Window]
Folders = tuple[Path, Path]


def address(folders: Folders, fragment: str = "") -> str:
    return (folders[0] / "report.html").as_uri() + fragment


def rows(page: Any) -> int:
    return int(page.locator("table.rows tbody tr").count())


def test_the_report_opens_offline_without_a_complaint_or_a_request(window: Open, folders: Folders) -> None:
    one = window(offline=True)
    page = one.open(address(folders))
    assert page.locator(".number").inner_text().endswith("%")
    assert "95 % interval" in page.locator(".interval").inner_text()
    assert page.locator("svg.chart").count() >= 5
    assert rows(page) == 50
    assert one.requests == [address(folders)]


def test_filters_and_search_narrow_the_list(window: Open, folders: Folders) -> None:
    page = window().open(address(folders))
    status = page.locator(".status")
    page.get_by_label("Outcome").select_option("wrong")
    page.wait_for_function("!document.querySelector('table.rows .outcome.right')")
    assert rows(page) > 0
    assert set(page.locator("table.rows .outcome").all_inner_texts()) == {"✘ wrong"}
    page.get_by_label("Outcome").select_option("")
    page.locator("select[name=subset]").select_option("odd")
    status.get_by_text("of 35").wait_for()
    page.locator("select[name=subset]").select_option("")
    page.get_by_label("signals disagree").check()
    page.get_by_label("Search").fill("question 65")
    status.get_by_text("1–1 of 1 sample").wait_for()
    page.get_by_label("Margin at most").fill("0")
    status.get_by_text("No sample fits").wait_for()


def test_a_sample_shows_why_it_was_judged_as_it_was(window: Open, folders: Folders) -> None:
    page = window().open(address(folders))
    page.get_by_label("Search").fill("question 66")
    page.get_by_role("link", name="pair 66").click()
    article = page.locator("#sample")
    article.get_by_text("How the score came about").wait_for()
    assert page.url.endswith("#sample=pair%2066")
    assert article.locator("mark.fails").first.inner_text().startswith("Help!")
    assert "without shouting" in article.locator("mark.asks").first.inner_text()
    assert "✘ not met" in article.locator(".findings-table").first.inner_text()
    article.get_by_text("written checker 12ab").click()
    assert "check_following" in article.locator("details pre").first.inner_text()
    assert "must pass: calm" in article.locator("details").first.inner_text()
    links = article.locator("a[href^=http]")
    assert links.first.get_attribute("href") == "https://example.org/rules"
    assert "noopener" in links.first.get_attribute("rel")
    assert article.locator("a[href^=javascript]").count() == 0
    page.locator("#sample .back").click()
    page.locator("table.rows").wait_for()


def test_a_link_leads_to_a_sample_and_an_unknown_one_says_so(window: Open, folders: Folders) -> None:
    one = window()
    page = one.open(address(folders, "#sample=pair%2012"))
    page.get_by_role("heading", name="Sample pair 12").wait_for()
    page.goto(address(folders, "#sample=nobody"))
    page.get_by_text("Sample nobody is not in this file").wait_for()


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_model_wrote_is_text_and_nothing_else(window: Open, folders: Folders, name: str) -> None:
    page = window().open(address(folders))
    page.get_by_role("link", name=f"{name}/<b>&#").click()
    page.locator("#sample .candidate").first.wait_for()
    shown = page.locator("#sample .candidate .text").first.inner_text()
    assert "owned" not in page.title()
    assert page.locator("#sample img, #sample script, #sample b, #sample i").count() == 0
    if name == "turned":
        assert "\\u202e" in shown and "\u202e" not in shown
    elif name == "long":
        assert len(shown) < 25_000
        assert "more characters: the whole text is in samples.jsonl" in page.locator("#sample").inner_text()
    else:
        assert HOSTILE[name] in shown


def test_the_keyboard_is_enough(window: Open, folders: Folders) -> None:
    page = window().open(address(folders))
    for key in ("j", "j", "k", "j"):
        page.keyboard.press(key)
    second = page.locator("table.rows tbody tr").nth(1).locator("a")
    assert page.evaluate("document.activeElement.textContent") == second.inner_text()
    page.keyboard.press("Enter")
    page.locator("#sample h2").wait_for()
    opened = page.locator("#sample h2").inner_text()
    page.keyboard.press("j")
    page.wait_for_function("before => document.querySelector('#sample h2').textContent !== before", arg=opened)
    page.keyboard.press("Escape")
    page.locator("table.rows").wait_for()
    page.keyboard.press("n")
    page.locator(".status").get_by_text("51–").wait_for()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["", "#sample=pair%2066"])
def test_nothing_stands_in_the_way_of_assistive_technology(
    window: Open, folders: Folders, scheme: str, place: str
) -> None:
    one = window(color_scheme=scheme)
    page = one.open(address(folders, place))
    if place:
        page.locator("#sample .candidate").first.wait_for()
    assert one.violations() == []


@pytest.mark.parametrize("place", ["", "#sample=pair%2066"])
def test_at_twice_the_size_nothing_is_cut_off_to_the_side(window: Open, folders: Folders, place: str) -> None:
    one = window()
    one.page.set_viewport_size({"width": 640, "height": 450})
    page = one.open(address(folders, place))
    if place:
        page.locator("#sample .candidate").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_the_dark_page_is_dark(window: Open, folders: Folders) -> None:
    page = window(color_scheme="dark").open(address(folders))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 27)"
