import asyncio

import pytest

from reward_agent.together import both, together


async def value(number: int) -> int:
    await asyncio.sleep(0)
    return number


def test_results_come_in_order() -> None:
    async def run() -> None:
        assert list(await together(*(value(number) for number in range(5)))) == list(range(5))
        assert list(await together()) == []
        assert await both(value(1), value(2)) == (1, 2)

    asyncio.run(run())


def test_no_more_run_at_once_than_allowed() -> None:
    running, most = 0, 0

    async def one() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    asyncio.run(_of(together(*(one() for _ in range(9)), in_flight=3)))
    assert most == 3


async def _of(work: object) -> object:
    return await work  # type: ignore[misc]


@pytest.mark.parametrize("in_flight", [None, 1])
def test_an_error_is_raised_as_itself_and_stops_the_others(in_flight: int | None) -> None:
    finished = []

    async def failing() -> None:
        await asyncio.sleep(0)
        raise KeyError("nested")

    async def waiting() -> None:
        await asyncio.Event().wait()
        finished.append(True)

    with pytest.raises(KeyError, match="nested"):
        asyncio.run(_of(together(failing(), together_of(failing(), waiting()), waiting(), in_flight=in_flight)))
    assert finished == []


async def together_of(*work: object) -> None:
    await together(*work)  # type: ignore[arg-type]
