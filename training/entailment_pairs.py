"""Pairs of claim and evidence to train the entailment model on, made from data whose licence allows it.

    BEGIN          CC BY 4.0 and CDLA-Sharing   replies and their evidence, by people's label
    SummEdits      Apache-2.0                   sentences of summaries, edited or not, against their document
    PopQA          MIT                          a question's answer, and answers of other subjects, against a passage
    QA-Feedback    Apache-2.0                   sentences of answers, by the error spans that people marked
    own questions  the passages of the above    asked by rule, with right and wrong answers (entailment_questions.py)
    own edits      the passages of the above    sentences reworded or made false by rule (entailment_edits.py)

A pair is (claim, evidence, label): 0 supported, 1 contradicted, 2 not enough evidence. Rows of the evaluation part
(`training.parts`) are left out, and so are those held back.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reward_agent.verify.factuality.grounded import reading
from reward_agent.verify.factuality.grounded.text import sentences, telling_words
from training.entailment_edits import ASIDE, HALF, NAME, NUMBER, Edits, without
from training.entailment_questions import CONTRADICTED, SUPPORTED, UNKNOWN, questions
from training.parts import held, part_of
from training.read import rows

Pair = tuple[str, str, int]
MOST = {
    "begin": 3000,
    "summedits": 2000,
    "summaries": 400,
    "popqa": 3200,
    "qa_feedback": 500,
    "own questions": 4200,
    "own roles": 900,
    "own comparisons": 500,
    "own edits": 4400,
}
EVIDENCE_WORDS = 48
SENTENCES = 2_500
"""How many sentences of passages the swaps are made from (`swapped_sentences`)."""
NEARBY = 0.4
OWN_SENTENCES = 3_000
"""How many sentences of passages the edits are made from."""
MIN_WORDS, MAX_WORDS = 6, 40
POPQA = {
    "occupation": (
        *("What did {} do for a living?", "What was {}'s profession?", "What is {} known as?", "What was {}'s job?"),
        *("What kind of work did {} do?", "As what did {} work?", "Who was {}?", "What is the occupation of {}?"),
    ),
    "place of birth": (
        *("Where was {} born?", "What is {}'s birthplace?", "In what place was {} born?", "Where did {} come from?"),
        *("In which city or country was {} born?", "What is the place of birth of {}?", "{} was born where?"),
    ),
}
"""How a question of PopQA can be asked besides its own wording."""
IN_A_SENTENCE = 0.12
"""How often a short answer comes as a sentence."""
POPQA_WHOLE = {
    "occupation": ("{} was a {}.", "{} worked as a {}.", "{} is known as a {}."),
    "place of birth": ("{} was born in {}.", "{} came from {}.", "{} is a native of {}."),
}


def training_pairs(data: Path, seed: int) -> list[Pair]:
    """The pairs, shuffled, at most `MOST` of each kind."""
    draw = random.Random(seed)
    passages = [*dict.fromkeys((title, text) for prompt, title, text in passages_by_prompt(data) if not held(prompt))]
    documents = [("", text) for text in dict.fromkeys(_documents(data))]
    asking = questions(passages, draw)
    made: dict[str, list[Pair]] = {
        "begin": list(_begin(data)),
        "summedits": list(_summedits(data)),
        "summaries": list(_summaries(data)),
        "popqa": list(_popqa(data, draw)),
        "qa_feedback": list(_qa_feedback(data)),
        **{
            kind: [
                (qa_claim(question, answer), _evidence(title, text, answer, question), label)
                for question, answer, title, text, label in asked
            ]
            for kind, asked in (
                ("own questions", list(asking.asked())),
                ("own roles", list(asking.roles())),
                ("own comparisons", list(asking.compared())),
            )
        },
        "own edits": [
            (sentence, _evidence(title, text, sentence), label)
            for sentence, title, text, label in edited([*passages, *documents], draw)
        ],
    }
    found: list[Pair] = []
    for kind, pairs in made.items():
        draw.shuffle(pairs)
        print(f"{kind}: {min(len(pairs), MOST[kind])} of {len(pairs)} pairs")
        found += pairs[: MOST[kind]]
    draw.shuffle(found)
    return found


def _evidence(title: str, text: str, claim: str, question: str = "") -> str:
    return reading.to_read(title, text, claim, question, most=EVIDENCE_WORDS)


def _read_on(prompt: str) -> bool:
    return part_of(prompt) == "training" and not held(prompt)


def _begin(data: Path) -> Iterator[Pair]:
    labels = {"entailment": SUPPORTED, "contradiction": CONTRADICTED, "neutral": UNKNOWN}
    for row in rows(data / "claim_evidence" / "begin.jsonl.gz"):
        if _read_on(row["evidence"]):
            yield row["response"], _evidence("", row["evidence"], row["response"]), labels[row["coarse label"]]


def _summedits(data: Path) -> Iterator[Pair]:
    for row in rows(data / "claim_evidence" / "summedits.jsonl.gz"):
        if not _read_on(row["doc"]):
            continue
        old = set(sentences(row["original_summary"]))
        new = [sentence for sentence in sentences(row["summary"]) if sentence not in old]
        for sentence in new[:1]:
            yield sentence, _evidence("", row["doc"], sentence), SUPPORTED if row["label"] else CONTRADICTED


def _summaries(data: Path) -> Iterator[Pair]:
    """Sentences that nobody edited, beside their document and beside another."""
    chosen = [r for r in rows(data / "claim_evidence" / "summedits.jsonl.gz") if _read_on(r["doc"])]
    whole = {row["original_summary"]: row["doc"] for row in chosen}
    documents = [*whole.values()]
    for place, (summary, document) in enumerate(whole.items()):
        for sentence in sentences(summary):
            yield sentence, _evidence("", document, sentence), SUPPORTED
        other = documents[place - 1]
        if other != document:
            sentence = sentences(summary)[0]
            yield sentence, _evidence("", other, sentence), UNKNOWN


def _popqa(data: Path, draw: random.Random) -> Iterator[Pair]:
    chosen = [r for r in rows(data / "popqa_passages" / "popqa.jsonl.gz") if _read_on(r["question"])]
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
        foreign = draw.choice(chosen)["paragraphs"][0]
        worded = [row["question"], *(asked.format(row["subj"]) for asked in POPQA[row["prop"]])]
        answers = [(row["obj"], SUPPORTED), *((draw.choice(accepted), SUPPORTED) for _ in range(3))]
        answers += [(draw.choice(others), CONTRADICTED) for _ in range(4)]
        for answer, label in answers:
            question = row["question"] if draw.random() < HALF else draw.choice(worded)
            if draw.random() < IN_A_SENTENCE:
                answer = draw.choice(POPQA_WHOLE[row["prop"]]).format(row["subj"], answer)
            yield qa_claim(question, answer), _evidence(own["title"], own["text"], answer, question), label
        for answer, label in (answers[draw.randrange(4)], answers[4 + draw.randrange(4)]):
            whole = draw.choice(POPQA_WHOLE[row["prop"]]).format(row["subj"], answer)
            yield whole, _evidence(own["title"], own["text"], whole, ""), label
        if foreign["title"] != own["title"]:
            answer, question = draw.choice([row["obj"], draw.choice(others)]), draw.choice(worded)
            yield qa_claim(question, answer), _evidence(foreign["title"], foreign["text"], answer, question), UNKNOWN


def _qa_feedback(data: Path) -> Iterator[Pair]:
    for row in rows(data / "qa_feedback" / "feedback.jsonl.gz"):
        if _read_on(row["question"]):
            for sentence, label in marked_sentences(row):
                yield sentence, _closest(row["passages"], sentence, row["question"]), label


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


def _closest(passages: Sequence[Sequence[str]], claim: str, question: str) -> str:
    words = set(telling_words(claim))
    windows = [_evidence(passage[0], " ".join(passage[1:]), claim, question) for passage in passages]
    return max(windows, key=lambda text: len(words & set(telling_words(text))))


def edited(passages: Sequence[tuple[str, str]], draw: random.Random) -> Iterator[tuple[str, str, str, int]]:
    """Sentences of passages (title, text) reworded and made false, and some without what they were taken from: the
    sentence, the passage's title and text, the label."""
    said = [
        (title, text, sentence)
        for title, text in passages
        for sentence in sentences(text)
        if MIN_WORDS <= len(sentence.split()) <= MAX_WORDS
    ]
    pools = {kind: [found for _, _, sentence in said for found in kind.findall(sentence)] for kind in (NUMBER, NAME)}
    edits = Edits(draw=draw, pools=pools)
    draw.shuffle(said)
    for title, text, sentence in said[:OWN_SENTENCES]:
        reworded = edits.reworded(sentence, title)
        yield reworded, title, text, SUPPORTED
        false = edits.falsified(draw.choice([reworded, sentence]), text)
        if false is not None:
            yield false, title, text, CONTRADICTED
        rest = without(sentences(text), sentence)
        if rest and draw.random() < HALF / 2:
            yield reworded, title, rest, UNKNOWN


def _documents(data: Path) -> Iterator[str]:
    for name, field in (("begin", "evidence"), ("summedits", "doc")):
        for row in rows(data / "claim_evidence" / f"{name}.jsonl.gz"):
            if _read_on(row[field]):
                yield row[field]


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
    pools = {kind: [match for _, _, s in said for match in kind.findall(s)] for kind in (NUMBER, NAME)}
    for title, text, sentence in said[:SENTENCES]:
        shorter = ASIDE.sub("", sentence)
        if draw.random() < HALF:
            yield shorter, title, text, SUPPORTED
        kind = draw.choice([NUMBER, NAME])
        matches = list(kind.finditer(shorter))
        near = sorted({found for found in kind.findall(text) if found not in sentence and sentence not in found})
        from_near = bool(near) and draw.random() < NEARBY
        put = draw.choice(near if from_near else pools[kind])
        if matches and (from_near or put not in text):
            match = draw.choice(matches)
            yield shorter[: match.start()] + put + shorter[match.end() :], title, text, CONTRADICTED


def passages_trained_on(data: Path) -> Iterator[tuple[str, str]]:
    """Title and text of the passages of PopQA and QA-Feedback, training part, once a question they belong to."""
    yield from ((title, text) for _, title, text in passages_by_prompt(data))


def passages_by_prompt(data: Path) -> Iterator[tuple[str, str, str]]:
    """The same behind the question."""
    for row in rows(data / "popqa_passages" / "popqa.jsonl.gz"):
        if part_of(row["question"]) == "training":
            yield from ((row["question"], p["title"], p["text"]) for p in row["paragraphs"])
    for row in rows(data / "qa_feedback" / "feedback.jsonl.gz"):
        if part_of(row["question"]) == "training":
            yield from ((row["question"], p[0], " ".join(p[1:])) for p in row["passages"])


def qa_claim(question: str, answer: str) -> str:
    """A short answer as a claim: it means nothing without its question."""
    return f"{question} {answer}".strip()
