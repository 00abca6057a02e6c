"""The embedded preference model on pairs it was not trained on, beside the length controls.

    python -m benchmarks.embedded_preference [--data ../shared/data] [--part evaluation|all] [--length-neutral]

Of the sets it was trained on only the evaluation part is used (`training.parts`), unless `--part all` says that the
data are another share altogether. Controls: the words of every response shuffled, and responses given to the wrong
prompt. The last lines are the speed on one core, and how far the log-odds can be relied on.
"""

import argparse
import asyncio
import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.calibration import calibration_error
from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.prefer.embedded import EmbeddedPreference, load_weights
from reward_agent.types import Message
from training.parts import part_of
from training.preference_pairs import COMPARED, ComparedPair, one_turn, turns
from training.read import rows

LLMBAR = {
    "LLMBar natural": ["Natural"],
    "LLMBar adversarial": ["Adversarial_Neighbor", "Adversarial_GPTInst", "Adversarial_GPTOut", "Adversarial_Manual"],
}


def held_out(data: Path, part: str) -> Iterator[tuple[str, list[ComparedPair]]]:
    """Every set of pairs by its title."""
    titles = {"hh": "HH-RLHF helpful", "webgpt": "WebGPT", "autoj": "Auto-J, no ties", "qa_feedback": "QA-Feedback"}
    for name, title in titles.items():
        pairs = list(COMPARED[name](data))
        yield title, [pair for pair in pairs if part == "all" or part_of(pair.key) == "evaluation"]
    yield (
        "RMB",
        [
            ComparedPair(key="", prompt=turns(r["conversation"]), chosen=r["chosen"], rejected=r["rejected"])
            for r in rows(data / "rmb" / "pairwise_helpfulness.jsonl.gz")
        ],
    )
    for title, files in LLMBAR.items():
        yield title, [pair for file in files for pair in llmbar(data / "llmbar" / f"{file}.jsonl.gz")]
    for split in ("normal", "hard"):
        yield f"RM-Bench chat {split}", list(converted(data / "rm_bench" / f"chat_{split}_converted.json"))
    yield "IFBench", list(converted(data / "ifbench" / "data.converted.json"))


def llmbar(path: Path) -> Iterator[ComparedPair]:
    for row in rows(path):
        outputs = (row["output_1"], row["output_2"])
        yield one_turn(row["input"], outputs[row["label"] - 1], outputs[2 - row["label"]])


def converted(path: Path) -> Iterator[ComparedPair]:
    for row in json.loads(path.read_text(encoding="utf-8")):
        chosen, rejected = row["text_chosen"], row["text_rejected"]
        yield ComparedPair(
            key="", prompt=turns(chosen[:-1]), chosen=chosen[-1]["content"], rejected=rejected[-1]["content"]
        )


def scored(model: EmbeddedPreference, prompt: Sequence[Message], texts: Sequence[str]) -> Sequence[float]:
    return asyncio.run(_scores(model, prompt, texts))


async def _scores(model: EmbeddedPreference, prompt: Sequence[Message], texts: Sequence[str]) -> Sequence[float]:
    return await model.score(prompt, texts)


def wins(differences: Sequence[float]) -> float:
    """The share of pairs decided right; a tie counts a half."""
    return float(np.mean([(d > 0) + 0.5 * (d == 0) for d in differences]))


def shuffled(text: str, draw: random.Random) -> str:
    pieces = text.split()
    draw.shuffle(pieces)
    return " ".join(pieces)


def pair_lines(model: EmbeddedPreference, title: str, pairs: Sequence[ComparedPair]) -> Sequence[float]:
    """Prints one set and returns its score differences."""
    draw = random.Random(0)
    both = [scored(model, p.prompt, (p.chosen, p.rejected)) for p in pairs]
    mixed = [scored(model, p.prompt, (shuffled(p.chosen, draw), shuffled(p.rejected, draw))) for p in pairs]
    lengths = [(len(p.chosen.split()), len(p.rejected.split())) for p in pairs]
    everything = np.array([score for one in both for score in one])
    sizes = np.array([size for one in lengths for size in one])
    balanced = [a - b for (a, b), (x, y) in zip(both, lengths, strict=True) if abs(x - y) <= 0.1 * max(x, y)]
    cells = [
        f"{wins([a - b for a, b in both]):.3f}",
        f"{wins([x - y for x, y in lengths]):.3f}",
        f"{wins([y - x for x, y in lengths]):.3f}",
        f"{wins(balanced):.3f} ({len(balanced)})" if balanced else "-",
        f"{wins([a - b for a, b in mixed]):.3f}",
        f"{np.corrcoef(everything, sizes)[0, 1]:.2f} / {np.corrcoef(everything, np.log1p(sizes))[0, 1]:.2f}",
    ]
    print("| " + " | ".join([title, str(len(pairs)), *cells]) + " |", flush=True)
    return [a - b for a, b in both]


def best_of_11(model: EmbeddedPreference, data: Path) -> None:
    picked, longest, mean, best = [], [], [], []
    for row in rows(data / "tulu_bon16" / "bon16.jsonl.gz"):
        values, texts = row["pref"][:11], row["outputs"][:11]
        scores = scored(model, (Message(role="user", content=row["instruction"]),), texts)
        picked.append(values[int(np.argmax(scores))])
        longest.append(values[int(np.argmax([len(text.split()) for text in texts]))])
        mean.append(float(np.mean(values)))
        best.append(max(values))
    print(
        f"\nTulu best-of-11, GPT-4-turbo's value of the pick ({len(picked)} prompts): {np.mean(picked):.3f}; "
        f"random {np.mean(mean):.3f}, longest {np.mean(longest):.3f}, best possible {np.mean(best):.3f}"
    )


def preference_error(differences: Sequence[float]) -> float:
    """The expected calibration error of the chance that the first of a pair in random order is preferred."""
    draw = random.Random(0)
    rows = [(d, True) if draw.random() < 0.5 else (-d, False) for d in differences]
    return calibration_error(np.array([1 / (1 + np.exp(-d)) for d, _ in rows]), np.array([right for _, right in rows]))


def speed(model: EmbeddedPreference, data: Path) -> None:
    """Responses of 300 tokens (about 225 words), ten a prompt, on one core."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    text = rows(data / "rmb" / "pairwise_helpfulness.jsonl.gz")
    texts = [" ".join(r["chosen"].split(" ")[:225]) for r in text if len(r["chosen"].split()) >= 225][:600]
    prompt = (Message(role="user", content="Tell me about it, and give me a list of ten ideas."),)
    rates = []
    for _ in range(5):
        started = time.process_time()
        for at in range(0, len(texts), 10):
            scored(model, prompt, texts[at : at + 10])
        rates.append(len(texts) / (time.process_time() - started))
    print(f"responses of 300 tokens a second of processor time, one core: {sorted(rates)[2]:.0f} (median of 5)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--part", choices=["evaluation", "all"], default="evaluation")
    parser.add_argument("--length-neutral", action="store_true", help="the weights for which length does not count")
    asked = parser.parse_args()
    print_header(f"{asked.data}: the {asked.part} part of what was trained on, the other sets whole")
    model = EmbeddedPreference(weights=load_weights(length_neutral=asked.length_neutral))
    print(
        "| pairs | n | accuracy | longer wins | shorter wins | lengths within 10 % | words shuffled | length r / log |"
    )
    print("|---|---|---|---|---|---|---|---|")
    differences: list[float] = []
    for title, pairs in held_out(asked.data, asked.part):
        found = pair_lines(model, title, pairs)
        if title in ("HH-RLHF helpful", "WebGPT", "Auto-J, no ties"):
            differences += found
    best_of_11(model, asked.data)
    print(f"expected calibration error, HH, WebGPT and Auto-J: {preference_error(differences):.3f}")
    speed(model, asked.data)


if __name__ == "__main__":
    main()
