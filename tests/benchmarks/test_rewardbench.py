"""RewardBench 1: sections weighted by the published prompt counts."""

from typing import Any

import pytest

from reward_agent.benchmarks import BENCHMARKS, read_benchmark
from reward_agent.benchmarks.rewardbench import SECTIONS
from reward_agent.errors import DataError
from tests.benchmarks.conftest import Writer


def row(number: int = 1, **columns: Any) -> dict[str, Any]:
    return {
        "prompt": f"Spell {number}.",
        "chosen": "one",
        "chosen_model": "writer-1",
        "rejected": "won",
        "rejected_model": "writer-2",
        "subset": "alpacaeval-easy",
        "id": number,
        **columns,
    }


@pytest.mark.parametrize("subset", [subset for section in SECTIONS.values() for subset in section])
def test_every_published_subset_is_read(subset: str, write: Writer) -> None:
    (labeled,) = read_benchmark("rewardbench", write("filtered.jsonl", [row(subset=subset)])).samples
    assert (labeled.subset, labeled.sample.id, labeled.sample.responses) == (subset, "1", ("one", "won"))
    assert [c.source for c in labeled.sample.candidates] == ["writer-1", "writer-2"]


def test_an_unknown_subset_stops_the_reader(write: Writer) -> None:
    with pytest.raises(DataError, match=r"subset must be one of 'alpacaeval-easy', .*got 'mine'"):
        read_benchmark("rewardbench", write("a.jsonl", [row(subset="mine")]))


def test_the_published_set_has_2985_pairs_but_weighs_math_more() -> None:
    total = sum(sum(section.values()) for section in SECTIONS.values())
    assert total == 2985 - 447 + 984


def test_sections_weigh_their_subsets_and_overall_is_their_mean() -> None:
    aggregates = BENCHMARKS["rewardbench"].aggregates(["math-prm", "hep-go", "alpacaeval-easy", "mt-bench-med"])
    assert [(a.name, dict(a.weights)) for a in aggregates] == [
        ("Chat", {"alpacaeval-easy": 100.0, "mt-bench-med": 40.0}),
        ("Reasoning", {"math-prm": 984.0, "hep-go": 164.0}),
        ("overall", {"Chat": 1.0, "Reasoning": 1.0}),
    ]


def test_a_win_is_a_strictly_higher_score(write: Writer) -> None:
    reading = read_benchmark("rewardbench", write("a.jsonl", [row(1), row(2)]))
    won, tied = BENCHMARKS["rewardbench"].compare(reading.samples, {"1": [(0.2, 0.1)], "2": [(0.1, 0.1)]})
    assert (won.published, tied.published, tied.credit) == (1.0, 0.0, 0.5)
