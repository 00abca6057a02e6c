"""Sandboxes for tests. Where this host cannot give the strict tier its tests are skipped, with the reason."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from reward_agent.errors import ConfigError
from reward_agent.sandbox import JailedSandbox, open_sandbox


async def _nothing() -> None:
    async with open_sandbox(workers=1):
        pass


@pytest.fixture(scope="session")
def strict() -> None:
    """Skips the test where the strict tier cannot be had."""
    try:
        asyncio.run(_nothing())
    except ConfigError as error:
        pytest.skip(str(error))


@pytest.fixture
def in_sandbox(strict: None) -> Callable[..., object]:
    """Runs an async function of one sandbox; keyword arguments go to `open_sandbox`."""

    def run(use: Callable[[JailedSandbox], Awaitable[object]], **settings: object) -> object:
        async def inside() -> object:
            async with open_sandbox(**{"workers": 1, "cpu_s": 0.3, **settings}) as sandbox:  # type: ignore[arg-type]
                return await use(sandbox)

        return asyncio.run(inside())

    return run
