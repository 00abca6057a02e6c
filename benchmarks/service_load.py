"""Requests a second and their times: /evaluate/ over a simulated LLM, instructions cold and seen before; /v1/score in
batches by rules alone; and a ping beside 32 requests that are judged. Server, LLM and clients share this machine.

    python -m benchmarks.service_load [--workers 2] [--requests 1500] [--clients 32] [--where process|thread]
"""

import argparse
import asyncio
import os

from benchmarks.provenance import print_header
from benchmarks.service_client import Measured, batch, evaluation, load, pings, service, simulated_llm

BATCH = 64
CANDIDATES = 1


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


async def scored(url: str, asked: argparse.Namespace) -> Measured:
    batches = max(8, asked.requests // 10)
    return await load(
        url + "/v1/score", lambda n: batch(n, BATCH // CANDIDATES, CANDIDATES), clients=4, requests=batches
    )


async def pinged(url: str, asked: argparse.Namespace) -> Measured:
    over = asyncio.Event()
    pinging = asyncio.create_task(pings(url, over))
    await load(url + "/v1/score", lambda n: batch(n, 4, 16), clients=32, requests=max(64, asked.requests // 4))
    over.set()
    return await pinging


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
        batches = asyncio.run(scored(running.url, asked))
        ping = asyncio.run(pinged(running.url, asked))
    print(batches.line(f"/v1/score, offline, batches of {BATCH}", each=BATCH, unit="candidates"))
    print(ping.line("GET /healthz while 32 requests of 64 candidates are judged", unit="pings"))


if __name__ == "__main__":
    main()
