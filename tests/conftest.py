"""What every test can rely on: no network (pytest-socket, see pyproject), warnings are errors, and the public data
where this checkout has it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from reward_agent.sandbox.wasm import cache as wasm_cache

# A busy machine is no failure; and CI repeats the same examples, so that a change is judged by what it changed.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public development data beside the checkout; tests that need it are skipped without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the public development data are not beside this checkout")
    return SHARED_DATA


@pytest.fixture
def heeds_ctrl_c() -> Iterator[None]:
    """A program that is started where Ctrl-C is ignored, as in a shell's background, ignores it too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def wasm_component(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The sandbox's WebAssembly component, built once for this checkout and kept in pytest's own cache folder."""
    lacking = wasm_cache.missing()
    if lacking is not None:
        pytest.skip(lacking)
    folder = request.config.cache.mkdir("wasm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield wasm_cache.ensure(wasm_cache.user_folder())
