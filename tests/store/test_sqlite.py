"""What is special about the file; what every store must do is in tests/contracts/test_store.py."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.errors import StoreError
from reward_agent.store import key_of, open_store


def kept(path: Path, key: str, value: bytes) -> None:
    async def keep() -> None:
        async with open_store(path) as store:
            await store.put("test", key, value)

    asyncio.run(keep())


def found(path: Path, key: str, *, read_only: bool = False) -> bytes | None:
    async def find() -> bytes | None:
        async with open_store(path, read_only=read_only) as store:
            return await store.get("test", key)

    return asyncio.run(find())


def test_only_its_user_can_read_what_it_holds(tmp_path: Path) -> None:
    kept(tmp_path / "new" / "store", "a", b"one")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "store").stat().st_mode & 0o777 == 0o600


def test_one_file_is_left_behind(tmp_path: Path) -> None:
    kept(tmp_path / "store", "a", b"one")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_read_only_store_finds_and_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "store"
    kept(path, "a", b"one")
    before = path.read_bytes()
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        assert found(path, "a", read_only=True) == b"one"
    finally:
        path.parent.chmod(0o700)
    assert path.read_bytes() == before


def test_a_read_only_store_refuses_to_be_written(tmp_path: Path) -> None:
    kept(tmp_path / "store", "a", b"one")

    async def write() -> None:
        async with open_store(tmp_path / "store", read_only=True) as store:
            await store.put("test", "a", b"two")

    with pytest.raises(StoreError, match="cannot be used"):
        asyncio.run(write())


def test_a_missing_file_is_named_and_not_made_where_it_is_only_read(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no file .*nothing"):
        found(tmp_path / "nothing", "a", read_only=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path, read_only: bool) -> None:
    text = tmp_path / "text"
    text.write_bytes(b"Not a database at all, but long enough to look at." * 100)
    with pytest.raises(StoreError, match="move it away"):
        found(text, "a", read_only=read_only)
    assert text.read_bytes().startswith(b"Not a database")
    other = tmp_path / "other"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    with pytest.raises(StoreError, match="not one that RewardAgent has made"):
        found(other, "a", read_only=read_only)


def test_a_store_of_a_later_format_is_refused(tmp_path: Path) -> None:
    kept(tmp_path / "store", "a", b"one")
    connection = sqlite3.connect(tmp_path / "store")
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(StoreError, match="has format 2, and this version of RewardAgent reads format 1"):
        found(tmp_path / "store", "a")


def test_a_damaged_file_is_an_error_to_each_of_its_callers(tmp_path: Path) -> None:
    path = tmp_path / "store"

    async def fill() -> None:
        async with open_store(path) as store:
            await asyncio.gather(*(store.put("test", str(k), os.urandom(5000)) for k in range(100)))

    asyncio.run(fill())
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))

    async def results() -> list[bytes | BaseException | None]:
        async with open_store(path) as store:
            return await asyncio.gather(*(store.get("test", str(k)) for k in range(5)), return_exceptions=True)

    for result in asyncio.run(results()):
        assert isinstance(result, StoreError)
        assert "damaged" in str(result)
        assert str(path) in str(result)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="name a file in a folder that you can write"):
        kept(tmp_path / "file" / "store", "a", b"one")


@given(st.lists(st.text()), st.lists(st.text()))
def test_different_parts_make_different_keys(one: list[str], other: list[str]) -> None:
    assert (key_of(*one) == key_of(*other)) == (one == other)


def test_parts_cut_elsewhere_make_another_key() -> None:
    assert key_of("ab", "c") != key_of("a", "bc") != key_of("abc")
    assert len(key_of("\ud800")) == 64
