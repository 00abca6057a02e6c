"""The adapter for a SandboxFusion server, against a stand-in on the loopback."""

import asyncio
import json

import pytest

from reward_agent.build import open_sandbox
from reward_agent.config import load_settings
from reward_agent.errors import ConfigError
from reward_agent.sandbox import FusionSandbox, SandboxError
from reward_agent.types import Outcome
from tests.sandbox.fusion_server import fusion_server

KINDS = """
def check_following(response):
    if response == "crash":
        import os
        os._exit(3)
    if response == "loop":
        while True:
            pass
    if response == "print":
        print("TTTTFFFF")
    return {"one": 1, "raise": None}.get(response, len(response) < 9) if response != "raise" else 1 / 0
"""


def ask(url: str, source: str, responses: list[str], timeout_s: float = 0.5) -> object:
    async def inside() -> object:
        return await FusionSandbox(url=url, timeout_s=timeout_s).run(source, responses)

    return asyncio.run(inside())


def test_every_kind_of_outcome_is_told_apart() -> None:
    with fusion_server() as url:
        found = ask(url, KINDS, ["a", "a long text", "one", "raise", "print", "crash", "a", "\ud800"])
        assert ask(url, "x = 1", ["a"]) == (Outcome.NO_FUNCTION,)
    assert found == (
        *(Outcome.TRUE, Outcome.FALSE, Outcome.NOT_A_BOOL, Outcome.EXCEPTION, Outcome.TRUE),
        *(Outcome.CRASH, Outcome.TRUE, Outcome.TRUE),
    )


def test_after_two_timeouts_the_rest_is_not_run() -> None:
    with fusion_server() as url:
        found = ask(url, KINDS, ["a", "loop", "loop", "a"], timeout_s=0.1)
    assert found == (Outcome.TRUE, Outcome.TIMEOUT, Outcome.TIMEOUT, Outcome.NOT_RUN)


def test_forged_letters_are_a_violation() -> None:
    forging = "import os\ndef check_following(response):\n    os.write(1, b'TTTT')\n    return False\n"
    with fusion_server() as url:
        assert ask(url, forging, ["a"]) == (Outcome.VIOLATION,)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"[]",
        b"<html>",
        b"[" * 10**5,
        b"{}",
        json.dumps({"status": "SandboxError", "message": "no"}).encode(),
        b'"' + b"x" * 2**20 + b'"',
    ],
)
def test_a_reply_that_is_none_is_an_error_and_no_score(reply: bytes) -> None:
    with fusion_server(reply) as url, pytest.raises(SandboxError, match="the server"):
        ask(url, KINDS, ["a"])


def test_a_server_that_is_not_there_is_an_error() -> None:
    with fusion_server() as url:
        pass
    with pytest.raises(SandboxError, match="cannot be asked"):
        ask(url, KINDS, ["a"])


def test_the_address_must_be_http() -> None:
    with pytest.raises(ConfigError, match="http://"):
        ask("file:///etc/passwd", KINDS, ["a"])


def test_the_settings_choose_a_server() -> None:
    async def use(url: str) -> object:
        async with open_sandbox(load_settings(overrides=[f"sandbox.server={url}"])) as sandbox:
            assert sandbox.report().tier == "remote"
            return await sandbox.run("def check_following(r): return True", ["a"])

    with fusion_server() as url:
        assert asyncio.run(use(url)) == (Outcome.TRUE,)
