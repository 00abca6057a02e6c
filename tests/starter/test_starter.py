"""The starter set keeps what its README promises: shape, counts, evidence, no hint from length, counted claims."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.resources.abc import Traversable
from typing import Any

import pytest

from reward_agent.starter import CORPUS, PAIRS

Row = dict[str, Any]
SUBSETS = ("instructions", "facts", "preference")


def rows_of(file: Traversable) -> list[Row]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


ROWS = rows_of(PAIRS)
PASSAGES = rows_of(CORPUS)
BY_ID = {row["id"]: row for row in ROWS}


def of_subset(subset: str) -> list[Row]:
    return [row for row in ROWS if row["subset"] == subset]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_pair_has_trl_shape_and_a_note(row: Row) -> None:
    fields = ["id", "subset", "prompt", "chosen", "rejected", "note"]
    assert list(row) == fields + (["evidence"] if row["subset"] == "facts" else [])
    assert all(isinstance(row[name], str) and row[name] == row[name].strip() != "" for name in fields)
    assert row["chosen"] != row["rejected"]
    assert re.fullmatch(rf"{row['subset']}-\d\d", row["id"])


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda passage: passage["id"])
def test_a_passage_has_a_title_and_60_to_120_words(passage: Row) -> None:
    assert list(passage) == ["id", "title", "text"]
    assert passage["title"].strip()
    assert 60 <= words(passage["text"]) <= 120


def test_every_part_has_its_pairs_and_the_corpus_its_passages() -> None:
    counts = {subset: len(of_subset(subset)) for subset in SUBSETS}
    assert sum(counts.values()) == len(ROWS)
    assert counts == {"instructions": 34, "facts": 30, "preference": 26}, "the README names these counts"
    assert len(PASSAGES) == 50


def test_ids_prompts_and_answers_are_not_repeated() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert len({row["prompt"] for row in ROWS}) == len(ROWS)
    assert len({row[side] for row in ROWS for side in ("chosen", "rejected")}) == 2 * len(ROWS)
    assert len({passage["id"] for passage in PASSAGES}) == len({p["title"] for p in PASSAGES}) == len(PASSAGES)


@pytest.mark.parametrize("row", of_subset("facts"), ids=lambda row: row["id"])
def test_the_evidence_of_a_fact_is_in_the_corpus(row: Row) -> None:
    assert row["evidence"]
    assert len(set(row["evidence"])) == len(row["evidence"])
    assert set(row["evidence"]) <= {passage["id"] for passage in PASSAGES}


def test_the_set_stays_small() -> None:
    assert len(PAIRS.read_bytes()) + len(CORPUS.read_bytes()) < 150_000


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize("length", [words, len], ids=["words", "characters"])
@pytest.mark.parametrize("subset", SUBSETS)
def test_length_does_not_decide_a_part(subset: str, length: Callable[[str], int]) -> None:
    pairs = [(length(row["chosen"]), length(row["rejected"])) for row in of_subset(subset)]
    longer_wins = sum((better > worse) + (better == worse) / 2 for better, worse in pairs) / len(pairs)
    assert 0.4 <= longer_wins <= 0.6


# The claims of the `instructions` part, each counted here in the plainest way, independently of the catalog.
Claim = Callable[[str], bool]


def sentences(text: str) -> int:
    return sum(1 for piece in re.split(r"[.!?]+(?:\s|$)", text) if piece.strip())


def paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


def occurrences(text: str, word: str) -> int:
    return len(re.findall(rf"\b{word}\b", text, re.IGNORECASE))


def has(*keywords: str) -> Claim:
    return lambda text: all(occurrences(text, word) for word in keywords)


def lacks(*keywords: str) -> Claim:
    return lambda text: not any(occurrences(text, word) for word in keywords)


def items(text: str, marker: str) -> list[str]:
    return re.findall(rf"(?m)^{marker} (.+)$", text)


def is_json_with(*keys: str) -> Claim:
    def claim(text: str) -> bool:
        try:
            return set(json.loads(text)) == set(keys)
        except ValueError:
            return False

    return claim


QUESTION = "What should I pack for a first night of camping with two toddlers?"
OPTIONS = {"Approve", "Reject", "Ask for more information"}
CLAIMS: dict[str, tuple[Claim, ...]] = {
    "instructions-01": (lambda text: words(text) <= 60,),
    "instructions-02": (lambda text: sentences(text) == 4,),
    "instructions-03": (has("blackout", "caffeine"),),
    "instructions-04": (lacks("unique", "perfect", "special"),),
    "instructions-05": (lambda text: occurrences(text, "compost") == 3,),
    "instructions-06": (lambda text: len(items(text, "-")) == 5 == len(text.splitlines()),),
    "instructions-07": (
        lambda text: len(items(text, r"\d\.")) == 6,
        lambda text: max(map(words, text.splitlines())) <= 12,  # the number may count as a word
    ),
    "instructions-08": (lambda text: len(paragraphs(text)) == 3,),
    "instructions-09": (lambda text: items(text, "##") == ["Before", "During", "After"],),
    "instructions-10": (lambda text: re.search(r"<<[^<>\n]+>>", text) is not None,),
    "instructions-11": (lambda text: text == text.lower(),),
    "instructions-12": (lambda text: text == text.upper(),),
    "instructions-13": (lambda text: text.endswith("Let me know what works."),),
    "instructions-14": (lambda text: text.startswith("Dear neighbours,"),),
    "instructions-15": (is_json_with("product", "price", "in_stock"),),
    "instructions-16": (lacks("the", "and", "you"),),
    "instructions-17": (lambda text: "," not in text,),
    "instructions-18": (lambda text: paragraphs(text)[-1].startswith("P.S. "),),
    "instructions-19": (lambda text: len(re.findall(r"\[[^\[\]]+\]", text)) >= 3,),
    "instructions-20": (lambda text: text in OPTIONS,),
    "instructions-21": (lambda text: text[0] == text[-1] == '"',),
    "instructions-22": (lambda text: all(line.count("|") == 4 for line in text.splitlines()),),
    "instructions-23": (lambda text: words(text) >= 70,),
    "instructions-24": (lambda text: words(text) == 30,),
    "instructions-25": (lambda text: len(text.split("\n\n******\n\n")) == 2,),
    "instructions-26": (lambda text: len(re.findall(r"\*\*[^*]+\*\*", text)) >= 3,),
    "instructions-27": (lambda text: paragraphs(text)[0] == QUESTION,),
    "instructions-28": (
        lambda text: len(paragraphs(text)) == 3,
        lambda text: paragraphs(text)[1].startswith("However,"),
    ),
    "instructions-29": (
        lambda text: re.fullmatch(r"```python\n[^`]+\n```", text) is not None,
        has("with"),
    ),
    "instructions-30": (lambda text: 30 <= words(text) <= 40,),
    "instructions-31": (
        lambda text: len(text.splitlines()) == 4,
        lambda text: all(line[0].isupper() for line in text.splitlines()),
    ),
    "instructions-32": (
        lambda text: len(paragraphs(text)) == 2,
        lambda text: max(map(sentences, paragraphs(text))) <= 2,
        lambda text: occurrences(text, "regression") >= 2,
    ),
    "instructions-33": (lambda text: sentences(text) <= 2, lacks("honey")),
    "instructions-34": (
        lambda text: text.startswith("# Up and down again\n"),
        lambda text: sentences(text) == 3,
        has("vapour", "groundwater"),
    ),
}


def test_every_pair_of_the_instructions_part_has_its_claims() -> None:
    assert list(CLAIMS) == [row["id"] for row in of_subset("instructions")]


@pytest.mark.parametrize("row_id", CLAIMS)
def test_the_better_answer_meets_every_constraint_and_the_worse_one_breaks_some(row_id: str) -> None:
    row, claims = BY_ID[row_id], CLAIMS[row_id]
    assert all(claim(row["chosen"]) for claim in claims)
    assert not all(claim(row["rejected"]) for claim in claims)
