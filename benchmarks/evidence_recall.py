"""Does a look-up find the passage that settles the question?

    python -m benchmarks.evidence_recall [FOLDER]

FOLDER is ../shared/data. Three questions, each over an index built on the spot with the default settings:

- HaluEval QA: all its knowledge passages, PopQA's paragraphs and the passages of other public sets in one corpus; gold
  is the row's own knowledge passage. Asked by the question, by question and right answer, and by question and a
  hallucinated answer, as a claim of a wrong candidate would.
- PopQA: gold is a paragraph marked as supporting (each question has two: one of the subject, one of the object).
- FactCheck-GPT: all its web snippets in one corpus, asked by the claim; gold is what people marked for that claim as
  supporting it, in full or in part, or refuting it. Claims without such a snippet have nothing to find and are left
  out. A snippet that another claim's search found may be right too and counts as wrong here, so the figures are lower
  bounds. Replayed as recorded (five snippets a claim), the search finds gold by construction; what of it is
  shown to the model that decides is the figure of `benchmarks.evidence_shown`.

"found" is the share of questions with a gold passage among the first five; "all" the share of gold documents there
(where a question has more than five, five count as all).
"""

import argparse
import gzip
import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.evidence.corpus import CorpusEvidence, Cutter, Page, build_index, open_corpus

AT = 5
Asked = tuple[str, frozenset[str]]  # a query and the sources of its gold documents


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED_DATA)
    folder: Path = parser.parse_args().folder
    print_header("the developers' half of each set")
    halueval, popqa = _rows(folder / "halueval/qa.jsonl.gz"), _rows(folder / "popqa_passages/popqa.jsonl.gz")
    with tempfile.TemporaryDirectory() as place:
        own = [*_halueval_pages(halueval), *_popqa_pages(popqa)]
        corpus = _index([*own, *_other_pages(folder)], Path(place) / "qa")
        print(f"{len(own)} passages of HaluEval and PopQA, with others {corpus.stamp.pages:,}", end="")
        print(f" documents, {corpus.stamp.passages:,} passages")
        gold = [frozenset({f"halueval/{number}"}) for number in range(len(halueval))]
        questions = [row["question"] for row in halueval]
        _show(corpus, "HaluEval, the question", zip(questions, gold, strict=True))
        right = [f"{row['question']} {row['right_answer']}" for row in halueval]
        _show(corpus, "HaluEval, question and right answer", zip(right, gold, strict=True))
        wrong = [f"{row['question']} {row['hallucinated'][0]}" for row in halueval]
        _show(corpus, "HaluEval, question and wrong answer", zip(wrong, gold, strict=True))
        _show(corpus, "PopQA, the question", _popqa_asked(popqa, answered=False))
        _show(corpus, "PopQA, question and right answer", _popqa_asked(popqa, answered=True))
    stances = _rows(folder / "factcheck_gpt/claim_evidence_stance.jsonl.gz")
    with tempfile.TemporaryDirectory() as place:
        _factcheck(stances, Path(place))


def _factcheck(stances: Sequence[Mapping[str, Any]], place: Path) -> None:
    source = {
        text: f"snippet/{number}" for number, text in enumerate(dict.fromkeys(row["evidence"] for row in stances))
    }
    corpus = _index([Page(text=text, source=name) for text, name in source.items()], place / "factcheck")
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in stances:
        found[row["claim"]].append(row)
    relevant = {
        claim: frozenset(source[row["evidence"]] for row in rows if row["stance"] != "irrelevant")
        for claim, rows in found.items()
    }
    asked = [(claim, gold) for claim, gold in relevant.items() if gold]
    print(
        f"\n{len(source):,} snippets, {corpus.stamp.passages:,} passages; {len(asked)} of {len(found)} claims have gold"
    )
    _show(corpus, "FactCheck-GPT, the claim, all snippets", asked)
    sure = {
        claim: frozenset(source[row["evidence"]] for row in rows if row["stance"] in ("completely-support", "refute"))
        for claim, rows in found.items()
    }
    _show(corpus, "... gold only what settles it in full", [(claim, gold) for claim, gold in sure.items() if gold])


def _show(corpus: CorpusEvidence, name: str, asked: Iterable[Asked]) -> None:
    hits, shares = [], []
    for query, gold in asked:
        found = {_document(passage.source) for passage in corpus.found(query)}
        hits.append(float(bool(found & gold)))
        shares.append(len(found & gold) / min(AT, len(gold)))
    print(f"{name:40} found {_mean(hits):.3f}   all {_mean(shares):.3f}   ({len(hits)} queries)")


def _document(source: str) -> str:
    return source.partition(" ")[0]


def _index(pages: Iterable[Page], place: Path) -> CorpusEvidence:
    build_index(pages, place, cutter=Cutter())
    return open_corpus(place, passages=AT)


def _halueval_pages(rows: Sequence[Mapping[str, Any]]) -> Iterator[Page]:
    return (Page(text=row["knowledge"], source=f"halueval/{number}") for number, row in enumerate(rows))


def _popqa_pages(rows: Sequence[Mapping[str, Any]]) -> Iterator[Page]:
    """Each paragraph once: questions about the same things share them."""
    seen: set[str] = set()
    for row in rows:
        for paragraph in row["paragraphs"]:
            name = _popqa_source(paragraph)
            if name not in seen:
                seen.add(name)
                yield Page(text=paragraph["text"], title=paragraph["title"], source=name)


def _popqa_asked(rows: Sequence[Mapping[str, Any]], *, answered: bool) -> Iterator[Asked]:
    for row in rows:
        query = f"{row['question']} {row['obj']}" if answered else row["question"]
        yield query, frozenset(_popqa_source(each) for each in row["paragraphs"] if each["is_supporting"])


def _popqa_source(paragraph: Mapping[str, Any]) -> str:
    return f"popqa/{hashlib.sha256(paragraph['text'].encode()).hexdigest()[:16]}"


def _other_pages(folder: Path) -> Iterator[Page]:
    """Passages of other sets, to look among."""
    texts: dict[str, None] = {}
    for row in _rows(folder / "claim_evidence/climate_fever.jsonl.gz"):
        texts.update((each["evidence"], None) for each in row["evidences"])
    for name in ("begin", "healthver"):
        texts.update((row["evidence"], None) for row in _rows(folder / f"claim_evidence/{name}.jsonl.gz"))
    for row in _rows(folder / "qa_feedback/feedback.jsonl.gz"):
        texts.update((" ".join(map(str, passage)), None) for passage in row["passages"])
    return (Page(text=text, source=f"other/{number}") for number, text in enumerate(texts))


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
