"""What every `Store` must do, whatever keeps it."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reward_agent.build.kept import open_cache
from reward_agent.config import load_settings
from reward_agent.config.section import Off
from reward_agent.store import Store
from tests.redis_server import running


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is, as a setting says it."""

    setting: str

    def open(self) -> AbstractAsyncContextManager[Store]:
        cache = load_settings(overrides=[self.setting]).cache
        assert not isinstance(cache, Off)
        return open_cache(cache)

    def put(self, key: str, value: bytes) -> None:
        async def keep() -> None:
            async with self.open() as store:
                await store.put("test", key, value)

        asyncio.run(keep())

    def found(self, key: str) -> bytes | None:
        async def find() -> bytes | None:
            async with self.open() as store:
                return await store.get("test", key)

        return asyncio.run(find())


@pytest.fixture(params=["sqlite", pytest.param("redis", marks=pytest.mark.extras)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        yield Place(f"cache.file={tmp_path / 'new' / 'store.sqlite'}")
        return
    with running(tmp_path) as server:
        yield Place(f"cache.url={server.url}")


def test_what_was_put_is_found_again_and_by_the_next_process(place: Place) -> None:
    place.put("a", b"\x00one\xff")
    assert place.found("a") == b"\x00one\xff"
    assert place.found("b") is None


def test_the_second_value_of_a_key_takes_the_place_of_the_first(place: Place) -> None:
    place.put("a", b"one")
    place.put("a", b"")
    assert place.found("a") == b""


def test_namespaces_do_not_see_each_other(place: Place) -> None:
    async def values() -> list[bytes | None]:
        async with place.open() as store:
            assert isinstance(store, Store)
            await store.put("one", "two:key", b"1")
            return [await store.get(*at) for at in (("one", "two:key"), ("two", "two:key"), ("one:two", "key"))]

    assert asyncio.run(values()) == [b"1", None, None]


def test_many_callers_at_once_each_get_their_own(place: Place) -> None:
    async def values() -> list[bytes | None]:
        async with place.open() as store:
            await asyncio.gather(*(store.put("n", str(k), b"%d" % k) for k in range(500)))
            return await asyncio.gather(*(store.get("n", str(k)) for k in range(501)))

    assert asyncio.run(values()) == [*(b"%d" % k for k in range(500)), None]


def test_a_long_value_is_whole(place: Place) -> None:
    place.put("a", bytes(range(256)) * 20_000)
    assert place.found("a") == bytes(range(256)) * 20_000


def test_what_a_caller_that_gave_up_has_put_is_kept_all_the_same(place: Place) -> None:
    async def give_up() -> None:
        async with place.open() as store:
            task = asyncio.create_task(store.put("test", "a", b"one"))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(give_up())
    assert place.found("a") == b"one"


def test_a_key_that_is_no_text_fails_its_caller_and_not_the_store(place: Place) -> None:
    async def put() -> bytes | None:
        async with place.open() as store:
            with pytest.raises(UnicodeEncodeError):
                await store.put("test", "\ud800", b"one")
            await store.put("test", "a", b"one")
            return await store.get("test", "a")

    assert asyncio.run(put()) == b"one"


WRITER = """
import asyncio, sys
from reward_agent.build.kept import open_cache
from reward_agent.config import load_settings

async def write(setting, name):
    async with open_cache(load_settings(overrides=[setting]).cache) as store:
        await asyncio.gather(*(store.put("test", f"{name}{k}", b"x" * 1000) for k in range(50)))
        for k in range(50):
            await store.put("test", "shared", name.encode())

asyncio.run(write(*sys.argv[1:]))
"""


@pytest.mark.slow
def test_many_processes_open_and_fill_a_new_one_at_once(place: Place) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, place.setting, name]) for name in "abcd"]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    assert all(place.found(f"{name}{k}") == b"x" * 1000 for name in "abcd" for k in (0, 49))
    assert place.found("shared") in {b"a", b"b", b"c", b"d"}
