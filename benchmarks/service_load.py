"""Requests a second and their times: /evaluate/ over a simulated LLM, instructions cold and seen before; /v1/score in
batches by rules alone, in two shapes; and a ping from a process of its own, alone and beside 32 requests.
Server, LLM and clients share this machine.

    python -m benchmarks.service_load [--workers 2] [--requests 1500] [--clients 32] [--where process|thread]
"""

import argparse
import asyncio
import os
from concurrent.futures import Future, ProcessPoolExecutor

from benchmarks.provenance import print_header
from benchmarks.service_client import Measured, batch, evaluation, load, pings, service, simulated_llm

SHAPES = {"64 prompts x 1 answer": (64, 1), "8 prompts x 8 rollouts": (8, 8)}


async def evaluated(url: str, asked: argparse.Namespace) -> tuple[Measured, Measured, Measured]:
    cold = await load(url + "/evaluate/", evaluation, clients=asked.clients, requests=asked.requests)
    seen = await load(url + "/evaluate/", evaluation, clients=asked.clients, requests=asked.requests)
    fresh = await load(
        url + "/evaluate/",
        lambda n: {**evaluation(n), "answers": [f"{text} {n}" for text in evaluation(n)["answers"]]},
        clients=asked.clients,
        requests=asked.requests,
    )
    return cold, seen, fresh


async def scored(url: str, asked: argparse.Namespace, samples: int, candidates: int, first: int) -> Measured:
    """Batches of prompts that nobody has seen before."""
    batches = max(8, asked.requests // 10)
    return await load(url + "/v1/score", lambda n: batch(first + n, samples, candidates), clients=4, requests=batches)


def pinged(url: str, asked: argparse.Namespace, *, beside: bool) -> Measured:
    """Pings from this process; the requests beside them from another one, whose own work would delay the pings."""
    with ProcessPoolExecutor(1) as others:
        others.submit(int).result()  # it is started before the clock is
        beside_them = others.submit(_judged_beside, url, asked.requests) if beside else None
        return asyncio.run(_pinged(url, beside_them))


async def _pinged(url: str, beside: "Future[None] | None") -> Measured:
    over = asyncio.Event()
    pinging = asyncio.create_task(pings(url, over))
    await (asyncio.sleep(3) if beside is None else asyncio.wrap_future(beside))
    over.set()
    return await pinging


def _judged_beside(url: str, requests: int) -> None:
    asyncio.run(load(url + "/v1/score", lambda n: batch(n, 4, 16), clients=32, requests=max(64, requests // 4)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--requests", type=int, default=1500)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--where", choices=("process", "thread"), default="process")
    parser.add_argument("--latency-ms", type=float, default=50.0)
    asked = parser.parse_args()
    print_header("requests made here; a simulated LLM")
    where = [f"serve.where={asked.where}"]
    with (
        simulated_llm(asked.latency_ms) as (llm, _),
        service("openai", workers=asked.workers, settings=where, llm=llm) as running,
    ):
        cold, seen, fresh = asyncio.run(evaluated(running.url, asked))
    print(cold.line(f"/evaluate/, 4 answers, {asked.clients} clients, cold instructions"))
    print(seen.line("the same requests again"))
    print(fresh.line("the same instructions, other answers"))
    with service("offline", workers=asked.workers, settings=where) as running:
        batches = {
            what: asyncio.run(scored(running.url, asked, *shape, first=10**6 * place))
            for place, (what, shape) in enumerate(SHAPES.items())
        }
        idle = pinged(running.url, asked, beside=False)
        ping = pinged(running.url, asked, beside=True)
    for what, measured in batches.items():
        samples, candidates = SHAPES[what]
        print(measured.line(f"/v1/score, offline, {what}", each=samples * candidates, unit="candidates"))
    print(idle.line("GET /healthz of an idle service", unit="pings"))
    print(ping.line("GET /healthz while 32 requests of 64 candidates are judged", unit="pings"))


if __name__ == "__main__":
    main()
