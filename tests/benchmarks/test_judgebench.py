"""JudgeBench: labels, categories, both formats and both orders."""

from collections.abc import Sequence
from typing import Any

import pytest

from reward_agent.benchmarks import BENCHMARKS, read_benchmark
from reward_agent.errors import DataError
from tests.benchmarks.conftest import Writer


def row(number: int = 1, **columns: Any) -> dict[str, Any]:
    return {
        "pair_id": f"p{number}",
        "original_id": number,
        "source": "mmlu-pro-physics",
        "question": f"How heavy is {number} kg of lead?",
        "response_model": "writer-1",
        "response_A": f"{number} kg",
        "response_B": "It depends on the moon.",
        "label": "A>B",
        **columns,
    }


def test_the_candidates_keep_the_published_order_and_the_label_says_which_is_right(write: Writer) -> None:
    reading = read_benchmark("judgebench", write("gpt.jsonl", [row(1), row(2, label="B>A")]))
    first, second = reading.samples
    assert first.sample.responses == ("1 kg", "It depends on the moon.")
    assert (first.best, first.rest, second.best, second.rest) == ((0,), (1,), (1,), (0,))
    assert {c.source for c in first.sample.candidates} == {"writer-1"}
    assert reading.label_counts == {"A>B": 1, "B>A": 1}


@pytest.mark.parametrize("label", ["A<B", "B<A", "a>b", "A>B ", "A=B", "", None, 1, ["A>B"]])
def test_any_other_label_stops_the_reader(label: object, write: Writer) -> None:
    path = write("a.jsonl", [row(1), row(2, label=label)])
    with pytest.raises(DataError, match=r"a\.jsonl:2: label must be one of 'A>B', 'B>A', got"):
        read_benchmark("judgebench", path)


@pytest.mark.parametrize(
    ("source", "category"),
    [
        ("mmlu-pro-computer science", "knowledge"),
        ("livebench-reasoning", "reasoning"),
        ("livebench-math", "math"),
        ("livecodebench", "coding"),
    ],
)
def test_every_source_has_its_category(source: str, category: str, write: Writer) -> None:
    (labeled,) = read_benchmark("judgebench", write("a.jsonl", [row(source=source)])).samples
    assert labeled.subset == category


def test_an_unknown_source_stops_the_reader(write: Writer) -> None:
    with pytest.raises(DataError, match=r"source must be one of 'mmlu-pro-\*'.*got 'trivia'"):
        read_benchmark("judgebench", write("a.jsonl", [row(source="trivia")]))


def test_the_converted_format_is_read(write: Writer) -> None:
    turns = [{"role": "user", "content": "How many legs has an ant?"}]
    rows = [
        {
            "text_chosen": [*turns, {"role": "assistant", "content": "Six."}],
            "text_rejected": [*turns, {"role": "assistant", "content": "Eight."}],
            "id": f"c{number}",
            **columns,
        }
        for number, columns in enumerate([{"domain": "knowledge"}, {"domain": "x", "source": "livecodebench"}, {}])
    ]
    reading = read_benchmark("judgebench", write("converted.json", rows))
    assert [s.subset for s in reading.samples] == ["knowledge", "coding", "all"]
    assert reading.samples[0].sample.responses == ("Six.", "Eight.")
    assert reading.label_counts == {"chosen": 3}


def test_a_converted_copy_beside_the_published_files_is_left_out(write: Writer) -> None:
    turns = [{"role": "user", "content": "q"}]
    copy = {
        "text_chosen": [*turns, {"role": "assistant", "content": "a"}],
        "text_rejected": [*turns, {"role": "assistant", "content": "b"}],
    }
    folder = write("set/a.jsonl", [row()]).rsplit("/", 1)[0]
    path = write("set/copy.json", [copy])
    reading = read_benchmark("judgebench", folder)
    assert len(reading.samples) == 1
    (problem,) = reading.problems
    assert (problem.place, problem.set_aside) == (path, False)


def test_both_orders_must_agree_for_a_win(write: Writer) -> None:
    reading = read_benchmark("judgebench", write("a.jsonl", [row(1), row(2, label="B>A"), row(3)]))
    scores: dict[str, Sequence[Sequence[float] | None]] = {
        "p1": [(1.0, 0.0), (0.0, 1.0)],
        "p2": [(0.0, 1.0), (0.0, 1.0)],
        "p3": [(1.0, 0.0), None],
    }
    found = BENCHMARKS["judgebench"].compare(reading.samples, scores)
    assert [(c.credit, c.published, c.flipped) for c in found] == [
        (0.5, 0.0, True),
        (1.0, 1.0, False),
        (1.0, 1.0, False),
    ]
