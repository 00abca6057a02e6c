"""Pairs a second of a small reward model on a CPU: ours, the reference's way (each answer alone through the
transformers text-classification pipeline, one after the other), and padded batches in the order of arrival, in one
run and in 32 bits. And how far the scores lie apart.

    python -m benchmarks.preference_speed [--pairs 256] [--rounds 3] [--shape layers] [--typical 30] [--sharing]

The model is Llama-shaped with random weights and about 20 million parameters, in one of two shapes; the texts are
made-up letters of mixed length, most of them short. `--sharing` compares a prompt computed once with a prompt computed
for each of its candidates, for several shares of the tokens: where it pays.
Needs the extra `local`.
"""

import argparse
import asyncio
import functools
import math
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.provenance import print_header
from reward_agent.prefer.classifier import LocalPreference, open_classifier
from reward_agent.prefer.local.load import Checkpoint
from reward_agent.protocols import PreferenceModel
from reward_agent.testing.checkpoints import tiny_classifier
from reward_agent.types import Message

SHAPES: dict[str, dict[str, Any]] = {
    "vocabulary": {  # most parameters are embeddings, as in small models with the tokenizer of a large one
        "hidden_size": 128, "intermediate_size": 352, "num_hidden_layers": 12, "num_attention_heads": 4,
        "num_key_value_heads": 4, "vocab_size": 128_256,
    },
    "layers": {  # half of them compute
        "hidden_size": 384, "intermediate_size": 1024, "num_hidden_layers": 6, "num_attention_heads": 6,
        "num_key_value_heads": 6, "vocab_size": 25_000,
    },
}  # fmt: skip
PADDED_BATCH = 16
Pair = tuple[str, tuple[str, str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--together", type=int, default=64, help="pairs asked at the same time")
    parser.add_argument("--typical", type=float, default=30, help="tokens of a typical text, beyond its least")
    parser.add_argument("--shape", choices=list(SHAPES), default="vocabulary")
    parser.add_argument("--sharing", action="store_true")
    options = parser.parse_args()
    print_header("made-up texts, seed 7")
    with tempfile.TemporaryDirectory() as folder:
        path = str(tiny_classifier(Path(folder), **SHAPES[options.shape]))
        if options.sharing:
            asyncio.run(sharing(path, options.rounds))
        else:
            asyncio.run(compared(path, made_up(options.pairs, options.typical), options.rounds, options.together))


def made_up(count: int, typical: float) -> list[Pair]:
    """Pairs of made-up text. A letter is a token here."""
    draw = random.Random(7)

    def text(shortest: int, longest: int) -> str:
        length = min(longest, int(shortest + draw.lognormvariate(math.log(typical), 1.0)))
        return "".join(draw.choice("abcdefgh ") for _ in range(length))

    return [(text(8, 300), (text(4, 500), text(4, 500))) for _ in range(count)]


async def compared(path: str, pairs: Sequence[Pair], rounds: int, together: int) -> None:
    """Every way in turn on `together` pairs, then on the next: a machine that is busy for a while slows all alike."""
    import torch

    threads = torch.get_num_threads()
    async with open_classifier("ours", Checkpoint(model=path)) as model:
        own_threads = torch.get_num_threads()
        wall: dict[str, list[float]] = {}
        cpu: dict[str, list[float]] = {}
        apart: dict[str, float] = {}
        for first in list(range(0, len(pairs), together)) * rounds:
            chunk = pairs[first : first + together]
            ways: dict[str, Callable[[], Any]] = {
                "ours": functools.partial(ours, model, chunk),
                "pipeline": alone(path, texts(model, chunk)),
                f"padded {PADDED_BATCH}": in_order(path, texts(model, chunk)),
            }
            scores = {}
            for name, way in ways.items():
                torch.set_num_threads(own_threads if name == "ours" else threads)
                started, computed = time.perf_counter(), time.process_time()
                scores[name] = await result if asyncio.iscoroutine(result := way()) else result
                wall.setdefault(name, []).append(time.perf_counter() - started)
                cpu.setdefault(name, []).append(time.process_time() - computed)
                off = max(abs(a - b) for a, b in zip(scores["ours"], scores[name], strict=True))
                apart[name] = max(off, apart.get(name, 0.0))
        tokens = [len(model.template.ids([Message(role="user", content=p)], r)) for p, both in pairs for r in both]
    middle = statistics.median(tokens)
    print(
        f"{len(pairs)} pairs; a conversation has {min(tokens)} to {max(tokens)} tokens, half of them up to {middle:.0f}"
    )
    for name in wall:
        print(
            f"{name:12} {rounds * len(pairs) / sum(wall[name]):7.1f} pairs/s; ours is {_times(wall, name)} as fast, "
            f"takes {_times(cpu, name)} less processor time; largest difference {apart[name]:.1e}"
        )


def _times(taken: Mapping[str, Sequence[float]], name: str) -> str:
    """How many times as long this way took, the median over the parts, with the least and the most."""
    ratios = [theirs / own for theirs, own in zip(taken[name], taken["ours"], strict=True)]
    return f"{statistics.median(ratios):.2f} x ({min(ratios):.2f}-{max(ratios):.2f})"


async def ours(model: PreferenceModel, pairs: Sequence[Pair]) -> list[float]:
    asked = (model.score([Message(role="user", content=prompt)], responses) for prompt, responses in pairs)
    return [score for scores in await asyncio.gather(*asked) for score in scores]


def texts(model: LocalPreference, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """The conversations as the reference writes them: the template's text."""
    tokenizer = model.template.tokenizer
    return [
        tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}, {"role": "assistant", "content": response}], tokenize=False
        )
        for prompt, both in pairs
        for response in both
    ]


def alone(
    path: str, conversations: Sequence[str], *, device: str = "cpu", dtype: Any = "float32"
) -> Callable[[], list[float]]:
    from transformers import pipeline

    pipe: Any = pipeline("text-classification", model=path, dtype=dtype, device=device)
    how = {"top_k": None, "function_to_apply": "none", "truncation": True, "max_length": 2048, "batch_size": 1}
    return lambda: [pipe(text, **how)[0]["score"] for text in conversations]


def in_order(
    path: str, conversations: Sequence[str], *, device: str = "cpu", dtype: Any = "float32", batch: int = PADDED_BATCH
) -> Callable[[], list[float]]:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(path)
    model: Any = AutoModelForSequenceClassification.from_pretrained(path, dtype=dtype).to(device).eval()

    def scored() -> list[float]:
        scores: list[float] = []
        with torch.inference_mode():
            for first in range(0, len(conversations), batch):
                texts = conversations[first : first + batch]
                inputs = tokenizer(texts, padding=True, truncation=True, max_length=2048, return_tensors="pt")
                scores += model(**inputs.to(device)).logits[:, 0].tolist()
        return scores

    return scored


async def sharing(path: str, rounds: int) -> None:
    """Units of one prompt, with and without a shared beginning."""
    import torch

    from reward_agent.prefer.local.batches import Row, Unit

    async with open_classifier("ours", Checkpoint(model=path)) as model:
        scorer = model.engine.scorers[0]
        draw = torch.Generator().manual_seed(7)
        for count in (2, 8):
            for shared, rest in ((20, 180), (50, 150), (100, 100), (150, 50), (400, 100)):
                start = torch.randint(5, 200, (shared,), generator=draw).tolist()
                rows = tuple(
                    Row(
                        ids=start + torch.randint(5, 200, (rest,), generator=draw).tolist(), places=(shared + rest - 1,)
                    )
                    for _ in range(count)
                )
                once, each = [Unit(rows, shared)], [Unit((row,)) for row in rows]
                times = [[_timed(scorer, batch) for batch in (once, each)] for _ in range(rounds * 5)]
                saved = shared * (count - 1) / (count * (shared + rest))
                ratio = statistics.median(b / a for a, b in times)
                print(f"{count} candidates, {shared} + {rest} tokens, {saved:.0%} saved: {ratio:.2f} x as fast")


def _timed(scorer: Any, batch: Any) -> float:
    started = time.perf_counter()
    scorer.outputs(batch)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
