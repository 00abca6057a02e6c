"""`python -m reward_agent.testing.llm_server`: the simulated LLM as a program, until it is stopped."""

import argparse
import asyncio
import contextlib

from reward_agent.testing.llm_server.faults import KINDS, Faults
from reward_agent.testing.llm_server.server import llm_server


def main() -> None:
    kinds = "\n".join(f"  {kind:10} {meaning}" for kind, meaning in KINDS.items())
    stats = "GET /stats counts; DELETE /stats starts over."
    parser = argparse.ArgumentParser(
        prog="python -m reward_agent.testing.llm_server",
        description="A simulated LLM behind the OpenAI API: it answers RewardAgent's own prompts by rules.",
        epilog=f"faults, each with its share of the requests:\n{kinds}\n\n{stats}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free one (default: 8001)")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="before each reply (default: 0)")
    parser.add_argument("--faults", default="", metavar="KIND=SHARE,...", help="such as 429=0.05,hang=0.02")
    parser.add_argument("--seed", type=int, default=0, help="of the faults; the same seed gives the same faults")
    parser.add_argument("--retry-after-s", type=float, default=0.05, help="what a 429 asks for (default: 0.05)")
    parser.add_argument(
        "--choices", default="all", choices=("all", "one", "refused"), help="what to do with n above 1 (default: all)"
    )
    parser.add_argument("--no-schemas", action="store_true", help="refuse response_format, as some servers do")
    asked = parser.parse_args()
    try:
        drawn = Faults.parse(asked.faults, seed=asked.seed)
    except ValueError as error:
        parser.error(str(error))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(asked, drawn))


async def _serve(asked: argparse.Namespace, faults: Faults) -> None:
    async with llm_server(
        port=asked.port,
        latency_ms=asked.latency_ms,
        faults=faults,
        retry_after_s=asked.retry_after_s,
        schemas=not asked.no_schemas,
        choices=asked.choices,
    ) as server:
        print(f"serving on {server.url}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
