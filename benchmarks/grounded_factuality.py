"""Grounded factuality without a language model, beside the length controls and with random passages.

    python -m benchmarks.grounded_factuality [--data DIR] [--part evaluation|all]
                                             [--model embedded|none|FOLDER] [--entailment open|all]

One corpus of all passages of HaluEval and PopQA, indexed as a user would index it. PopQA's and QA-Feedback's rows that
were trained on are left out unless `--part all` says that the data are another share altogether; HaluEval is never
trained on. "random passages": the same claims beside passages drawn from the corpus by lot.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.calibration import calibration_error
from benchmarks.provenance import SHARED_DATA, print_header
from reward_agent.evidence.corpus import Page, build_index, open_corpus
from reward_agent.types import Passage, Sample
from reward_agent.verify.factuality.grounded import GroundedClaims
from reward_agent.verify.factuality.grounded.claims import Claim
from reward_agent.verify.factuality.grounded.entailment import EntailmentModel, open_entailment
from reward_agent.verify.factuality.grounded.features import compared
from reward_agent.verify.factuality.grounded.text import sentences
from reward_agent.verify.factuality.verifier import FactualityVerifier
from training.grounded_rows import SENTENCES
from training.parts import part_of
from training.read import rows

Pair = tuple[str, str, str]
"""A question, the better answer, the worse one."""
SEED = 5
HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An evidence source that always finds the same passages."""

    passages: Sequence[Passage]

    async def search(self, query: str) -> Sequence[Passage]:
        return self.passages


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lot:
    """An evidence source that finds passages by lot, the same for the same query."""

    passages: Sequence[Passage]

    async def search(self, query: str) -> Sequence[Passage]:
        return random.Random(query).sample(list(self.passages), 5)


def corpus_pages(data: Path) -> dict[str, Page]:
    """Every passage of HaluEval and PopQA, once."""
    pages: dict[str, Page] = {}
    for number, row in enumerate(rows(data / "halueval" / "qa.jsonl.gz")):
        pages.setdefault(row["knowledge"], Page(text=row["knowledge"], title="", source=f"halueval {number}"))
    for row in rows(data / "popqa_passages" / "popqa.jsonl.gz"):
        for passage in row["paragraphs"]:
            pages.setdefault(passage["text"], Page(text=passage["text"], title=passage["title"], source="popqa"))
    return pages


def halueval(data: Path) -> Iterator[Pair]:
    for row in rows(data / "halueval" / "qa.jsonl.gz"):
        for wrong in row["hallucinated"]:
            if wrong.strip().lower() != row["right_answer"].strip().lower():
                yield row["question"], row["right_answer"], wrong


def popqa(data: Path, part: str) -> Iterator[Pair]:
    draw = random.Random(SEED)
    everything = rows(data / "popqa_passages" / "popqa.jsonl.gz")
    alike: dict[str, list[tuple[str, set[str]]]] = defaultdict(list)
    for row in everything:
        alike[row["prop"]].append((row["obj"], {a.lower() for a in json.loads(row["possible_answers"])}))
    for row in everything:
        accepted = {answer.lower() for answer in json.loads(row["possible_answers"])}
        others = [obj for obj, names in alike[row["prop"]] if obj.lower() not in accepted and not names & accepted]
        other = draw.choice(others)
        if part == "all" or part_of(row["question"]) == "evaluation":
            yield row["question"], row["obj"], other


def forms(data: Path, part: str) -> Iterator[tuple[str, Pair]]:
    """PopQA's pairs with one of the answers in a whole sentence: no form should be preferred to the other."""
    whole = {}
    for row in rows(data / "popqa_passages" / "popqa.jsonl.gz"):
        whole[row["question"]] = (SENTENCES[row["prop"]][0], row["subj"])
    for question, accepted, other in popqa(data, part):
        sentence, subject = whole[question]
        yield "whole against short", (question, sentence.format(subject, accepted), other)
        yield "short against whole", (question, accepted, sentence.format(subject, other))


def qa_feedback(data: Path, part: str) -> Iterator[tuple[str, Pair, Sequence[Passage]]]:
    """People's preferences, and the marked answer against its correction where a span is ungrounded."""
    places = [(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]
    for row in rows(data / "qa_feedback" / "feedback.jsonl.gz"):
        if part != "all" and part_of(row["question"]) != "evaluation":
            continue
        passages = [Passage(title=p[0], text=" ".join(p[1:])) for p in row["passages"]]
        for (one, other), better in zip(places, row["preference"], strict=True):
            if better:
                answers = (row[f"prediction {one}"], row[f"prediction {other}"])
                yield "preference", (row["question"], answers[better - 1], answers[2 - better]), passages
        kinds = {error["error type"] for error in row["feedback"]["errors"]}
        if kinds & {"Unverifiable", "Wrong-Grounding"}:
            corrected = row["feedback"]["corrected-prediction"]
            yield "error spans", (row["question"], corrected, row["prediction 1"]), passages


def decided(verifier: FactualityVerifier, pair: Pair) -> tuple[float, bool]:
    """The credit of a pair (0.5 where it is not decided or even), and whether both answers were judged."""
    question, better, worse = pair
    first, second = (v.score for v in asyncio.run(verifier.verify(Sample.of(question, [better, worse]))).verdicts)
    if first is None or second is None:
        return HALF, False
    return (first > second) + HALF * (first == second), True


def length_credit(pair: Pair, measure: Callable[[str], int] = lambda text: len(text.split())) -> float:
    better, worse = measure(pair[1]), measure(pair[2])
    return (better > worse) + HALF * (better == worse)


def pair_line(title: str, pairs: Sequence[Pair], way: Callable[[int], GroundedClaims]) -> None:
    found = [decided(FactualityVerifier(way=way(place)), pair) for place, pair in enumerate(pairs)]
    matched = [
        credit for (credit, _), pair in zip(found, pairs, strict=True) if len(pair[1].split()) == len(pair[2].split())
    ]
    longer = float(np.mean([length_credit(pair) for pair in pairs]))
    cells = [
        f"{np.mean([credit for credit, _ in found]):.3f}",
        f"{np.mean([judged for _, judged in found]):.3f}",
        f"{np.mean(matched):.3f} ({len(matched)})" if matched else "-",
        f"{longer:.3f}",
        f"{1 - longer:.3f}",
    ]
    print("| " + " | ".join([title, str(len(pairs)), *cells]) + " |", flush=True)


def entailment_rows(data: Path, part: str) -> Iterator[tuple[str, list[Claim], str, bool]]:
    """Sets of claims with evidence: title, the claims of a text, the evidence, whether it supports all of them."""
    for row in rows(data / "claim_evidence" / "begin.jsonl.gz"):
        if part == "all" or part_of(row["evidence"]) == "evaluation":
            yield "BEGIN", _alone(row["response"]), row["evidence"], row["coarse label"] == "entailment"
    yield from summaries(data, part)
    for row in rows(data / "factcheck_gpt" / "claim_evidence_stance.jsonl.gz"):
        if row["stance"] in ("completely-support", "partially-support", "refute"):
            yield "FactCheck-GPT, supports or refutes", _alone(row["claim"]), row["evidence"], row["stance"] != "refute"
    for row in rows(data / "claim_evidence" / "healthver.jsonl.gz"):
        if row["label"] in ("Supports", "Refutes"):
            yield "HealthVer, supports or refutes", _alone(row["claim"]), row["evidence"], row["label"] == "Supports"
    for row in rows(data / "claim_evidence" / "climate_fever.jsonl.gz"):
        for evidence in row["evidences"][:1]:
            if evidence["evidence_label"] in ("SUPPORTS", "REFUTES"):
                supports = evidence["evidence_label"] == "SUPPORTS"
                yield "Climate-FEVER, supports or refutes", _alone(row["claim"]), evidence["evidence"], supports


def summaries(data: Path, part: str) -> Iterator[tuple[str, list[Claim], str, bool]]:
    """SummEdits: every summary as the set labels it, and the one sentence of it that was edited."""
    for row in rows(data / "claim_evidence" / "summedits.jsonl.gz"):
        if part != "all" and part_of(row["doc"]) != "evaluation":
            continue
        said, before = sentences(row["summary"]), set(sentences(row["original_summary"]))
        yield "SummEdits, whole summaries", [c for s in said for c in _alone(s)], row["doc"], bool(row["label"])
        for edited in [s for s in said if s not in before][:1]:
            yield "SummEdits, the edited sentence", _alone(edited), row["doc"], bool(row["label"])


def _alone(text: str) -> list[Claim]:
    return [Claim(text=text, question="", short=False)]


def entailment_lines(data: Path, part: str, way: GroundedClaims) -> None:
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for title, claims, evidence, true in entailment_rows(data, part):
        chances = [way.chance(claim, compared(claim, [Passage(text=evidence)])[0]) for claim in claims]
        found[title].append((min(chances), true))
    print("\n| claims and evidence | n | balanced accuracy at 0.5 | calibration error | area under the curve |")
    print("|---|---|---|---|---|")
    for title, pairs in found.items():
        scores, labels = np.array([score for score, _ in pairs]), np.array([label for _, label in pairs])
        right = (np.mean(scores[labels] > HALF) + np.mean(scores[~labels] <= HALF)) / 2
        area = np.mean([(a > b) + HALF * (a == b) for a in scores[labels][:600] for b in scores[~labels][:600]])
        error = calibration_error(scores, labels)
        print(f"| {title} | {len(pairs)} | {right:.3f} | {error:.3f} | {area:.3f} |", flush=True)


def speed(way: GroundedClaims, pairs: Sequence[Pair]) -> None:
    """Candidates of three claims a second of processor time, one core: three answers of other questions in a row."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    whole = [f"The answer to this is {answer}." for _, answer, _ in pairs]
    samples = [
        Sample.of(pairs[at][0], [" ".join(whole[at : at + 3]), " ".join(whole[at + 3 : at + 6])])
        for at in range(0, min(len(pairs) - 6, 120), 6)
    ]
    rates = []
    for _ in range(3):
        verifier = FactualityVerifier(way=replace(way, entailment=forgetful(way.entailment)))
        started = time.process_time()
        for sample in samples:
            asyncio.run(verifier.verify(sample))
        rates.append(2 * len(samples) / (time.process_time() - started))
    print(f"\ncandidates with three claims a second of processor time, one core: {sorted(rates)[1]:.0f} (median of 3)")


def forgetful(model: EntailmentModel | None) -> EntailmentModel | None:
    """The model, in memory, as if it had read nothing yet."""
    return None if model is None else EntailmentModel(folder=model.folder, encoder=model.load())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--part", choices=["evaluation", "all"], default="evaluation")
    parser.add_argument("--model", default="embedded", help="the entailment model: embedded, none, or a folder")
    parser.add_argument("--entailment", choices=["open", "all"], default="open")
    asked = parser.parse_args()
    print_header(f"{asked.data}: the {asked.part} part of what was trained on, the other sets whole")
    model = None if asked.model == "none" else open_entailment(asked.model)
    every = asked.entailment == "all"
    pages = corpus_pages(asked.data)
    everything = [Passage(text=page.text, title=page.title) for page in pages.values()]
    with tempfile.TemporaryDirectory() as folder:
        build_index(pages.values(), Path(folder) / "index")
        evidence = open_corpus(Path(folder) / "index")
        retrieved = GroundedClaims(evidence=evidence, entailment=model, read_all=every)
        lot = GroundedClaims(evidence=Lot(passages=everything), entailment=model, read_all=every)
        print("| pairs | n | accuracy | both judged | equally many words | longer wins | shorter wins |")
        print("|---|---|---|---|---|---|---|")
        sets = {"HaluEval QA": list(halueval(asked.data)), "PopQA": list(popqa(asked.data, asked.part))}
        for title, pairs in sets.items():
            pair_line(title, pairs, lambda place: retrieved)
            pair_line(f"{title}, random passages", pairs, lambda place: lot)
        for form in ("whole against short", "short against whole"):
            some_pairs = [pair for name, pair in forms(asked.data, asked.part) if name == form]
            pair_line(f"PopQA, {form}", some_pairs, lambda place: retrieved)
        given = list(qa_feedback(asked.data, asked.part))
        for kind in ("preference", "error spans"):
            some = [(pair, passages) for name, pair, passages in given if name == kind]
            ways = [
                GroundedClaims(evidence=Given(passages=p), entailment=model, read_all=every, claims=12) for _, p in some
            ]
            pair_line(f"QA-Feedback, {kind}", [pair for pair, _ in some], ways.__getitem__)
        entailment_lines(asked.data, asked.part, retrieved)
        speed(retrieved, sets["PopQA"])


if __name__ == "__main__":
    main()
