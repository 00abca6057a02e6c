"""Where the component is kept: a folder that nobody else can write."""

from pathlib import Path

import pytest

from reward_agent.errors import ConfigError
from reward_agent.sandbox.wasm import cache

pytestmark = pytest.mark.extras


@pytest.fixture(autouse=True)
def _installed() -> None:
    if cache.missing() is not None:
        pytest.skip(str(cache.missing()))


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o720])
def test_a_folder_that_others_can_write_is_refused(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "wasm"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(ConfigError, match="writable by nobody else"):
        cache.ensure(folder)


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "wasm").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="must belong to you"):
        cache.ensure(tmp_path / "wasm")


def test_machine_code_that_others_could_have_written_is_refused(wasm_component: Path) -> None:
    wasm_component.chmod(0o666)
    try:
        with pytest.raises(ConfigError, match="mode 666"):
            cache.ensure(cache.user_folder())
    finally:
        wasm_component.chmod(0o600)


def test_it_is_built_once(wasm_component: Path) -> None:
    before = wasm_component.stat().st_mtime_ns
    assert cache.ensure(cache.user_folder()) == wasm_component
    assert wasm_component.stat().st_mtime_ns == before
    assert [path.name for path in wasm_component.parent.iterdir()] == [wasm_component.name]


def test_a_folder_that_cannot_be_made_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be kept in"):
        cache.ensure(tmp_path / "file" / "wasm")
