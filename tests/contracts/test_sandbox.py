"""What every sandbox must do, whatever it runs checkers in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from reward_agent.errors import ConfigError
from reward_agent.protocols import Sandbox
from reward_agent.sandbox import FusionSandbox, open_sandbox
from reward_agent.testing import ScriptedSandbox
from reward_agent.types import Outcome
from tests.sandbox.fusion_server import fusion_server

EVEN = "def check_following(response):\n    return len(response) % 2 == 0\n"


@asynccontextmanager
async def scripted() -> AsyncIterator[Sandbox]:
    yield ScriptedSandbox(lambda checker, response: Outcome.TRUE if len(response) % 2 == 0 else Outcome.FALSE)


def strict() -> AbstractAsyncContextManager[Sandbox]:
    return open_sandbox(require="strict", workers=1)


def degraded() -> AbstractAsyncContextManager[Sandbox]:
    return open_sandbox(require="degraded", workers=1, without=["seccomp", "landlock"])


def wasm() -> AbstractAsyncContextManager[Sandbox]:
    return open_sandbox(require="wasm", tier="wasm", workers=1)


@asynccontextmanager
async def on_a_server() -> AsyncIterator[Sandbox]:
    with fusion_server() as url:
        yield FusionSandbox(url=url)


@pytest.fixture(
    params=[scripted, strict, degraded, on_a_server, pytest.param(wasm, marks=pytest.mark.extras)],
    ids=lambda opened: opened.__name__,
)
def with_sandbox(request: pytest.FixtureRequest) -> Callable[..., object]:
    if request.param is wasm:
        request.getfixturevalue("wasm_component")

    def run(use: Callable[[Sandbox], Awaitable[object]]) -> object:
        async def inside() -> object:
            async with request.param() as sandbox:
                assert isinstance(sandbox, Sandbox)
                return await use(sandbox)

        try:
            return asyncio.run(inside())
        except ConfigError as error:
            pytest.skip(str(error))

    return run


@pytest.mark.parametrize(
    "responses", [[], ["ab"], ("a", "ab", "abc"), ["", "é", "😀😀", "\ud800", "a\0"], ["x" * 10**6]]
)
def test_there_is_one_outcome_a_response_in_order(with_sandbox: Callable[..., object], responses: list[str]) -> None:
    async def use(sandbox: Sandbox) -> object:
        return list(await sandbox.run(EVEN, responses))

    assert with_sandbox(use) == [Outcome.FALSE if len(text) % 2 else Outcome.TRUE for text in responses]


def test_the_same_response_gets_the_same_outcome_beside_any_others(with_sandbox: Callable[..., object]) -> None:
    async def use(sandbox: Sandbox) -> object:
        together = await sandbox.run(EVEN, ["a", "bb", "ccc"])
        apart = [(await sandbox.run(EVEN, [text]))[0] for text in ("a", "bb", "ccc")]
        return list(together) == apart

    assert with_sandbox(use)


def test_many_callers_at_once_get_their_own_answers(with_sandbox: Callable[..., object]) -> None:
    async def use(sandbox: Sandbox) -> object:
        return [list(o) for o in await asyncio.gather(*(sandbox.run(EVEN, ["a" * n, "b"]) for n in range(20)))]

    even, odd = Outcome.TRUE, Outcome.FALSE
    assert with_sandbox(use) == [[odd if n % 2 else even, odd] for n in range(20)]
