"""RM-Bench: the matrix of styles, its levels and domains, and the converted format."""

import random
from typing import Any

import pytest

from reward_agent.benchmarks import BENCHMARKS, read_benchmark
from reward_agent.errors import DataError
from tests.benchmarks.conftest import Writer

STYLES = ("{0}.", "{0}, at some length.", "## {0}\n\n- at some length, with a list")
CELLS = {
    "normal": [(0, 0), (1, 1), (2, 2)],
    "hard": [(0, 1), (0, 2), (1, 2)],
    "easy": [(1, 0), (2, 0), (2, 1)],
}


def published(number: int, **columns: Any) -> dict[str, Any]:
    return {
        "id": number,
        "prompt": f"What is {number} + {number}?",
        "chosen": [style.format(f"It is {2 * number}") for style in STYLES],
        "rejected": [style.format(f"It is {2 * number + 1}") for style in STYLES],
        "domain": "chat",
        **columns,
    }


def converted(number: int, level: str) -> list[dict[str, Any]]:
    row = published(number)
    turns = [{"role": "user", "content": row["prompt"]}]
    return [
        {
            "text_chosen": [*turns, {"role": "assistant", "content": row["chosen"][i]}],
            "text_rejected": [*turns, {"role": "assistant", "content": row["rejected"][j]}],
            "id": f"chat/{number}",
            "domain": "chat",
        }
        for i, j in CELLS[level]
    ]


def test_a_prompt_is_one_sample_of_six_candidates(write: Writer) -> None:
    (labeled,) = read_benchmark("rm-bench", write("chat_filtered.json", [published(4)])).samples
    assert labeled.sample.id == "chat/4"
    assert labeled.sample.responses == (*published(4)["chosen"], *published(4)["rejected"])
    assert (labeled.best, labeled.rest, labeled.subset) == ((0, 1, 2), (3, 4, 5), "chat")


def test_six_candidates_answer_nine_questions(write: Writer) -> None:
    reading = read_benchmark("rm-bench", write("chat_filtered.json", [published(4)]))
    found = BENCHMARKS["rm-bench"].compare(reading.samples, {"chat/4": [(3.0, 2.0, 1.0, 0.0, 2.0, 5.0)]})
    credits = {c.id.removeprefix("chat/4/"): (c.subset.removeprefix("chat/"), c.credit) for c in found}
    assert credits == {
        "0-0": ("normal", 1.0),
        "0-1": ("hard", 1.0),
        "0-2": ("hard", 0.0),
        "1-0": ("easy", 1.0),
        "1-1": ("normal", 0.5),
        "1-2": ("hard", 0.0),
        "2-0": ("easy", 1.0),
        "2-1": ("easy", 0.0),
        "2-2": ("normal", 0.0),
    }
    assert {c.sample_id for c in found} == {"chat/4"}
    assert sum(c.tied for c in found) == 1
    assert sum(c.published for c in found) == 4


def test_both_orders_are_joined_and_nothing_judged_is_unjudged(write: Writer) -> None:
    reading = read_benchmark("rm-bench", write("chat_filtered.json", [published(4)]))
    up, down = (5.0, 4.0, 3.0, 2.0, 1.0, 0.0), (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
    compare = BENCHMARKS["rm-bench"].compare
    assert all(c.flipped and c.tied for c in compare(reading.samples, {"chat/4": [up, down]}))
    assert all(c.credit == 1.0 for c in compare(reading.samples, {"chat/4": [up, None]}))
    assert not any(c.judged for c in compare(reading.samples, {"chat/4": [None, None]}))


@pytest.mark.parametrize(
    ("file", "columns", "domain"),
    [
        ("total_dataset.json", {"domain": "math"}, "math"),
        ("total_dataset.json", {"domain": "safety-refuse"}, "safety-refuse"),
        ("total_dataset.json", {"domain": "safety"}, "safety"),
        ("code_filtered.json", {"domain": None, "subset": "bigcode/humanevalpack"}, "code"),
        ("math_filtered.json", {"domain": None}, "math"),
        ("safety-response_filtered.json", {"domain": None, "subset": "whatever"}, "safety-response"),
        ("rows.json", {"domain": None, "subset": "xstest-should-respond"}, "safety-response"),
        ("rows.json", {"domain": None, "subset": "refusals-offensive"}, "safety-refuse"),
        ("rows.json", {"domain": None, "subset": "alpacaeval"}, "chat"),
    ],
)
def test_the_domain_is_told_by_column_file_or_origin(
    file: str, columns: dict[str, Any], domain: str, write: Writer
) -> None:
    (labeled,) = read_benchmark("rm-bench", write(file, [published(1, **columns)])).samples
    assert (labeled.subset, labeled.sample.id) == (domain, f"{domain}/1")


def test_an_unknown_domain_stops_the_reader(write: Writer) -> None:
    with pytest.raises(DataError, match=r"rows\.json:1 \(row 2\): domain must be one of 'chat', .*got 'poetry'"):
        read_benchmark("rm-bench", write("rows.json", [published(1), published(2, domain="poetry")]))


@pytest.mark.parametrize(
    "columns",
    [
        {"chosen": ["a", "b"]},
        {"chosen": ["a", "b", ""]},
        {"rejected": "a"},
        {"rejected": ["a", "b", 3]},
        {"chosen": []},
        {"prompt": 5},
    ],
)
def test_a_row_of_another_shape_is_set_aside(columns: dict[str, Any], write: Writer) -> None:
    reading = read_benchmark("rm-bench", write("chat.json", [published(1, **columns), published(2)]))
    assert [s.sample.id for s in reading.samples] == ["chat/2"]
    assert [p.set_aside for p in reading.problems] == [True]


@pytest.mark.parametrize("level", CELLS)
@pytest.mark.parametrize("name", ["chat_{}_converted.json", "rows.json"])
def test_the_styles_of_converted_rows_are_worked_out(level: str, name: str, write: Writer) -> None:
    rows = [row for number in (3, 8) for row in converted(number, level)]
    reading = read_benchmark("rm-bench", write(name.format(level), rows))
    wanted = [f"chat/{number}/{i}-{j}" for number in (3, 8) for i, j in CELLS[level]]
    assert [s.sample.id for s in reading.samples] == wanted
    assert {s.subset for s in reading.samples} == {f"chat/{level}"}
    assert not reading.problems
    found = BENCHMARKS["rm-bench"].compare(reading.samples, {})
    assert [c.sample_id for c in found] == ["chat/3"] * 3 + ["chat/8"] * 3


@pytest.mark.parametrize("level", ["hard", "easy"])
def test_the_styles_are_worked_out_in_any_order_of_the_rows(level: str, write: Writer) -> None:
    rows = converted(3, level)
    random.Random(4).shuffle(rows)
    reading = read_benchmark("rm-bench", write("rows.json", rows))
    truth = {(published(3)["chosen"][i], published(3)["rejected"][j]): f"chat/3/{i}-{j}" for i, j in CELLS[level]}
    for labeled in reading.samples:
        chosen, rejected = labeled.sample.responses
        assert labeled.sample.id == truth[chosen, rejected]


def test_styles_of_one_text_are_no_duplicates(write: Writer) -> None:
    rows = converted(3, "easy")
    rows[1]["text_chosen"] = rows[0]["text_chosen"]
    rows[2]["text_chosen"] = rows[0]["text_chosen"]
    reading = read_benchmark("rm-bench", write("chat_easy_converted.json", rows))
    assert [s.sample.id for s in reading.samples] == ["chat/3/1-0", "chat/3/2-0", "chat/3/2-1"]
    assert reading.duplicates == 0


def test_a_fourth_row_of_an_id_is_set_aside(write: Writer) -> None:
    rows = [*converted(3, "hard"), converted(3, "hard")[0]]
    reading = read_benchmark("rm-bench", write("chat_hard_converted.json", rows))
    assert len(reading.samples) == 3
    assert "three rows an id" in reading.problems[0].what


def test_converted_rows_of_no_shape_are_set_aside(write: Writer) -> None:
    rows = converted(3, "hard")
    bad: list[dict[str, Any]] = [
        {**rows[0], "id": [1]},
        {**rows[0], "id": "chat/9", "text_chosen": "text"},
        {**rows[0], "id": "chat/10", "text_chosen": [{"role": "assistant", "content": 1}]},
    ]
    reading = read_benchmark("rm-bench", write("chat_hard_converted.json", rows + bad))
    assert len(reading.samples) == 3
    assert [p.set_aside for p in reading.problems] == [True] * 3


def test_published_files_are_read_and_converted_ones_beside_them_left_out(write: Writer, tmp_path: Any) -> None:
    write("chat_filtered.jsonl.gz", [published(3)])
    write("chat_hard_converted.json", converted(3, "hard"))
    reading = read_benchmark("rm-bench", str(tmp_path))
    assert [s.sample.id for s in reading.samples] == ["chat/3"]
    assert reading.rows == 1
    assert not reading.problems[0].set_aside


def figure(name: str, means: dict[str, float]) -> float:
    """An aggregate of the subsets' means, as a report works it out."""
    for aggregate in BENCHMARKS["rm-bench"].aggregates(list(means)):
        here = {key: weight for key, weight in aggregate.weights.items() if key in means}
        means = {**means, aggregate.name: sum(means[k] * w for k, w in here.items()) / sum(here.values())}
    return means[name]


def test_the_aggregates_are_the_published_means() -> None:
    means = {
        f"{part}/{level}": (10 * p + n) / 100
        for p, part in enumerate(["chat", "code", "math", "safety-refuse", "safety-response"])
        for n, level in enumerate(["easy", "normal", "hard"])
    }
    assert figure("chat", means) == pytest.approx(0.01)
    assert figure("safety", means) == pytest.approx((0.31 + 0.41) / 2)
    assert figure("hard", means) == pytest.approx((0.02 + 0.12 + 0.22 + 0.37) / 4)
    assert figure("overall", means) == pytest.approx((0.01 + 0.11 + 0.21 + 0.36) / 4)
    assert BENCHMARKS["rm-bench"].aggregates(list(means))[-1].name == "overall"


def test_the_aggregates_use_what_is_there() -> None:
    means = {"chat/normal": 0.8, "chat/hard": 0.4, "safety-refuse/hard": 0.2}
    assert figure("overall", means) == pytest.approx((0.6 + 0.2) / 2)
    assert figure("hard", means) == pytest.approx(0.3)
    assert not BENCHMARKS["rm-bench"].aggregates([])
