"""Who may come in, and how much they may bring."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from reward_agent.errors import ConfigError
from reward_agent.service.serving import tokens_from
from reward_agent.testing import agent_of
from tests.service.doubles import SAMPLE, HeldVerifier, LoopJudges, a_service, asked, client_of

TOKEN = "0123456789abcdef-token"
BODY = {"samples": [SAMPLE]}


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("Bearer wrong-token-0123456789", 401),
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Basic {TOKEN}", 401),
        ("Bearer \xff", 401),
    ],
)
def test_a_token_is_needed_and_must_be_ours(header: str | None, status: int) -> None:
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    reply = asked(
        "POST", "/v1/score", service=a_service(tokens=["other-token-of-ours", TOKEN]), json=BODY, headers=headers
    )
    assert reply.status_code == status
    assert TOKEN not in reply.text


def test_a_browser_may_give_the_token_as_password() -> None:
    async def ask() -> int:
        async with client_of(a_service(tokens=[TOKEN]), auth=("anybody", TOKEN)) as client:
            return (await client.get("/dashboard")).status_code

    assert asyncio.run(ask()) == 200


@pytest.mark.parametrize("path", ["/metrics", "/dashboard", "/docs", "/openapi.json", "/nowhere"])
def test_nothing_but_health_is_shown_without_a_token(path: str) -> None:
    service = a_service(tokens=[TOKEN])
    assert asked("GET", path, service=service).status_code == 401
    assert asked("GET", "/healthz", service=service).status_code == 200
    assert asked("GET", "/readyz", service=service).status_code == 200


def test_without_a_token_no_other_hosts_name_is_answered() -> None:
    reply = asked("POST", "/v1/score", json=BODY, headers={"Host": "evil.example:8000"})
    assert reply.status_code == 421


@pytest.mark.parametrize(
    ("text", "host", "fits"),
    [
        ("", "127.0.0.1", True),
        ("", "::1", True),
        ("", "0.0.0.0", False),
        (TOKEN, "0.0.0.0", True),
        ("short", "127.0.0.1", False),
    ],
)
def test_a_host_that_others_reach_needs_a_token(text: str, host: str, fits: bool) -> None:
    if fits:
        assert tokens_from(text, "VARIABLE", host) == tuple(text.split())
    else:
        with pytest.raises(ConfigError, match="VARIABLE"):
            tokens_from(text, "VARIABLE", host)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused_also_in_pieces(chunked: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * 1024

    service = a_service(max_body_mb=0.01)
    headers = {"Content-Type": "application/json"}
    content = pieces() if chunked else b" " * 65536
    reply = asked("POST", "/v1/score", service=service, content=content, headers=headers)
    assert reply.status_code == 413
    assert "serve.max_body_mb" in reply.json()["detail"]


def test_requests_of_one_token_are_limited_and_others_not() -> None:
    async def ask() -> None:
        held = HeldVerifier()
        service = a_service(LoopJudges(agent=agent_of(verifiers=[held])), tokens=[TOKEN, TOKEN * 2], per_token=1)
        first, second = ({"Authorization": f"Bearer {token}"} for token in (TOKEN, TOKEN * 2))
        async with client_of(service) as client:
            under_way = [asyncio.create_task(client.post("/v1/score", json=BODY, headers=first))]
            await held.began.wait()
            refused = await client.post("/v1/score", json=BODY, headers=first)
            under_way.append(asyncio.create_task(client.post("/v1/score", json=BODY, headers=second)))
            held.let_go.set()
            assert [reply.status_code for reply in await asyncio.gather(*under_way)] == [200, 200]
            assert (await client.post("/v1/score", json=BODY, headers=first)).status_code == 200
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "1"

    asyncio.run(ask())


def test_a_bug_is_500_and_its_words_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Buggy(LoopJudges):
        async def judge(self, job: object) -> object:  # type: ignore[override]
            raise RuntimeError("the prompt was SECRET")

    reply = asked("POST", "/v1/score", service=a_service(Buggy()), json=BODY)
    assert reply.status_code == 500
    assert "SECRET" not in reply.text + caplog.text
    assert "RuntimeError" in caplog.text


@pytest.mark.parametrize("path", ["/nowhere", "/v1/score"])
def test_what_is_not_there_is_told_in_the_same_shape(path: str) -> None:
    reply = asked("GET", path)
    assert reply.status_code in (404, 405)
    assert set(reply.json()) == {"detail", "kind", "failures"}
