"""Turns on the event loop: what is ready at the same moment does not hold up everybody else."""

import asyncio

from reward_agent.service.turns import next_turn


def test_one_of_all_who_wait_goes_on_each_time_round_the_loop_in_order() -> None:
    async def go() -> None:
        rounds, order = [0], []

        async def heavy(name: int) -> None:
            await next_turn()
            order.append((name, rounds[0]))

        async def ping() -> None:
            while len(order) < 32:
                rounds[0] += 1
                await asyncio.sleep(0)

        await asyncio.gather(*(heavy(name) for name in range(32)), ping())
        assert [name for name, _ in order] == list(range(32))
        assert len({at for _, at in order}) == 32

    asyncio.run(go())


def test_who_is_cancelled_in_the_line_holds_up_nobody() -> None:
    async def go() -> None:
        waiting = [asyncio.create_task(next_turn()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        waiting[1].cancel()
        async with asyncio.timeout(5):
            await waiting[2]
            await next_turn()

    asyncio.run(go())
