"""Pairs of one's own: every shape TRL reads, and those it does not."""

from typing import Any

import pytest

from reward_agent.benchmarks import read_benchmark
from reward_agent.types import LabeledSample, Message
from tests.benchmarks.conftest import Writer

USER = {"role": "user", "content": "Name a colour."}
GOOD = {"role": "assistant", "content": "Green."}
BAD = {"role": "assistant", "content": "Seven."}
SYSTEM = {"role": "system", "content": "Be brief."}
EARLIER = [{"role": "user", "content": "Hello!"}, {"role": "assistant", "content": "Hello."}]

SHAPES: dict[str, dict[str, Any]] = {
    "texts": {"prompt": "Name a colour.", "chosen": "Green.", "rejected": "Seven."},
    "messages": {"prompt": [USER], "chosen": [GOOD], "rejected": [BAD]},
    "a text prompt and messages": {"prompt": "Name a colour.", "chosen": [GOOD], "rejected": [BAD]},
    "a message prompt and texts": {"prompt": [USER], "chosen": "Green.", "rejected": "Seven."},
    "single messages": {"prompt": "Name a colour.", "chosen": GOOD, "rejected": BAD},
    "whole conversations": {"chosen": [USER, GOOD], "rejected": [USER, BAD]},
    "a null prompt": {"prompt": None, "chosen": [USER, GOOD], "rejected": [USER, BAD]},
    "a prompt repeated in the conversations": {
        "prompt": "Name a colour.",
        "chosen": [USER, GOOD],
        "rejected": [USER, BAD],
    },
    "the converted names": {"text_chosen": [USER, GOOD], "text_rejected": [USER, BAD]},
    "transcripts": {
        "chosen": "\n\nHuman: Name a colour.\n\nAssistant: Green.",
        "rejected": "\n\nHuman: Name a colour.\n\nAssistant: Seven.",
    },
    "text parts": {
        "prompt": [{"role": "user", "content": [{"type": "text", "text": "Name a colour."}]}],
        "chosen": [GOOD],
        "rejected": [BAD],
    },
}


def read_one(write: Writer, row: dict[str, Any]) -> LabeledSample:
    (labeled,) = read_benchmark("pairs", write("mine.jsonl", [row])).samples
    return labeled


@pytest.mark.parametrize("row", SHAPES.values(), ids=SHAPES)
def test_every_shape_gives_the_same_sample(row: dict[str, Any], write: Writer) -> None:
    labeled = read_one(write, row)
    assert labeled.sample.prompt == (Message(role="user", content="Name a colour."),)
    assert labeled.sample.responses == ("Green.", "Seven.")
    assert (labeled.best, labeled.rest, labeled.sample.id) == ((0,), (1,), "mine/1")


@pytest.mark.parametrize(
    "row",
    [
        {"chosen": [SYSTEM, *EARLIER, USER, GOOD], "rejected": [SYSTEM, *EARLIER, USER, BAD]},
        {"prompt": [SYSTEM, *EARLIER, USER], "chosen": [GOOD], "rejected": [BAD]},
        {"prompt": [*EARLIER, USER], "system": "Be brief.", "chosen": [GOOD], "rejected": [BAD]},
        {
            "prompt": "Name a colour.",
            "chosen": [SYSTEM, *EARLIER, USER, GOOD],
            "rejected": [SYSTEM, *EARLIER, USER, BAD],
        },
    ],
)
def test_system_and_earlier_turns_are_kept(row: dict[str, Any], write: Writer) -> None:
    turns = [(m.role, m.content) for m in read_one(write, row).sample.prompt]
    assert turns == [
        ("system", "Be brief."),
        ("user", "Hello!"),
        ("assistant", "Hello."),
        ("user", "Name a colour."),
    ]


@pytest.mark.parametrize(
    "columns",
    [
        {"chosen": "Green.", "rejected": "Seven."},
        {"chosen": [USER, GOOD], "rejected": [{"role": "user", "content": "Else?"}, BAD]},
        {"prompt": "Another prompt.", "chosen": [USER, GOOD], "rejected": [USER, BAD]},
        {"prompt": "p", "chosen": "Green.", "rejected": ["Seven."]},
        {"prompt": "p", "chosen": ["Green."], "rejected": ["Seven."]},
        {"prompt": [GOOD], "chosen": [GOOD], "rejected": [BAD]},
        {"prompt": "p", "chosen": [USER], "rejected": [BAD]},
        {"prompt": "p", "chosen": "a", "rejected": "b", "system": 3},
        {"question": "p", "answers": ["a", "b"]},
        {"chosen": "\n\nHuman: Name a colour.", "rejected": "\n\nHuman: Name a colour."},
    ],
)
def test_an_unknown_shape_is_set_aside_with_what_was_expected(columns: dict[str, Any], write: Writer) -> None:
    reading = read_benchmark("pairs", write("mine.jsonl", [SHAPES["texts"], columns]))
    (problem,) = reading.problems
    assert len(reading.samples) == 1
    assert problem.set_aside
    assert problem.remedy


@pytest.mark.parametrize(
    ("columns", "subset"),
    [
        ({}, "all"),
        ({"source": "s"}, "s"),
        ({"category": "c", "source": "s"}, "c"),
        ({"domain": "d", "category": "c"}, "d"),
        ({"subset": "u", "domain": "d"}, "u"),
        ({"subset": None, "domain": " "}, "all"),
        ({"subset": "two\n| lines \x1b[31m"}, "two | lines [31m"),
        ({"subset": "x" * 1_000}, "x" * 80),
        ({"subset": ["not a name"]}, "all"),
    ],
)
def test_the_subset_is_the_first_column_that_names_one(columns: dict[str, Any], subset: str, write: Writer) -> None:
    assert read_one(write, {**SHAPES["texts"], **columns}).subset == subset


@pytest.mark.parametrize(("id", "used"), [(17, "17"), ("a b", "a b"), (17.0, "17"), (None, "mine/1"), ("", "mine/1")])
def test_an_id_of_the_row_is_used(id: object, used: str, write: Writer) -> None:
    assert read_one(write, {**SHAPES["texts"], "id": id}).sample.id == used


def test_parquet_pairs_are_read(tmp_path: Any) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.Table.from_pylist([SHAPES["messages"]]), tmp_path / "mine.parquet")
    (labeled,) = read_benchmark("pairs", str(tmp_path)).samples
    assert labeled.sample.responses == ("Green.", "Seven.")
