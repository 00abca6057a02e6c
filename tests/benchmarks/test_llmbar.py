"""LLMBar: labels 1 and 2, and subsets told by the path."""

from typing import Any

import pytest

from reward_agent.benchmarks import BENCHMARKS, read_benchmark
from reward_agent.benchmarks.llmbar import subset_of
from reward_agent.benchmarks.rows import Row
from reward_agent.errors import DataError
from tests.benchmarks.conftest import Writer


def row(number: int = 1, label: object = 1) -> dict[str, Any]:
    return {"input": f"Say {number}.", "output_1": f"{number}", "output_2": "A fine poem.", "label": label}


@pytest.mark.parametrize(
    ("file", "subset"),
    [
        ("Dataset/LLMBar/Natural/dataset.json", "Natural"),
        ("Dataset/LLMBar/Adversarial/Neighbor/dataset.json", "Adversarial Neighbor"),
        ("Dataset/LLMBar/Adversarial/GPTInst/dataset.json", "Adversarial GPTInst"),
        ("Adversarial_GPTOut.jsonl.gz", "Adversarial GPTOut"),
        ("LLMBar_Adversarial_Manual.jsonl", "Adversarial Manual"),
        ("natural.json", "Natural"),
        ("Dataset/Processed/MT-Bench/dataset.json", "MT-Bench"),
        ("CaseStudy_Negation.jsonl.gz", "CaseStudy_Negation"),
        ("mine.jsonl", "mine"),
    ],
)
def test_the_path_tells_the_subset(file: str, subset: str) -> None:
    assert subset_of(Row(data={}, file=file, line=1)) == subset


@pytest.mark.parametrize(("label", "best"), [(1, 0), ("1", 0), (2, 1), ("2", 1)])
def test_every_published_label_is_read(label: object, best: int, write: Writer) -> None:
    reading = read_benchmark("llmbar", write("Natural.jsonl", [row(label=label)]))
    (labeled,) = reading.samples
    assert (labeled.best, labeled.rest) == ((best,), (1 - best,))
    assert labeled.sample.responses == ("1", "A fine poem.")
    assert reading.label_counts == {str(label): 1}


@pytest.mark.parametrize("label", [0, 3, True, 1.0, "A", "01", None, [1]])
def test_any_other_label_stops_the_reader(label: object, write: Writer) -> None:
    with pytest.raises(DataError, match=r"Natural\.jsonl:2: label must be one of '1', '2', got"):
        read_benchmark("llmbar", write("Natural.jsonl", [row(1), row(2, label)]))


def test_ids_come_from_subset_and_row(write: Writer, tmp_path: Any) -> None:
    write("LLMBar/Natural/dataset.json", [row(1), row(2)])
    write("LLMBar/Adversarial/Manual/dataset.json", [row(3)])
    reading = read_benchmark("llmbar", str(tmp_path))
    assert [s.sample.id for s in reading.samples] == ["Adversarial Manual/1", "Natural/1", "Natural/2"]
    assert not reading.problems


def test_the_repository_s_other_sets_are_left_out_beside_llmbar(write: Writer, tmp_path: Any) -> None:
    write("LLMBar/Natural/dataset.json", [row(1)])
    other = write("Processed/FairEval/dataset.json", [row(2)])
    reading = read_benchmark("llmbar", str(tmp_path))
    assert len(reading.samples) == 1
    (problem,) = reading.problems
    assert (problem.place, problem.set_aside) == (other, False)
    assert len(read_benchmark("llmbar", other).samples) == 1


def test_the_averages_are_means_over_the_subsets() -> None:
    adversarial, average = BENCHMARKS["llmbar"].aggregates(["Natural", "Adversarial Manual", "Adversarial GPTOut"])
    assert (adversarial.name, dict(adversarial.weights)) == (
        "Adversarial",
        {"Adversarial Manual": 1.0, "Adversarial GPTOut": 1.0},
    )
    assert (average.name, len(average.weights)) == ("average", 3)
