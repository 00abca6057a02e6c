"""IFBench: levels become subset names."""

from typing import Any

import pytest

from reward_agent.benchmarks import BENCHMARKS, read_benchmark
from reward_agent.errors import DataError
from tests.benchmarks.conftest import Writer


def row(number: int, level: object, **columns: Any) -> dict[str, Any]:
    prompt = [{"role": "user", "content": f"Write {number} words."}]
    return {
        "text_chosen": [*prompt, {"role": "assistant", "content": "one " * number}],
        "text_rejected": [*prompt, {"role": "assistant", "content": "none of it"}],
        "id": number,
        "domain": level,
        **columns,
    }


def test_every_level_is_read_and_named(write: Writer) -> None:
    path = write("data.json", [row(1, "level-1"), row(2, "level-2"), row(3, "level-3")])
    reading = read_benchmark("ifbench", path)
    assert [(s.sample.id, s.subset) for s in reading.samples] == [("1", "simple"), ("2", "normal"), ("3", "hard")]
    assert reading.label_counts == {"chosen": 3}
    sample = reading.samples[1].sample
    assert sample.instruction == "Write 2 words."
    assert sample.responses == ("one one ", "none of it")


@pytest.mark.parametrize("level", ["level-4", "hard", None, 1, ["level-1"]])
def test_an_unknown_level_stops_the_reader(level: object, write: Writer) -> None:
    with pytest.raises(DataError, match="domain must be one of 'level-1', 'level-2', 'level-3'"):
        read_benchmark("ifbench", write("data.json", [row(1, level)]))


BAD = {
    "no user turn": {"text_chosen": [{"role": "assistant", "content": "a"}]},
    "other prompts": {"text_chosen": [{"role": "user", "content": "else"}, {"role": "assistant", "content": "a"}]},
    "a user turn last": {"text_rejected": [{"role": "user", "content": "Write 1 words."}]},
    "an unknown role": {"text_chosen": [{"role": "narrator", "content": "a"}]},
    "no content": {"text_chosen": [{"role": "user"}]},
    "a picture": {"text_chosen": [{"role": "user", "content": [{"type": "image"}]}]},
    "a text": {"text_chosen": "just a text"},
    "an empty list": {"text_chosen": []},
    "messages that are none": {"text_chosen": ["a", "b"]},
}


@pytest.mark.parametrize("columns", BAD.values(), ids=BAD)
def test_a_conversation_of_another_shape_is_set_aside(columns: dict[str, Any], write: Writer) -> None:
    reading = read_benchmark("ifbench", write("data.json", [row(1, "level-1", **columns), row(2, "level-1")]))
    (problem,) = reading.problems
    assert "text_" in problem.what
    assert problem.remedy


def test_overall_is_pooled() -> None:
    assert not BENCHMARKS["ifbench"].aggregates(["simple", "normal", "hard"])
