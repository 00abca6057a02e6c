"""A Llama-shaped reward model of 8 billion parameters with random weights in bfloat16 on one GPU: tokens a second, the
share of the measured matrix rate, memory; ours against each answer alone through the transformers pipeline, and against
padded batches of 64 in the order of arrival.

    python -m benchmarks.preference_gpu [--samples 64] [--rounds 3] [--best-of 16]

Two sets of made-up token lengths: pairs (about as long as IFBench's: a prompt of 60 to 250 tokens, responses of 50 to
900) and best-of-16 (16 responses a prompt). Needs the extra `local`, a CUDA build of torch, a GPU with 40 GB or more,
and 20 GB of disk for the checkpoint, which is written once to --folder and kept.

Tokens a second count real tokens, each candidate's whole conversation, however it was computed; the share of the matrix
rate counts only the multiplications that were needed with the prompt computed for each candidate, so that sharing shows
as more than it costs. NOT YET RUN: no GPU was at hand when it was written.
"""

import argparse
import asyncio
import functools
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.preference_speed import alone, in_order, texts
from benchmarks.provenance import print_header
from reward_agent.prefer.classifier import LocalPreference, open_classifier
from reward_agent.prefer.local.load import Checkpoint
from reward_agent.testing.checkpoints import tiny_classifier
from reward_agent.types import Message

LLAMA_8B = {
    "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
    "num_key_value_heads": 8, "vocab_size": 128_256, "max_position_embeddings": 8192,
}  # fmt: skip
PADDED_BATCH = 64
MATRIX = 8192
Ask = tuple[str, Sequence[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--best-of", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/llama-8b-random"))
    options = parser.parse_args()
    import torch

    if not torch.cuda.is_available():
        raise SystemExit("no GPU is here: this script measures one")
    print_header("made-up texts, seed 7")
    print(f"{torch.cuda.get_device_name(0)}, torch {torch.__version__}")
    if not (options.folder / "config.json").exists():
        config: dict[str, Any] = dict(LLAMA_8B)
        with torch.device("cuda"):
            torch.set_default_dtype(torch.bfloat16)
            tiny_classifier(options.folder, **config)
            torch.set_default_dtype(torch.float32)
    peak = matrix_rate()
    print(f"measured matrix rate: {peak / 1e12:.0f} TFLOP/s, bfloat16, {MATRIX} x {MATRIX}")
    sets = {"pairs": made_up(options.samples, 2), f"best of {options.best_of}": made_up(8, options.best_of)}
    asyncio.run(compared(str(options.folder), sets, options.rounds, peak))


def made_up(count: int, candidates: int) -> list[Ask]:
    """Prompts with responses; a letter is a token."""
    draw = random.Random(7)

    def text(shortest: int, longest: int) -> str:
        return "".join(draw.choice("abcdefgh ") for _ in range(draw.randint(shortest, longest)))

    return [(text(60, 250), [text(50, 900) for _ in range(candidates)]) for _ in range(count)]


def matrix_rate() -> float:
    """Floating point operations a second of a large product, the best of some."""
    import torch

    a, b = (torch.randn(MATRIX, MATRIX, device="cuda", dtype=torch.bfloat16) for _ in range(2))

    def product() -> float:
        started = time.perf_counter()
        for _ in range(10):
            torch.mm(a, b)
        torch.cuda.synchronize()
        return 10 * 2 * MATRIX**3 / (time.perf_counter() - started)

    return max(product() for _ in range(5))


async def compared(path: str, sets: dict[str, list[Ask]], rounds: int, peak: float) -> None:
    import torch

    layers = LLAMA_8B["num_hidden_layers"]
    grouped = LLAMA_8B["hidden_size"] * LLAMA_8B["num_key_value_heads"] // LLAMA_8B["num_attention_heads"]
    width, inner = LLAMA_8B["hidden_size"], LLAMA_8B["intermediate_size"]
    a_token = 2 * layers * (2 * width * width + 2 * width * grouped + 3 * width * inner)
    async with open_classifier("ours", Checkpoint(model=path, devices=("cuda:0",))) as model:
        for name, asks in sets.items():
            lengths = [length(model, prompt, one) for prompt, responses in asks for one in responses]
            needed = a_token * sum(lengths) + 2 * layers * width * sum(n * n for n in lengths)
            conversations = texts(model, asks)
            ways: dict[str, Callable[[], Any]] = {
                "ours": functools.partial(ours, model, asks),
                "pipeline": alone(path, conversations, device="cuda:0", dtype=torch.bfloat16),
                f"padded {PADDED_BATCH}": in_order(
                    path, conversations, device="cuda:0", dtype=torch.bfloat16, batch=PADDED_BATCH
                ),
            }
            seconds = {}
            for way, call in ways.items():
                torch.cuda.reset_peak_memory_stats()
                seconds[way] = statistics.median([await timed(call) for _ in range(rounds)])
                print(
                    f"{name}, {way}: {sum(lengths) / seconds[way]:,.0f} tokens/s, "
                    f"{needed / seconds[way] / peak:.0%} of the matrix rate, "
                    f"{torch.cuda.max_memory_allocated() / 2**30:.1f} GiB at most, all models here included; "
                    f"ours is {seconds[way] / seconds['ours']:.2f} x"
                )


def length(model: LocalPreference, prompt: str, response: str) -> int:
    return len(model.template.ids([Message(role="user", content=prompt)], response))


async def timed(call: Callable[[], Any]) -> float:
    import torch

    started = time.perf_counter()
    if asyncio.iscoroutine(result := call()):
        await result
    torch.cuda.synchronize()
    return time.perf_counter() - started


async def ours(model: LocalPreference, asks: Sequence[Ask]) -> None:
    await asyncio.gather(
        *(model.score([Message(role="user", content=prompt)], responses) for prompt, responses in asks)
    )


if __name__ == "__main__":
    main()
