"""A reward model here and the same model behind a server: the ranking of pairs, and the largest difference.

    python -m benchmarks.preference_parity [--pairs 200]

The server is the project's stand-in for vLLM, SGLang and OpenRLHF on the loopback; it scores each text alone with plain
transformers. The model is tiny, Llama-shaped, with random weights; the texts are made up. Needs the extra `local`.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.preference_speed import Pair, made_up, ours
from benchmarks.provenance import print_header
from reward_agent.prefer.addresses import Addresses
from reward_agent.prefer.classifier import open_classifier
from reward_agent.prefer.dialects import DIALECTS
from reward_agent.prefer.local.load import Checkpoint
from reward_agent.prefer.server import ServerPreference, open_server
from reward_agent.testing.checkpoints import tiny_classifier
from reward_agent.testing.reward_server import RewardServer, serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200)
    options = parser.parse_args()
    print_header("made-up texts, seed 7")
    with tempfile.TemporaryDirectory() as folder:
        path = str(tiny_classifier(Path(folder)))
        pairs = made_up(options.pairs, typical=30)
        with serving(holding(path)) as server:
            for dialect in DIALECTS:
                asyncio.run(compared(dialect, server.url, path, pairs))


def holding(path: str) -> RewardServer:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(path)
    model: Any = AutoModelForSequenceClassification.from_pretrained(path, dtype=torch.float32).eval()

    def ids(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False))

    def score(text: str) -> float:
        with torch.inference_mode():
            return float(model(input_ids=torch.tensor([ids(text)])).logits[0, 0])

    return RewardServer(score=score, tokens=lambda text: len(ids(text)))


async def compared(dialect: str, url: str, path: str, pairs: list[Pair]) -> None:
    checkpoint = Checkpoint(model=path)
    asked = ServerPreference(
        name="there",
        dialect=DIALECTS[dialect],
        model="tiny",
        template=checkpoint.template(),
        addresses=Addresses(urls=(url,)),
    )
    async with open_classifier("here", checkpoint) as here, open_server(asked) as there:
        left, right = await ours(here, pairs), await ours(there, pairs)
    apart = max(abs(a - b) for a, b in zip(left, right, strict=True))
    first = [a > b for a, b in zip(left[::2], left[1::2], strict=True)]
    second = [a > b for a, b in zip(right[::2], right[1::2], strict=True)]
    same = sum(a == b for a, b in zip(first, second, strict=True))
    print(f"{dialect:14} {same} of {len(pairs)} pairs ranked alike; largest difference {apart:.1e}")


if __name__ == "__main__":
    main()
