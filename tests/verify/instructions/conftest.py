"""A real sandbox for the tests of written checkers."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from reward_agent.errors import ConfigError
from reward_agent.sandbox import JailedSandbox, open_sandbox


@pytest.fixture(scope="session")
def in_sandbox() -> Callable[..., object]:
    """Runs an async function of one sandbox; skips where the host cannot give one."""

    def run(use: Callable[[JailedSandbox], Awaitable[object]]) -> object:
        async def inside() -> object:
            async with open_sandbox(workers=1, cpu_s=0.2, wall_s=5) as sandbox:
                return await use(sandbox)

        try:
            return asyncio.run(inside())
        except ConfigError as error:
            pytest.skip(str(error))

    return run
