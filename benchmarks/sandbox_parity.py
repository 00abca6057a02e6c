"""Verdicts of the sandbox beside those of plain Python: every honest checker on real answers.

    python -m benchmarks.sandbox_parity [--responses 200] [--seed 1] [--tier auto|wasm]

The answers are a sample of IFEval's (18 models), read where they lie. Also says how evenly the checkers decide, since
a checker that always says yes would agree for nothing.
"""

import argparse
import asyncio
import gzip
import json
import random
import sys
import time
import warnings
from collections import Counter

from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.sandbox import open_sandbox
from reward_agent.sandbox.opening import Choice
from reward_agent.sandbox.suite.cases import honest_checkers
from reward_agent.sandbox.suite.trial import comparable, plain_outcomes, try_honest
from reward_agent.types import Outcome

DATA = SHARED_DATA / "ifeval" / "responses.jsonl.gz"


async def _python(tier: Choice) -> str:
    async with open_sandbox(tier=tier, workers=1) as sandbox:
        print(f"tier {sandbox.report().tier}, Python {sandbox.report().python}")
        return sandbox.report().python


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--responses", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tier", choices=("auto", "wasm"), default="auto")
    arguments = parser.parse_args()
    if not DATA.exists():
        sys.exit(f"{DATA} is not there")
    print_header(f"{arguments.responses} answers of IFEval, drawn with seed {arguments.seed}")
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        answers = [text for line in file if isinstance(text := json.loads(line)["response"], str)]
    texts = random.Random(arguments.seed).sample(answers, arguments.responses)  # a sample, no secret
    checkers = comparable(honest_checkers(), asyncio.run(_python(arguments.tier)))
    warnings.simplefilter("ignore")
    started = time.perf_counter()
    differences = asyncio.run(try_honest(checkers, texts, tier=arguments.tier))
    seconds = time.perf_counter() - started
    plain: Counter[Outcome] = Counter()
    constant = 0
    for checker in checkers:
        outcomes = plain_outcomes(checker.source, texts)
        plain.update(outcomes)
        constant += len(set(outcomes)) == 1
    print(f"{len(checkers)} checkers x {len(texts)} responses = {len(checkers) * len(texts)} verdicts, {seconds:.1f} s")
    print(f"differences from plain Python: {len(differences)}")
    for difference in differences[:20]:
        print(f"  {difference.checker.name}: {difference.plain} in plain Python, {difference.sandboxed} in the sandbox")
    print(f"plain Python: {dict(plain)}; {constant} checkers decide the same on all of them")


if __name__ == "__main__":
    main()
