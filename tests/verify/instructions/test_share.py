import asyncio

import pytest

from reward_agent.errors import SignalError
from reward_agent.verify.instructions.share import Shared


def test_those_who_ask_at_the_same_time_share_one_making() -> None:
    made: list[str] = []

    async def make() -> str:
        made.append("once")
        await asyncio.sleep(0)
        return "value"

    async def ask() -> list[str]:
        shared: Shared[str] = Shared()
        first = await asyncio.gather(*(shared.value("key", make) for _ in range(5)))
        return [*first, await shared.value("key", make)]

    assert asyncio.run(ask()) == ["value"] * 6
    assert made == ["once"]


def test_what_fails_fails_for_all_who_wait_and_is_made_again_later() -> None:
    tries: list[int] = []

    async def make() -> str:
        tries.append(1)
        await asyncio.sleep(0)
        if len(tries) == 1:
            raise SignalError("not now")
        return "value"

    async def ask() -> tuple[list[str | BaseException], str]:
        shared: Shared[str] = Shared()
        first = await asyncio.gather(*(shared.value("key", make) for _ in range(2)), return_exceptions=True)
        return first, await shared.value("key", make)

    first, later = asyncio.run(ask())
    assert [str(error) for error in first] == ["not now", "not now"]
    assert (later, len(tries)) == ("value", 2)


def test_one_who_gives_up_does_not_take_it_from_the_others() -> None:
    async def ask() -> str:
        shared: Shared[str] = Shared()
        go_on = asyncio.Event()

        async def make() -> str:
            await go_on.wait()
            return "value"

        first = asyncio.create_task(shared.value("key", make))
        second = asyncio.create_task(shared.value("key", make))
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        go_on.set()
        return await second

    assert asyncio.run(ask()) == "value"


def test_the_memory_is_bounded_and_forgets_the_least_used() -> None:
    made: list[str] = []

    async def ask() -> None:
        shared: Shared[str] = Shared(size=2)

        async def get(key: str) -> None:
            async def make() -> str:
                made.append(key)
                return key

            await shared.value(key, make)

        for key in ("a", "b", "a", "c", "a", "b"):
            await get(key)

    asyncio.run(ask())
    assert made == ["a", "b", "c", "b"]


def test_another_event_loop_is_no_reason_to_wait_for_ever() -> None:
    shared: Shared[str] = Shared()

    async def never() -> str:
        await asyncio.Event().wait()
        return "never"

    async def value() -> str:
        return "value"

    async def give_up() -> None:
        task = asyncio.create_task(shared.value("key", never))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(give_up())
    assert asyncio.run(shared.value("key", value)) == "value"
