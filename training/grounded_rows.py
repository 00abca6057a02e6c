"""Claims beside passages with a label, to fit how the grounded verifier weighs them. Training part only.

Positive: the passage supports the claim. Negative: it says otherwise or does not say it.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reward_agent.types import Passage
from reward_agent.verify.factuality.grounded.claims import Claim
from reward_agent.verify.factuality.grounded.kinship import pages_about
from reward_agent.verify.factuality.grounded.opposites import opposites_of
from reward_agent.verify.factuality.grounded.text import sentences
from training import entailment_pairs
from training.parts import Part, part_of
from training.read import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """`kind` of row; `supported`: whether the passages at hand support the claim; `pages`: about a short answer."""

    kind: str
    claim: Claim
    passages: Sequence[Passage]
    supported: bool
    pages: Sequence[Passage] = ()


FOREIGN = 3
TURNED = 1_500
_NOT = re.compile(r" (?:not|never)\b")
_VERB = re.compile(r"\b(?:is|are|was|were|can|could|will|would|has|have|had|did|does|may|might)\b")
SENTENCES = {
    "occupation": ("{} worked as a {}.", "{} was a {}.", "{}'s occupation is {}."),
    "place of birth": ("{} was born in {}.", "The city in which {} was born is {}."),
}
"""How a short answer reads as a whole sentence."""


def labelled(data: Path, seed: int, part: Part) -> Iterator[Labelled]:
    """The rows of one part."""
    yield from popqa(data, seed, part)
    yield from begin(data, part)
    yield from summedits(data, part)
    yield from qa_feedback(data, part)
    if part == "training":
        yield from swaps(data, seed)
        yield from turned(data, seed)


def popqa(data: Path, seed: int, part: Part) -> Iterator[Labelled]:
    draw = random.Random(seed)
    chosen = [r for r in rows(data / "popqa_passages" / "popqa.jsonl.gz") if part_of(r["question"]) == part]
    corpus = list(
        {p["text"]: Passage(title=p["title"], text=p["text"]) for r in chosen for p in r["paragraphs"]}.values()
    )
    alike: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in chosen:
        alike[row["prop"]].append(row)
    for row in chosen:
        accepted = json.loads(row["possible_answers"])
        names = {answer.lower() for answer in accepted}
        others = [o["obj"] for o in alike[row["prop"]] if o["obj"].lower() not in names]
        foreign = [draw.choice(chosen)["paragraphs"][0] for _ in range(FOREIGN)]
        pool = [Passage(title=p["title"], text=p["text"]) for p in row["paragraphs"][:1] + foreign]
        answers = [(row["obj"], True), (draw.choice(accepted), True), *((draw.choice(others), False) for _ in range(2))]
        for answer, true in answers:
            short = Claim(text=answer, question=row["question"], short=True)
            pages = pages_about(answer, sorted(corpus, key=lambda p: p.title.lower() != answer.lower()))
            yield Labelled(kind="popqa", claim=short, passages=pool, supported=true, pages=pages)
            whole = Claim(
                text=draw.choice(SENTENCES[row["prop"]]).format(row["subj"], answer),
                question=row["question"],
                short=False,
            )
            yield Labelled(kind="whole answers", claim=whole, passages=pool, supported=true)
        asked = Claim(text=draw.choice([row["obj"], draw.choice(others)]), question=row["question"], short=True)
        other = [p for p in pool[1:] if p.title != pool[0].title] or pool[1:]
        yield Labelled(kind="popqa", claim=asked, passages=other, supported=False)


def begin(data: Path, part: Part) -> Iterator[Labelled]:
    for row in rows(data / "claim_evidence" / "begin.jsonl.gz"):
        if part_of(row["evidence"]) == part:
            yield _alone("begin", row["response"], row["evidence"], row["coarse label"] == "entailment")


def summedits(data: Path, part: Part) -> Iterator[Labelled]:
    for row in rows(data / "claim_evidence" / "summedits.jsonl.gz"):
        if part_of(row["doc"]) == part:
            old = set(sentences(row["original_summary"]))
            for sentence in [s for s in sentences(row["summary"]) if s not in old][:1]:
                yield _alone("summedits", sentence, row["doc"], bool(row["label"]))


def qa_feedback(data: Path, part: Part) -> Iterator[Labelled]:
    for row in rows(data / "qa_feedback" / "feedback.jsonl.gz"):
        if part_of(row["question"]) != part:
            continue
        pool = [Passage(title=p[0], text=" ".join(p[1:])) for p in row["passages"]]
        for sentence, label in entailment_pairs.marked_sentences(row):
            claim = Claim(text=sentence, question=row["question"], short=False)
            yield Labelled(kind="qa_feedback", claim=claim, passages=pool, supported=label == 0)


def swaps(data: Path, seed: int) -> Iterator[Labelled]:
    for sentence, title, text, label in entailment_pairs.swapped_sentences(data, random.Random(seed)):
        yield _alone("swaps", sentence, text, label == 0, title=title)


def turned(data: Path, seed: int) -> Iterator[Labelled]:
    """Sentences of passages as they stand, and turned round: with a "not" put in or left out, or a word's opposite."""
    draw = random.Random(seed)
    said = [
        (title, text, sentence)
        for title, text in dict.fromkeys(entailment_pairs.passages_trained_on(data))
        for sentence in sentences(text)
        if 6 <= len(sentence.split()) <= 40
    ]
    draw.shuffle(said)
    for title, text, sentence in said[:TURNED]:
        yield _alone("turned", sentence, text, True, title=title)
        ways = [new for new in (_negated(sentence, draw), _opposite(sentence, draw)) if new]
        if ways:
            yield _alone("turned", draw.choice(ways), text, False, title=title)


def _alone(kind: str, sentence: str, text: str, supported: bool, *, title: str = "") -> Labelled:
    claim = Claim(text=sentence, question="", short=False)
    return Labelled(kind=kind, claim=claim, passages=[Passage(title=title, text=text)], supported=supported)


def _negated(sentence: str, draw: random.Random) -> str:
    if _NOT.search(sentence):
        return _NOT.sub("", sentence, count=1)
    verbs = list(_VERB.finditer(sentence))
    if not verbs:
        return ""
    at = draw.choice(verbs[:2]).end()
    return f"{sentence[:at]} {draw.choice(['not', 'never', 'no longer'])}{sentence[at:]}"


def _opposite(sentence: str, draw: random.Random) -> str:
    words = sentence.split(" ")
    places = [(at, sorted(others)) for at, word in enumerate(words) if (others := opposites_of(word))]
    if not places:
        return ""
    at, choices = draw.choice(places)
    return " ".join([*words[:at], draw.choice(choices), *words[at + 1 :]])
