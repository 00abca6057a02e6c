"""Does the right evidence reach the prompt in which claims are decided?

    python -m benchmarks.evidence_shown [FOLDER]

FOLDER is ../shared/data. HaluEval QA, its knowledge passages as the corpus: a right and a hallucinated answer make two
rival claims (the question and the answer, in place of what a model would write), which share the question as their
query, as the prompt asks for. "gold shown" is the share of questions whose own knowledge passage is among those that
"factuality.verdicts" shows; "answer shown" the share of those questions, whose passage holds the right answer word for
word, where the shown part holds it too. FactCheck-GPT, its recorded web snippets as the replayed search: the share of
claims with a snippet that people marked as supporting or refuting, where one of those is shown.
"""

import argparse
import gzip
import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.evidence.corpus import Cutter, Page, build_index, open_corpus
from reward_agent.testing import FixedEvidence
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Passage
from reward_agent.verify.factuality.grouped import GroupedClaims
from reward_agent.verify.factuality.look_up import ShownPassage, shown_passages

DEFAULT = GroupedClaims(chat=SimulatedChat(), evidence=FixedEvidence({}))
PASSAGES = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED_DATA)
    folder: Path = parser.parse_args().folder
    print_header("the developers' half of each set")
    halueval(_rows(folder / "halueval/qa.jsonl.gz"))
    factcheck(_rows(folder / "factcheck_gpt/claim_evidence_stance.jsonl.gz"))


def halueval(rows: Sequence[dict[str, Any]]) -> None:
    gold_shown, answer_shown = [], []
    with tempfile.TemporaryDirectory() as place:
        pages = (Page(text=row["knowledge"], source=f"{number}") for number, row in enumerate(rows))
        build_index(pages, Path(place) / "index", cutter=Cutter())
        corpus = open_corpus(Path(place) / "index", passages=PASSAGES)
        for number, row in enumerate(rows):
            found = corpus.found(row["question"])
            rivals = (row["right_answer"], row["hallucinated"][0])
            shown = _shown([(f"{row['question']} {answer}", found) for answer in rivals])
            own = [passage for passage in shown if passage.source.partition(" ")[0] == str(number)]
            gold_shown.append(bool(own))
            if row["right_answer"] in row["knowledge"]:
                answer_shown.append(any(row["right_answer"] in passage.text for passage in own))
    print(f"HaluEval QA: gold shown {_share(gold_shown)}; answer shown {_share(answer_shown)}")


def factcheck(rows: Sequence[dict[str, Any]]) -> None:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["claim"]].append(row)
    replayed = FixedEvidence(
        {
            claim: [Passage(text=row["evidence"], source=row["stance"]) for row in of_one]
            for claim, of_one in found.items()
        }
    )
    shown = []
    for claim, passages in replayed.passages.items():
        if any(passage.source != "irrelevant" for passage in passages):
            shown.append(any(passage.source != "irrelevant" for passage in _shown([(claim, passages)])))
    print(f"FactCheck-GPT, replayed: a snippet with a stance is shown {_share(shown)}")


def _shown(found: Sequence[tuple[str, Sequence[Passage]]]) -> list[ShownPassage]:
    return shown_passages(found, passage_chars=DEFAULT.passage_chars, evidence_chars=DEFAULT.evidence_chars)


def _share(values: Sequence[bool]) -> str:
    return f"{sum(values) / len(values):.3f} of {len(values)}"


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


if __name__ == "__main__":
    main()
