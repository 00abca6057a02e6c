"""What is special about a Redis server; what every store must do is in tests/contracts/test_store.py."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from reward_agent.chat.cache import CachedChat, keeping_replies
from reward_agent.config import load_settings
from reward_agent.errors import ConfigError, StoreError
from reward_agent.store.redis import Address, open_redis
from reward_agent.testing import ScriptedChat
from tests.chat.conftest import question
from tests.redis_server import free_port, running

extras = pytest.mark.extras
YES = '{"answer": "yes"}'
PASSWORD = "correct-horse"


def put_and_get(address: Address, value: bytes = b"one") -> bytes | None:
    async def both() -> bytes | None:
        async with open_redis(address) as store:
            await store.put("test", "a", value)
            return await store.get("test", "a")

    return asyncio.run(both())


def refused(address: Address) -> str:
    with pytest.raises(StoreError) as caught:
        put_and_get(address)
    return str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "redis://:correct-horse@host",
        "redis://me:correct-horse@host:nonsense",
        "redis://host?password=correct-horse",
        "redis:/:correct-horse@host",
        "redis://host/correct-horse",
        "http://host",
        "redis://",
        "unix://",
        "redis://host:nonsense",
        "",
    ],
)
def test_another_url_is_refused_and_a_password_in_it_not_repeated(url: str) -> None:
    with pytest.raises(ConfigError, match=r"cache.*url") as caught:
        load_settings(overrides=[f"cache.url={url}"])
    assert "correct" not in str(caught.value)


def test_a_url_alone_says_that_the_cache_is_a_server() -> None:
    assert load_settings(overrides=["cache.url=rediss://me@host:7000/2"]).cache.type == "redis"
    options = Address(url="rediss://me@host:7000/2", password="p", ca_file="ca.pem").options
    assert (options["host"], options["port"], options["db"], options["username"]) == ("host", 7000, 2, "me")
    assert (options["ssl"], options["ssl_cert_reqs"], options["ssl_ca_certs"]) == (True, "required", "ca.pem")


def test_an_address_shows_no_password() -> None:
    assert PASSWORD not in repr(Address(url="redis://host", password=PASSWORD))


@extras
def test_nobody_answers(tmp_path: Path) -> None:
    pytest.importorskip("redis")
    said = refused(Address(url=f"redis://127.0.0.1:{free_port()}"))
    assert "cannot be used" in said
    assert "see that it runs" in said


@extras
def test_a_password_is_needed_and_told_to_nobody(tmp_path: Path) -> None:
    with running(tmp_path, "--requirepass", PASSWORD) as server:
        assert put_and_get(Address(url=server.url, password=PASSWORD)) == b"one"
        for wrong in (None, "battery-staple"):
            said = refused(Address(url=server.url, password=wrong))
            assert "cache.password_env" in said
            assert "battery" not in said


@extras
def test_a_full_server_says_so(tmp_path: Path) -> None:
    with running(tmp_path, "--maxmemory", "100kb") as server:
        assert "it is full" in refused(Address(url=server.url))


@extras
def test_a_key_of_something_else_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        command = ["redis-cli", "-p", str(server.port), "hset", "reward-agent:1:test:b", "x", "y"]
        subprocess.run(command, check=True, capture_output=True)

        async def get() -> bytes | None:
            async with open_redis(Address(url=server.url)) as store:
                return await store.get("test", "b")

        with pytest.raises(StoreError, match="a prefix of its own"):
            asyncio.run(get())


@extras
def test_prefixes_do_not_see_each_other(tmp_path: Path) -> None:
    async def get(address: Address) -> bytes | None:
        async with open_redis(address) as store:
            return await store.get("test", "a")

    with running(tmp_path) as server:
        put_and_get(Address(url=server.url, prefix="mine"))
        assert asyncio.run(get(Address(url=server.url, prefix="yours"))) is None
        assert asyncio.run(get(Address(url=server.url, prefix="mine"))) == b"one"


@extras
def test_a_server_that_comes_back_is_used_again(tmp_path: Path) -> None:
    with running(tmp_path) as server:

        async def restart() -> bytes | None:
            async with open_redis(Address(url=server.url)) as store:
                await store.put("test", "a", b"one")
                server.stop()
                server.start()
                return await store.get("test", "a")

        assert asyncio.run(restart()) == b"one"


@extras
def test_a_server_that_goes_away_costs_calls_is_said_once_and_changes_no_reply(tmp_path: Path) -> None:
    model, said = ScriptedChat([YES] * 4), list[str]()
    with running(tmp_path) as server:

        async def run() -> list[str]:
            async with open_redis(Address(url=server.url)) as store:
                cached = CachedChat(model=model, keeping=keeping_replies(store, say=said.append), identity="m")
                texts = [(await cached.complete(question("kept"))).text for _ in range(2)]
                server.stop()
                return [*texts, *[(await cached.complete(question(str(n)))).text for n in range(3)]]

        assert asyncio.run(run()) == [YES] * 5
    assert len(model.requests) == 4
    assert len(said) == 1
    assert "replies are no longer kept" in said[0]


@extras
def test_a_socket_of_this_machine_will_do(tmp_path: Path) -> None:
    with running(tmp_path, "--unixsocket", str(tmp_path / "s")):
        assert put_and_get(Address(url=f"unix://{tmp_path / 's'}")) == b"one"


@extras
def test_tls_is_checked(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs the program openssl, for a certificate")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate)]
    made += ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(made, check=True, capture_output=True)
    options = ["--tls-cert-file", str(certificate), "--tls-key-file", str(key), "--tls-auth-clients", "no"]
    with running(tmp_path, *options, scheme="rediss") as server:
        assert put_and_get(Address(url=server.url, ca_file=str(certificate))) == b"one"
        assert "certificate verify failed" in refused(Address(url=server.url))
