"""Pairs of claim and evidence to train the entailment model on, made from data whose licence allows it.

    BEGIN          CC BY 4.0 and CDLA-Sharing   replies and their evidence, by people's label
    SummEdits      Apache-2.0                   summaries with small edits, the edited sentence against its document
    PopQA          MIT                          a question's answer, and answers of other subjects, against a passage
    QA-Feedback    Apache-2.0                   sentences of answers, by the error spans that people marked
    own swaps      the passages of the above    a sentence, and the same with a number or name put in from elsewhere

A pair is (claim, evidence, label): 0 supported, 1 contradicted, 2 not enough evidence. Rows of the evaluation part
(`training.parts`) are left out.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reward_agent.verify.factuality.grounded.text import sentences, telling_words, window
from training.parts import part_of
from training.read import rows

Pair = tuple[str, str, int]
SUPPORTED, CONTRADICTED, UNKNOWN = 0, 1, 2
MOST = {"begin": 2400, "summedits": 1500, "popqa": 1800, "qa_feedback": 500, "swaps": 1600}
SENTENCES = 2_500
"""How many sentences of passages the swaps are made from."""
HALF = 0.5
NEARBY = 0.4
"""How often what is put in comes from the same passage, which makes the hardest false claim."""

_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d+\b")
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-zé]+(?: [A-Z][a-zé]+)+|[A-Z][a-zé]{3,})")
_ASIDE = re.compile(r" \([^)]*\)|, (?:who|which)[^,]*,")


def training_pairs(data: Path, seed: int) -> list[Pair]:
    """The pairs, shuffled, at most `MOST` of each kind."""
    draw = random.Random(seed)
    found: list[Pair] = []
    for kind, pairs in (
        ("begin", list(_begin(data))),
        ("summedits", list(_summedits(data))),
        ("popqa", list(_popqa(data, draw))),
        ("qa_feedback", list(_qa_feedback(data))),
        ("swaps", list(_swaps(data, draw))),
    ):
        draw.shuffle(pairs)
        print(f"{kind}: {min(len(pairs), MOST[kind])} of {len(pairs)} pairs")
        found += pairs[: MOST[kind]]
    draw.shuffle(found)
    return found


def _begin(data: Path) -> Iterator[Pair]:
    labels = {"entailment": SUPPORTED, "contradiction": CONTRADICTED, "neutral": UNKNOWN}
    for row in rows(data / "claim_evidence" / "begin.jsonl.gz"):
        if part_of(row["evidence"]) == "training":
            yield row["response"], window("", row["evidence"], row["response"]), labels[row["coarse label"]]


def _summedits(data: Path) -> Iterator[Pair]:
    for row in rows(data / "claim_evidence" / "summedits.jsonl.gz"):
        if part_of(row["doc"]) != "training":
            continue
        old = set(sentences(row["original_summary"]))
        new = [sentence for sentence in sentences(row["summary"]) if sentence not in old]
        for sentence in new[:1]:
            yield sentence, window("", row["doc"], sentence), SUPPORTED if row["label"] else CONTRADICTED


def _popqa(data: Path, draw: random.Random) -> Iterator[Pair]:
    chosen = [r for r in rows(data / "popqa_passages" / "popqa.jsonl.gz") if part_of(r["question"]) == "training"]
    alike: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in chosen:
        alike[row["prop"]].append(row)
    for row in chosen:
        accepted = json.loads(row["possible_answers"])
        names = {answer.lower() for answer in accepted}
        others = [
            o["obj"] for o in alike[row["prop"]] if not names & {a.lower() for a in json.loads(o["possible_answers"])}
        ]
        own = row["paragraphs"][0]
        for answer, label in [
            (row["obj"], SUPPORTED),
            (draw.choice(accepted), SUPPORTED),
            *((draw.choice(others), CONTRADICTED) for _ in range(2)),
        ]:
            yield qa_claim(row["question"], answer), window(own["title"], own["text"], answer, row["question"]), label
        foreign = draw.choice(chosen)["paragraphs"][0]
        if foreign["title"] != own["title"]:
            evidence = window(foreign["title"], foreign["text"], row["obj"], row["question"])
            answer = draw.choice([row["obj"], draw.choice(others)])
            yield qa_claim(row["question"], answer), evidence, UNKNOWN


def _qa_feedback(data: Path) -> Iterator[Pair]:
    for row in rows(data / "qa_feedback" / "feedback.jsonl.gz"):
        if part_of(row["question"]) == "training":
            for sentence, label in marked_sentences(row):
                yield sentence, _best_window(row["passages"], sentence, row["question"]), label


def marked_sentences(row: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The sentences of QA-Feedback's marked answer with what people's error spans say of each. A sentence that was
    dropped or reworded for another reason is left out: nothing is known of it."""
    labels = {"Wrong-Grounding": CONTRADICTED, "Unverifiable": UNKNOWN}
    text = row["prediction 1"]
    for sentence in sentences(text):
        start = text.find(sentence)
        end = start + len(sentence)
        wrong = [
            error["error type"]
            for error in row["feedback"]["errors"]
            if error["error type"] in labels and min(end, error["end"]) - max(start, error["start"]) > 5
        ]
        if wrong:
            yield sentence, labels[wrong[0]]
        elif sentence in row["feedback"]["corrected-prediction"]:
            yield sentence, SUPPORTED


def _best_window(passages: Sequence[Sequence[str]], claim: str, question: str) -> str:
    words = set(telling_words(claim))
    windows = [window(passage[0], " ".join(passage[1:]), claim, question) for passage in passages]
    return max(windows, key=lambda text: len(words & set(telling_words(text))))


def _swaps(data: Path, draw: random.Random) -> Iterator[Pair]:
    for sentence, title, text, label in swapped_sentences(data, draw):
        yield sentence, window(title, text, sentence), label


def swapped_sentences(data: Path, draw: random.Random) -> Iterator[tuple[str, str, str, int]]:
    """A sentence of a passage as it stands or without its asides, or with a number or name put in from elsewhere; the
    passage's title and text; the label."""
    said = [
        (title, text, sentence)
        for title, text in dict.fromkeys(passages_trained_on(data))
        for sentence in sentences(text)
        if 8 <= len(sentence.split()) <= 40
    ]
    draw.shuffle(said)
    pools = {kind: [match for _, _, s in said for match in kind.findall(s)] for kind in (_NUMBER, _NAME)}
    for title, text, sentence in said[:SENTENCES]:
        shorter = _ASIDE.sub("", sentence)
        if draw.random() < HALF:
            yield shorter, title, text, SUPPORTED
        kind = draw.choice([_NUMBER, _NAME])
        matches = list(kind.finditer(shorter))
        near = sorted({found for found in kind.findall(text) if found not in sentence and sentence not in found})
        from_near = bool(near) and draw.random() < NEARBY
        put = draw.choice(near if from_near else pools[kind])
        if matches and (from_near or put not in text):
            match = draw.choice(matches)
            yield shorter[: match.start()] + put + shorter[match.end() :], title, text, CONTRADICTED


def passages_trained_on(data: Path) -> Iterator[tuple[str, str]]:
    """Title and text of the passages of PopQA and QA-Feedback, training part, once a question they belong to."""
    for row in rows(data / "popqa_passages" / "popqa.jsonl.gz"):
        if part_of(row["question"]) == "training":
            yield from ((p["title"], p["text"]) for p in row["paragraphs"])
    for row in rows(data / "qa_feedback" / "feedback.jsonl.gz"):
        if part_of(row["question"]) == "training":
            yield from ((p[0], " ".join(p[1:])) for p in row["passages"])


def qa_claim(question: str, answer: str) -> str:
    """A short answer as a claim: it means nothing without its question."""
    return f"{question} {answer}"
