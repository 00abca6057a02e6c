"""A real server on a real socket: clients that go away, and an orderly stop."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from reward_agent.service.app import Service
from reward_agent.service.serving import DrainingServer
from reward_agent.testing import agent_of
from tests.service.doubles import SAMPLE, HeldVerifier, LoopJudges, a_service

BODY = json.dumps({"samples": [SAMPLE]}).encode()


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[tuple[int, DrainingServer, "asyncio.Task[None]"]]:
    config = uvicorn.Config(service.door, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=5)
    server = DrainingServer(config, service.reception, lambda line: None)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(server._serve(sockets=[listening]))
        try:
            yield listening.getsockname()[1], server, task
        finally:
            server.should_exit = True
            await task


async def sent(port: int, path: str = "/v1/score") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = ["Host: localhost", "Content-Type: application/json", f"Content-Length: {len(BODY)}", "", ""]
    writer.write("\r\n".join([f"POST {path} HTTP/1.1", *head]).encode() + BODY)
    return reader, writer


def held() -> tuple[HeldVerifier, Service]:
    verifier = HeldVerifier()
    return verifier, a_service(LoopJudges(agent=agent_of(verifiers=[verifier])), drain_s=0.0, stop_s=0.2)


@pytest.mark.parametrize("path", ["/v1/score", "/v1/judge/stream"])
def test_a_client_that_goes_away_stops_its_work(path: str) -> None:
    async def go() -> None:
        verifier, service = held()
        async with running(service) as (port, _, _):
            _, writer = await sent(port, path)
            await verifier.began.wait()
            writer.close()
            async with asyncio.timeout(5):
                await verifier.stopped.wait()

    asyncio.run(go())


def test_work_under_way_is_finished_when_the_service_is_told_to_stop() -> None:
    async def go() -> None:
        verifier, service = held()
        async with running(service) as (port, server, task):
            reader, writer = await sent(port)
            await verifier.began.wait()
            server.drain()
            assert not service.reception.ready
            verifier.let_go.set()
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert b"connection: close" in head.lower()  # its client's next request goes to another server
            writer.close()
            async with asyncio.timeout(5):
                await asyncio.wait([task])

    asyncio.run(go())


def test_work_that_does_not_end_in_time_is_answered_503() -> None:
    async def go() -> None:
        verifier, service = held()
        async with running(service) as (port, server, _):
            reader, writer = await sent(port)
            await verifier.began.wait()
            server.drain()
            reply: Any = await reader.readline()
            writer.close()
            assert reply.startswith(b"HTTP/1.1 503")
            assert verifier.stopped.is_set()

    asyncio.run(go())
