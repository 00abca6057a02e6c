"""Pairs of responses that somebody compared, from data whose licence allows training.

    hh            HH-RLHF helpful          MIT          people's choice, dialogues
    webgpt        WebGPT comparisons       OpenAI       people's choice, long answers with citations
    autoj         Auto-J test pairs        Apache-2.0   people's choice, 58 kinds of request
    qa_feedback   QA-Feedback              Apache-2.0   people's choice, answers from passages
    ifeval        answers to IFEval        Apache-2.0   one that passes against one that fails

Rows whose first turn is a prompt of AlpacaEval or RM-Bench are left out: both are tested on.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reward_agent.types import Message
from training.read import rows

FILES = {
    "hh": ["hh_helpful/base.jsonl.gz", "hh_helpful/extra.jsonl.gz"],
    "webgpt": ["webgpt/comparisons.jsonl.gz"],
    "autoj": ["autoj/pairwise.jsonl.gz"],
    "qa_feedback": ["qa_feedback/feedback.jsonl.gz"],
    "ifeval": ["ifeval/input_data.jsonl", "ifeval/responses.jsonl.gz"],
}
PAIRS_A_PROMPT = 3
"""How many pairs one IFEval prompt gives at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPair:
    """`key` is the first user turn: what the split goes by."""

    key: str
    prompt: tuple[Message, ...]
    chosen: str
    rejected: str


def turns(messages: list[dict[str, str]]) -> tuple[Message, ...]:
    """Messages as they stand in data."""
    return tuple(Message(role=m["role"], content=m["content"]) for m in messages)  # type: ignore[arg-type]


def one_turn(prompt: str, chosen: str, rejected: str) -> ComparedPair:
    """A pair whose prompt is one user turn."""
    return ComparedPair(key=prompt, prompt=(Message(role="user", content=prompt),), chosen=chosen, rejected=rejected)


def _hh(data: Path) -> Iterator[ComparedPair]:
    for file in FILES["hh"]:
        for row in rows(data / file):
            chosen, rejected = row["chosen"], row["rejected"]
            tested = row["first_user_in_alpacaeval"] or row["first_user_in_rm_bench_chat"]
            if chosen[:-1] == rejected[:-1] and not tested:
                yield ComparedPair(
                    key=chosen[0]["content"],
                    prompt=turns(chosen[:-1]),
                    chosen=chosen[-1]["content"],
                    rejected=rejected[-1]["content"],
                )


def _webgpt(data: Path) -> Iterator[ComparedPair]:
    for row in rows(data / FILES["webgpt"][0]):
        if row["score_chosen"] != row["score_rejected"]:
            question, chosen = row["chosen"].split("## Assistant:", 1)
            rejected = row["rejected"].split("## Assistant:", 1)[1]
            yield one_turn(question.replace("## Human:", "").strip(), chosen.strip(), rejected.strip())


def _autoj(data: Path) -> Iterator[ComparedPair]:
    for row in rows(data / FILES["autoj"][0]):
        first, second = row["response 1"], row["response 2"]
        match row["label"]:
            case 0:
                yield one_turn(row["prompt"], first, second)
            case 1:
                yield one_turn(row["prompt"], second, first)
            case 2:
                pass  # a tie
            case other:
                raise ValueError(f"Auto-J's labels are 0, 1 and 2, got {other!r}")


def _qa_feedback(data: Path) -> Iterator[ComparedPair]:
    places = [(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]
    for row in rows(data / FILES["qa_feedback"][0]):
        for (one, other), better in zip(places, row["preference"], strict=True):
            if better:
                pair = (row[f"prediction {one}"], row[f"prediction {other}"])
                yield one_turn(row["question"], pair[better - 1], pair[2 - better])


def _ifeval(data: Path) -> Iterator[ComparedPair]:
    with (data / FILES["ifeval"][0]).open(encoding="utf-8") as lines:
        prompts = {row["key"]: row["prompt"] for row in map(json.loads, lines)}
    answers: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for row in rows(data / FILES["ifeval"][1]):
        if row["response"]:
            answers[row["key"]][not all(row["loose"])].append(row["response"])
    draw = random.Random(0)
    for key, (passed, failed) in sorted(answers.items()):
        draw.shuffle(passed)
        draw.shuffle(failed)
        for one, other in list(zip(passed, failed, strict=False))[:PAIRS_A_PROMPT]:
            yield one_turn(prompts[key], one, other)


COMPARED: Mapping[str, Callable[[Path], Iterator[ComparedPair]]] = {
    "hh": _hh,
    "webgpt": _webgpt,
    "autoj": _autoj,
    "qa_feedback": _qa_feedback,
    "ifeval": _ifeval,
}
