"""Headless Chromium for what a person looks at: Debian's /usr/bin/chromium, driven by Playwright."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reward_agent.jobs.viewing import Viewing
from reward_agent.reports.html.serve import ViewServer
from tests.reports.html.runs import hostile_pairs, make_run, pairs

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@dataclass(kw_only=True)
class Window:
    """A page, what it complained of and whom it asked."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, address: str) -> Any:
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready]")
        return self.page

    def violations(self) -> list[str]:
        """What axe-core finds serious or critical on the page as it stands."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Closed after each module: while it is open, its event loop is this thread's."""
    playwright: Any = pytest.importorskip("playwright.sync_api")
    pytest.importorskip("axe_playwright_python")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}: apt-get install -y chromium")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def window(browser: Any) -> Iterator[Callable[..., Window]]:
    """Opens windows; at the end none may have complained."""
    made: list[Window] = []
    with ExitStack() as stack:

        def opened(**options: Any) -> Window:
            context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(10_000)
            one = Window(page=page)
            page.on("console", lambda message: one.complaints.append(f"{message.type}: {message.text}"))
            page.on("pageerror", lambda error: one.complaints.append(str(error)))
            page.on("request", lambda request: one.requests.append(request.url))
            made.append(one)
            return one

        yield opened
    assert [complaint for one in made for complaint in one.complaints] == []


@pytest.fixture(scope="session")
def folders() -> Iterator[tuple[Path, Path]]:
    """Two runs on the same pairs, in the second of which a verifier fails."""
    with tempfile.TemporaryDirectory() as place:
        rows = [*pairs(70), *hostile_pairs()]
        with ThreadPoolExecutor(1) as thread:  # the browser's event loop runs in this one
            first = thread.submit(make_run, Path(place) / "first", rows).result()
            second = thread.submit(make_run, Path(place) / "second", rows, broken=True).result()
        yield first, second


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Serves run folders and gives the address."""
    with ExitStack() as stack:

        def serve(*paths: Path) -> str:
            viewing = stack.enter_context(Viewing.open(paths, cache=tmp_path / "cache"))
            server = stack.enter_context(ViewServer(viewing, port=0))
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            viewing.wait_read()
            return server.url

        yield serve
