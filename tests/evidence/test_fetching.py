"""One polite request: what is tried again, what is bounded, and how each failure is called."""

import asyncio
import threading
from typing import Any

import httpx2
import pytest

from reward_agent.errors import SignalError
from reward_agent.evidence.faults import SearchError, SearchLimited, SearchRefused, SearchTimeout, UnreadableResults
from reward_agent.evidence.fetching import MAX_BODY_BYTES, Fetcher
from tests.evidence.search_server import Asked, Reply, SearchServer, in_turn, search_server

KEY = "k-secret-0815"


def fetched(url: str, **settings: Any) -> Any:
    async def fetch() -> Any:
        async with httpx2.AsyncClient(timeout=None) as client:
            fetcher = Fetcher(client=client, name="the service", first_wait_s=0.0, **settings)
            return await fetcher.json("GET", f"{url}/search", params={"q": "sea"}, headers={"X-Key": KEY})

    return asyncio.run(fetch())


def test_json_comes_back() -> None:
    with search_server(in_turn(Reply(body={"hits": 1}))) as server:
        assert fetched(server.url) == {"hits": 1}
        assert server.asked[0].params == {"q": "sea"}
        assert server.asked[0].headers["x-key"] == KEY


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_pass_is_tried_again(status: int) -> None:
    with search_server(in_turn(Reply(status=status), Reply(status=status), Reply(body={}))) as server:
        assert fetched(server.url) == {}
        assert len(server.asked) == 3


def test_a_retry_after_is_waited_for_only_if_it_is_short() -> None:
    with search_server(in_turn(Reply(status=429, headers={"Retry-After": "0"}), Reply(body={}))) as server:
        assert fetched(server.url) == {}
    with search_server(in_turn(Reply(status=429, headers={"Retry-After": "3600"}), Reply(body={}))) as server:
        with pytest.raises(SearchLimited):
            fetched(server.url)
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("reply", "error", "kind", "tries"),
    [
        (Reply(status=429), SearchLimited, "search limited", 3),
        (Reply(status=503), SearchError, "search", 3),
        (Reply(status=500, body=b"oops"), SearchError, "search", 1),
        (Reply(status=401), SearchRefused, "search refused", 1),
        (Reply(status=422, body=b"q is too long"), SearchRefused, "search refused", 1),
        (Reply(status=302, headers={"Location": "http://127.0.0.1:1/"}), SearchRefused, "search refused", 1),
        (Reply(body=b"<html>"), UnreadableResults, "unreadable results", 1),
        (Reply(body=b"[" * 100_000), UnreadableResults, "unreadable results", 1),
        (Reply(body=b" " * (MAX_BODY_BYTES + 1)), UnreadableResults, "unreadable results", 1),
    ],
)
def test_each_failure_has_its_kind(reply: Reply, error: type[SignalError], kind: str, tries: int) -> None:
    with search_server(in_turn(reply)) as server:
        with pytest.raises(error) as raised:
            fetched(server.url)
        assert raised.value.kind == kind
        assert len(server.asked) == tries


def test_a_refusal_does_not_repeat_the_key() -> None:
    reply = Reply(status=401, body=f"bad key {KEY}".encode())
    with search_server(in_turn(reply)) as server, pytest.raises(SearchRefused) as raised:
        fetched(server.url)
    assert KEY not in str(raised.value)


def test_a_key_that_cannot_be_sent_is_not_shown_and_not_tried_again() -> None:
    async def fetch() -> None:
        async with httpx2.AsyncClient(timeout=None) as client:
            fetcher = Fetcher(client=client, name="the service", first_wait_s=0.0)
            await fetcher.json("GET", server.url, headers={"X-Key": f"{KEY}\n"})

    with search_server(in_turn(Reply(body={}))) as server:
        with pytest.raises(SearchRefused) as raised:
            asyncio.run(fetch())
        assert server.asked == []
    assert KEY not in str(raised.value)


def test_a_service_that_hangs_is_given_up() -> None:
    released = threading.Event()

    def hang(asked: Asked) -> Reply:
        released.wait(10)
        return Reply(body={})

    with search_server(hang) as server:
        try:
            with pytest.raises(SearchTimeout, match=r"0\.05 s"):
                fetched(server.url, timeout_s=0.05, tries=2)
            assert len(server.asked) == 2
        finally:
            released.set()


def test_a_service_that_is_not_there_says_so() -> None:
    with search_server(in_turn(Reply())) as server:
        gone: SearchServer = server
    with pytest.raises(SearchError, match="could not be reached"):
        fetched(gone.url)
