"""Fits how the words' chance and the encoder's word on a sentence are joined, and writes `joined.json`.

    python -m training.joined --data ../shared/data [--model FOLDER] [--out FILE]

A logistic regression on rows that the encoder was not trained on (`training.parts.held`), all of them labelled by
people or taken from PopQA. After `training.grounded`, whose weights it builds on. The encoder is the one that ships,
unless one is given.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reward_agent.types import Passage
from reward_agent.verify.factuality.grounded import joined
from reward_agent.verify.factuality.grounded.claims import Claim
from reward_agent.verify.factuality.grounded.entailment import EMBEDDED, EntailmentModel, open_entailment
from reward_agent.verify.factuality.grounded.features import compared
from reward_agent.verify.factuality.grounded.reading import to_read
from reward_agent.verify.factuality.grounded.text import sentences
from reward_agent.verify.factuality.grounded.weigh import load_weighing
from training.grounded import FILES, balanced, fitted
from training.grounded_rows import Labelled, begin, popqa, qa_feedback
from training.parts import held, part_of
from training.read import checksum, checksums, rows

OUT = Path(joined.__file__).with_name("joined.json")
SEED = 23
MOST = 700
"""How many rows of a kind are read."""
SHARE = {
    "whole answers": 0.5,
    "begin": 1.0,
    "summedits": 1.0,
    "qa_feedback": 0.25,
}
"""How much each kind of row counts, whatever their number; of QA-Feedback there are few."""
TURNED = 0.003
"""What share of the rows, at most, ends on the other side because the words alone were trusted: a limit each side."""
HALF = 0.5

Numbers = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", default=EMBEDDED, help="an entailment model (training/README.md)")
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    model = open_entailment(asked.model)
    found = list(_some(held_rows(asked.data)))
    print(Counter(row.kind for row in found))
    document = {
        "made by": "training/joined.py",
        "settings": {"seed": SEED, "share": SHARE, "turned": TURNED, "rows": len(found)},
        "encoder": checksum(model.folder / "entailment.onnx"),
        "data": checksums(asked.data, FILES),
    } | _fitted(found, model)
    asked.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"{len(found)} rows -> {asked.out}")


def held_rows(data: Path) -> Iterator[Labelled]:
    """Sentences of the training part that the encoder has not seen."""
    yield from (r for r in popqa(data, SEED, "training") if not r.claim.short and held(r.claim.question))
    yield from (row for row in begin(data, "training") if held(row.passages[0].text))
    yield from _summaries(data)
    yield from (row for row in qa_feedback(data, "training") if held(row.claim.question))


def _summaries(data: Path) -> Iterator[Labelled]:
    """Every sentence of every summary, as an answer has them: most are as nobody edited them."""
    for row in rows(data / "claim_evidence" / "summedits.jsonl.gz"):
        if part_of(row["doc"]) == "training" and held(row["doc"]):
            old = set(sentences(row["original_summary"]))
            for sentence in sentences(row["summary"]):
                claim = Claim(text=sentence, question="", short=False)
                true = sentence in old or bool(row["label"])
                yield Labelled(kind="summedits", claim=claim, passages=[Passage(text=row["doc"])], supported=true)


def _some(found: Iterator[Labelled]) -> Iterator[Labelled]:
    by_kind: dict[str, list[Labelled]] = {}
    for row in found:
        by_kind.setdefault(row.kind, []).append(row)
    draw = random.Random(SEED)
    for kind in by_kind.values():
        draw.shuffle(kind)
        yield from kind[:MOST]


def _fitted(rows: Sequence[Labelled], model: EntailmentModel) -> dict[str, object]:
    words, supported, labels = _read(rows, model)
    x = np.array([joined.numbers(one, (other, 0.0, 0.0)) for one, other in zip(words, supported, strict=True)])
    weight = balanced([row.kind for row in rows], labels, SHARE)
    weight /= weight.sum()
    found = fitted(joined.NUMBERS, x, labels, weight)
    together = x @ np.array([found[name] for name in joined.NUMBERS]) + found["bias"]
    start, end = _limits(words, together > 0, weight)
    return {"weights": found, "start": start, "end": end}


def _read(rows: Sequence[Labelled], model: EntailmentModel) -> tuple[Numbers, Numbers, Numbers]:
    """The words' chance, the model's "supported", and the label, of each row."""
    weighing, found = load_weighing(), []
    for row in rows:
        best = compared(row.claim, row.passages)[0]
        evidence = to_read(best.passage.title, best.passage.text, row.claim.text)
        ((supported, *_),) = model.chances([(row.claim.text, evidence)])
        found.append((weighing.by_words(best, short=False), supported, float(row.supported)))
    words, supported_by, labels = np.array(found).T
    return words, supported_by, labels


def _limits(words: Numbers, supported: NDArray[np.bool_], weight: Numbers) -> tuple[float, float]:
    """The words' chances between which it pays to read: beyond each, no more than `TURNED` of the rows end on the
    other side."""
    order = np.argsort(words)
    low = np.cumsum((weight * (supported & (words <= HALF)))[order])
    high = np.cumsum((weight * (~supported & (words > HALF)))[order][::-1])
    start, end = int(np.searchsorted(low, TURNED, side="right")), int(np.searchsorted(high, TURNED, side="right"))
    return (
        round(min(HALF, float(words[order][min(start, len(words) - 1)])), 4),
        round(max(HALF, float(words[order][::-1][min(end, len(words) - 1)])), 4),
    )


if __name__ == "__main__":
    main()
