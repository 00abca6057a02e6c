"""CPU time of this process for one call to a chat model that answers at once (the simulated server, a process of its
own): ours, the SDK's, and a bare loop's.

    python -m benchmarks.chat_cost [--calls 1500] [--rounds 5]

Each way is warmed up and then measured in turn, round by round; the medians are shown. Latency is not the question.
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import openai
from pydantic import BaseModel

from benchmarks.provenance import print_header
from reward_agent.chat import PURPOSE_HEADER
from reward_agent.chat.cache import CachedChat, keeping_replies
from reward_agent.chat.meter import Ledger, MeteredChat
from reward_agent.chat.openai import open_openai
from reward_agent.chat.retry import RetryingChat
from reward_agent.chat.schemas import wire_schema
from reward_agent.chat.throttle import Gate, ThrottledChat
from reward_agent.prompting import ask, parse_prompt
from reward_agent.protocols import ChatModel
from reward_agent.store import open_store

IN_FLIGHT = 32
PURPOSE = "bench.answer"
SERVER = """
from reward_agent.testing.simulated import answers

@answers("bench.answer")
def answer(request):
    return '{"answer": "yes", "why": "the second text says so in its first sentence, in nearly the same words"}'

from reward_agent.testing.llm_server.__main__ import main
main()
"""
PROMPT = parse_prompt("[system]\nYou compare two texts, and say why.\n[user]\n{{text}}", name="answer")
TEXT = "The harbour is deep and the tide is slow here. " * 40

Call = Callable[[int], Awaitable[object]]


class Answer(BaseModel):
    """What the model is asked for."""

    answer: str
    why: str


def _body(number: int) -> dict[str, object]:
    schema, strict = wire_schema(json.dumps(Answer.model_json_schema()))
    named = {"name": "bench_answer", "schema": schema, "strict": strict}
    return {
        "model": "simulated",
        "messages": [
            {"role": "system", "content": PROMPT.sections[0].content},
            {"role": "user", "content": f"{number} {TEXT}"},
        ],
        "temperature": 0.0,
        "max_tokens": 1024,
        "response_format": {"type": "json_schema", "json_schema": named},
    }


@asynccontextmanager
async def _ways(url: str, folder: Path) -> AsyncIterator[dict[str, Call]]:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT))
        )
        typed = await stack.enter_async_context(openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0))
        quick = await stack.enter_async_context(
            openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0, http_client=openai.DefaultAioHttpClient())
        )
        ours = await stack.enter_async_context(open_openai(model="simulated", base_url=url, api_key=None))
        store = await stack.enter_async_context(open_store(folder / "cache.sqlite"))
        patient = RetryingChat(model=ThrottledChat(model=ours, gate=Gate(most=IN_FLIGHT)))
        cached = CachedChat(model=patient, keeping=keeping_replies(store), identity="bench")
        chain = MeteredChat(model=cached, name="bench", ledger=Ledger())
        yield {
            "a bare loop (asyncio streams, json)": _streams(url),
            "aiohttp alone": lambda number: _aiohttp(session, url, number),
            "the SDK as documented": lambda number: _documented(typed, number),
            "the SDK as documented, aiohttp transport": lambda number: _documented(quick, number),
            "OpenAIChat (one call, no wrapper)": lambda number: _asked(ours, number),
            "our whole chain, cache included, a new question each": lambda number: _asked(chain, number),
            "our whole chain, answered from the cache": lambda number: _asked(chain, number % 50),
        }


async def _asked(model: ChatModel, number: int) -> object:
    return await ask(model, PROMPT, Answer, purpose=PURPOSE, text=f"{number} {TEXT}")


async def _documented(client: openai.AsyncOpenAI, number: int) -> object:
    body = _body(number)
    reply = await client.chat.completions.create(extra_headers={PURPOSE_HEADER: PURPOSE}, **body)  # type: ignore[call-overload]
    return Answer.model_validate_json(reply.choices[0].message.content)


async def _aiohttp(session: aiohttp.ClientSession, url: str, number: int) -> object:
    headers = {PURPOSE_HEADER: PURPOSE, "Content-Type": "application/json"}
    async with session.post(f"{url}/chat/completions", data=json.dumps(_body(number)), headers=headers) as reply:
        return Answer.model_validate_json(json.loads(await reply.read())["choices"][0]["message"]["content"])


def _streams(url: str) -> Call:
    host = urllib.parse.urlsplit(url)
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def call(number: int) -> object:
        reader, writer = idle.pop() if idle else await asyncio.open_connection(host.hostname, host.port)
        body = json.dumps(_body(number)).encode()
        head = f"POST {host.path}/chat/completions HTTP/1.1\r\nHost: x\r\n{PURPOSE_HEADER}: {PURPOSE}\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answered = await reader.readuntil(b"\r\n\r\n")
        length = int(answered.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        reply = json.loads(await reader.readexactly(length))
        idle.append((reader, writer))
        return Answer.model_validate_json(reply["choices"][0]["message"]["content"])

    return call


async def _drive(call: Call, numbers: range) -> float:
    """CPU milliseconds of this process for one call."""
    waiting = iter(numbers)

    async def work() -> None:
        for number in waiting:
            await call(number)

    before = _cpu_s()
    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    return (_cpu_s() - before) / len(numbers) * 1000


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _measured(url: str, calls: int, rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with _ways(url, Path(folder)) as ways:
            for way in ways.values():
                await _drive(way, range(100))
            for turn in range(1, rounds + 1):
                for name, way in ways.items():
                    cost = await _drive(way, range(turn * calls, (turn + 1) * calls))
                    found.setdefault(name, []).append(cost)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print_header("made-up prompts of 2,000 characters, replies of 100")
    server = subprocess.Popen([sys.executable, "-c", SERVER, "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        started = time.perf_counter()
        found = asyncio.run(_measured(url, asked.calls, asked.rounds))
    finally:
        server.kill()
        server.wait()
    bare = statistics.median(next(iter(found.values())))
    print(f"CPU milliseconds a call, {IN_FLIGHT} in flight, medians of {asked.rounds} rounds of {asked.calls:,}:")
    for name, costs in found.items():
        middle = statistics.median(costs)
        print(f"  {name:54} {middle:6.2f}  ({min(costs):.2f} to {max(costs):.2f}; {middle / bare:.1f} times bare)")
    print(f"took {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
