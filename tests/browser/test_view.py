"""`reward-agent view` in headless Chromium: one run, two runs, and a run that goes on."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Window

pytestmark = pytest.mark.extras

Open = Callable[..., Window]
Serve = Callable[..., str]
Folders = tuple[Path, Path]


def test_a_run_is_listed_searched_and_opened(window: Open, served: Serve, folders: Folders) -> None:
    url = served(folders[0])
    one = window()
    page = one.open(url)
    page.get_by_label("Search").fill("shout number 44")
    page.locator(".status").get_by_text("1–1 of 1 sample").wait_for()
    page.get_by_role("link", name="pair 44").click()
    page.get_by_text("How the score came about").wait_for()
    page.keyboard.press("Escape")
    page.get_by_label("Search").fill("")
    page.get_by_label("Outcome").select_option("wrong")
    page.locator("table.rows .outcome.wrong").first.wait_for()
    assert one.violations() == []
    assert {address.split("/")[2] for address in one.requests if not address.startswith("data:")} == {url.split("/")[2]}


def test_two_runs_are_compared_and_say_what_changed(window: Open, served: Serve, folders: Folders) -> None:
    one = window()
    page = one.open(served(*folders))
    assert "first against second" in page.locator("h1").inner_text()
    page.get_by_label("Changes").select_option("signals")
    page.get_by_text("✘ factuality failed (error) in B").first.wait_for()
    page.get_by_label("Changes").select_option("")
    assert one.violations() == []
    page.locator("table.rows tbody a").first.click()
    page.get_by_role("heading", name="A: first").wait_for()
    page.get_by_role("heading", name="B: second").wait_for()
    assert one.violations() == []


def test_a_page_that_is_open_follows_the_run(window: Open, served: Serve, folders: Folders, tmp_path: Path) -> None:
    run = tmp_path / "live"
    shutil.copytree(folders[0], run, ignore=shutil.ignore_patterns("report.*"))
    lines = (run / "judgments.jsonl").read_bytes().splitlines(keepends=True)
    (run / "judgments.jsonl").write_bytes(b"".join(lines[:20]) + lines[20][:50])
    page = window().open(served(run))
    page.get_by_text("20 of 74 samples").first.wait_for()
    with (run / "judgments.jsonl").open("ab") as journal:
        journal.write(lines[20][50:] + b"".join(lines[21:]))
    page.get_by_text("74 of 74 samples").first.wait_for(timeout=20_000)
