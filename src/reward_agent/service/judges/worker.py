"""A process that judges: `python -m reward_agent.service.judges`, started by `processes.py`.

Reads frames from standard input and writes frames to what was standard output; whatever else prints goes to standard
error. Ends when its input ends, so it outlives no server.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from reward_agent.build import build_agent, open_resources
from reward_agent.config import Settings
from reward_agent.errors import RewardAgentError
from reward_agent.service.judges.frames import (
    Answer,
    Ask,
    Broke,
    Cancel,
    Frame,
    Outbox,
    Ping,
    Pong,
    Ready,
    Refused,
    Say,
    Start,
    next_frames,
)
from reward_agent.service.judges.sandbox_time import Stopwatch, timed
from reward_agent.service.judges.work import Desk, told_bug

LIMIT = 2**20  # bytes read ahead


@asynccontextmanager
async def open_desk(settings: Settings, say: Callable[[str], None]) -> AsyncIterator[Desk]:
    """An agent at work, all loaded before the first request. Raises ConfigError."""
    stopwatch = Stopwatch()
    async with open_resources(settings, say=say) as resources:
        if resources.sandbox is not None:
            resources = replace(resources, sandbox=timed(resources.sandbox, stopwatch))
        yield Desk(agent=build_agent(settings, resources, eager=True), stopwatch=stopwatch)


async def serve_pipe(reader: asyncio.StreamReader, send: Callable[[Frame], None]) -> None:
    """Answers until the pipe ends."""
    frames = await next_frames(reader)
    if not frames or not isinstance(start := frames[0], Start):
        return
    try:
        async with open_desk(Settings.model_validate_json(start.settings), lambda line: send(Say(line))) as desk:
            send(Ready(desk.offer))
            await answer_all(desk, reader, send)
    except RewardAgentError as error:
        send(Refused(str(error)))


async def answer_all(desk: Desk, reader: asyncio.StreamReader, send: Callable[[Frame], None]) -> None:
    """Answers what comes until the pipe ends; then what is under way is cancelled."""
    tasks: dict[int, asyncio.Task[None]] = {}

    async def answer(ask: Ask) -> None:
        try:
            send(Answer(ask.number, await desk.done(ask.job)))
        except Exception as error:  # noqa: BLE001  # a bug of one sample ends no other's work
            send(Broke(ask.number, told_bug(error)))
        finally:
            tasks.pop(ask.number, None)

    try:
        while frames := await next_frames(reader):
            for frame in frames:
                match frame:
                    case Ask():
                        tasks[frame.number] = asyncio.create_task(answer(frame))
                    case Cancel(number=number) if number in tasks:
                        tasks[number].cancel()
                    case Ping():
                        send(Pong())
    finally:
        for task in list(tasks.values()):
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


async def _main(output: int) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LIMIT)
    with os.fdopen(output, "wb", buffering=0) as pipe:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        writer, _ = await loop.connect_write_pipe(asyncio.Protocol, pipe)
        outbox = Outbox(write=writer.write)
        await serve_pipe(reader, outbox.put)
        outbox.flush()
        writer.close()
        await asyncio.sleep(0)


def main() -> None:
    """The process. Standard output is for frames alone, whoever else prints."""
    output = os.dup(1)
    os.dup2(2, 1)
    asyncio.run(_main(output))
