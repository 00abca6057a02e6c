import asyncio
import json
import subprocess
import sys
import urllib.request
from typing import Any

import pytest

from reward_agent.chat.openai import open_openai
from reward_agent.testing.llm_server import Faults, llm_server
from reward_agent.testing.llm_server.http import MAX_BODY_BYTES
from reward_agent.types import ChatRequest, Message

REQUEST = ChatRequest(messages=(Message(role="user", content="Is it?"),), purpose="tests.server")


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    from reward_agent.testing.simulated import ANSWERS

    monkeypatch.setitem(ANSWERS, "tests.server", lambda request: json.dumps({"said": request.messages[-1].content}))


async def exchanged(url: str, *messages: bytes) -> bytes:
    """What the server sends for raw bytes until it closes or a second reply's worth has come."""
    host, port = url.removeprefix("http://").removesuffix("/v1").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for message in messages:
        writer.write(message)
        await writer.drain()
    writer.write_eof()
    try:
        return await reader.read()
    finally:
        writer.close()


async def fetched(url: str, path: str, *, method: str = "GET", body: bytes = b"", headers: str = "") -> Any:
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    answer = await exchanged(url, head.encode() + body)
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def test_it_answers_by_the_purpose_and_counts() -> None:
    async def run() -> Any:
        async with llm_server() as server, open_openai(model="m", base_url=server.url, api_key=None) as chat:
            completion = await chat.complete(REQUEST)
            assert json.loads(completion.text) == {"said": "Is it?"}
            assert completion.usage.tokens > 0
            return await fetched(server.url, "/stats")

    stats = asyncio.run(run())
    assert stats["calls"] == {"tests.server": 1}
    assert stats["prompt_characters"] == {"tests.server": len("Is it?")}
    assert stats["peak_in_flight"] == 1


def test_it_knows_the_purpose_by_the_schemas_name_too() -> None:
    body = {
        "messages": [{"role": "user", "content": "Hm?"}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "tests_server", "schema": {}}},
    }

    async def run() -> Any:
        async with llm_server() as server:
            return await fetched(server.url, "/v1/chat/completions", method="POST", body=json.dumps(body).encode())

    assert json.loads(asyncio.run(run())["choices"][0]["message"]["content"]) == {"said": "Hm?"}


def test_an_unknown_purpose_or_path_is_an_error_that_says_so() -> None:
    async def run() -> list[Any]:
        async with llm_server() as server:
            body = json.dumps({"messages": []}).encode()
            return [
                await fetched(server.url, "/v1/chat/completions", method="POST", body=body),
                await fetched(server.url, "/v1/chat/completions", method="POST", body=b"{"),
                await fetched(server.url, "/v1/chat/completions", method="POST", body=b'{"stream": true}'),
                await fetched(server.url, "/v2"),
            ]

    messages = [reply["error"]["message"] for reply in asyncio.run(run())]
    assert "no answer to prompts of ''" in messages[0]
    assert "cannot be read" in messages[1]
    assert "does not stream" in messages[2]
    assert "there is no GET /v2 here" in messages[3]


def test_it_lists_its_model_and_forgets_its_counts_when_told() -> None:
    async def run() -> tuple[Any, Any]:
        async with llm_server() as server:
            server.stats.calls["x"] += 1
            models = await fetched(server.url, "/v1/models")
            await fetched(server.url, "/stats", method="DELETE")
            return models, await fetched(server.url, "/stats")

    models, stats = asyncio.run(run())
    assert models["data"][0]["id"] == "simulated"
    assert stats["calls"] == {}


def test_requests_on_one_connection_are_answered_in_turn_and_in_pieces() -> None:
    async def run() -> bytes:
        async with llm_server(latency_ms=1) as server:
            one = b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n"
            return await exchanged(server.url, one[:10], one[10:] + one)

    assert asyncio.run(run()).count(b"HTTP/1.1 200 OK") >= 1


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"hello\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1),
        b"x" * 70_000,
    ],
)
def test_what_it_cannot_read_is_refused_and_the_connection_closed(request_bytes: bytes) -> None:
    async def run() -> bytes:
        async with llm_server() as server:
            return await exchanged(server.url, request_bytes)

    assert asyncio.run(run()).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("429", "rate limit"),
        ("500", "server error"),
        ("503", "server error"),
        ("hang", "timeout"),
        ("cut", "connection"),
        ("garbled", "server error"),
        ("refusal", "refused"),
        ("empty", "empty reply"),
        ("length", "truncated"),
        ("malformed", None),
    ],
)
def test_every_fault_reaches_the_client_as_what_it_is(fault: str, kind: str | None) -> None:
    async def run() -> tuple[str | None, dict[str, int]]:
        async with (
            llm_server(faults=Faults(shares={fault: 1.0})) as server,
            open_openai(model="m", base_url=server.url, api_key=None, timeout_s=0.2) as chat,
        ):
            (result,) = await asyncio.gather(chat.complete(REQUEST), return_exceptions=True)
            return getattr(result, "kind", None), dict(server.stats.faults)

    assert asyncio.run(run()) == (kind, {fault: 1})


def test_a_client_that_leaves_is_no_longer_in_flight() -> None:
    async def run() -> int:
        async with llm_server(faults=Faults(shares={"hang": 1.0})) as server:
            async with open_openai(model="m", base_url=server.url, api_key=None, timeout_s=0.1) as chat:
                await asyncio.gather(chat.complete(REQUEST), return_exceptions=True)
            for _ in range(5):
                await asyncio.sleep(0)
            return server.stats.in_flight

    assert asyncio.run(run()) == 0


@pytest.mark.slow
def test_it_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "reward_agent.testing.llm_server", "--port", "0", "--faults", "429=0.5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        url = program.stdout.readline().split()[-1]
        try:
            with urllib.request.urlopen(url.removesuffix("/v1") + "/stats") as reply:
                assert json.load(reply)["calls"] == {}
        finally:
            program.terminate()


def test_a_fault_it_does_not_know_is_refused_with_the_list() -> None:
    command = [sys.executable, "-m", "reward_agent.testing.llm_server", "--faults", "fire=1"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "the faults are 429, 500" in run.stderr
