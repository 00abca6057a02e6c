"""Counts how common words are, so that sharing a rare word says more than sharing a common one.

    python -m training.rarity --data ../shared/data [--out FILE]

Over the passages of PopQA, QA-Feedback and BEGIN (training part): the `WORDS` commonest stems, each with how rare it
is, from 0 (in every passage) to 1 (in one of them). A stem that is not listed counts as 1.
"""

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from reward_agent.verify.factuality.grounded.text import telling_words
from training.entailment_pairs import passages_trained_on
from training.parts import part_of
from training.read import checksums, rows

SHIPPED = Path(__file__).parents[1] / "src" / "reward_agent" / "verify" / "factuality" / "grounded" / "rarity.json"
WORDS = 1_500
FILES = ["popqa_passages/popqa.jsonl.gz", "qa_feedback/feedback.jsonl.gz", "claim_evidence/begin.jsonl.gz"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    asked = parser.parse_args()
    texts = list(dict.fromkeys(_texts(asked.data)))
    held = Counter(word for text in texts for word in set(telling_words(text)) if word.isalpha())
    commonest = sorted(held.items(), key=lambda item: (-item[1], item[0]))[:WORDS]
    table = {word: round(math.log(len(texts) / count) / math.log(len(texts)), 2) for word, count in sorted(commonest)}
    shipped = {
        "made by": "training/rarity.py",
        "settings": {"words": WORDS, "passages": len(texts)},
        "data": checksums(asked.data, FILES),
        "rarity": table,
    }
    asked.out.write_text(json.dumps(shipped, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(texts)} passages, {len(table)} words -> {asked.out}")


def _texts(data: Path) -> Iterator[str]:
    yield from (text for _, text in passages_trained_on(data))
    for row in rows(data / "claim_evidence" / "begin.jsonl.gz"):
        if part_of(row["evidence"]) == "training":
            yield row["evidence"]


if __name__ == "__main__":
    main()
