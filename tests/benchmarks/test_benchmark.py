"""Reading: duplicates, ids, labels, limits, fingerprints, and data of which nothing can be used."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reward_agent.benchmarks import BENCHMARKS, read_benchmark
from reward_agent.errors import ConfigError, DataError
from tests.benchmarks.conftest import Writer


def pair(number: int, **columns: Any) -> dict[str, Any]:
    return {"prompt": f"question {number}", "chosen": f"right {number}", "rejected": f"wrong {number}", **columns}


def converted(number: int, **columns: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": f"question {number}"}]
    return {
        "text_chosen": [*turns, {"role": "assistant", "content": f"right {number}"}],
        "text_rejected": [*turns, {"role": "assistant", "content": f"wrong {number}"}],
        "id": f"pair-{number}",
        "domain": "knowledge",
        **columns,
    }


def judgebench(number: int, label: str = "A>B") -> dict[str, Any]:
    return {
        "pair_id": f"p{number}",
        "source": "mmlu-pro-law",
        "question": f"question {number}",
        "response_model": "some-model",
        "response_A": f"first {number}",
        "response_B": f"second {number}",
        "label": label,
    }


def test_the_benchmarks_of_the_command_line_are_there() -> None:
    names = ["rm-bench", "judgebench", "ifbench", "rewardbench", "rewardbench2", "llmbar", "pairs"]
    assert list(BENCHMARKS) == names
    assert all(benchmark.name == name and benchmark.summary for name, benchmark in BENCHMARKS.items())


def test_an_unknown_benchmark_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"no benchmark 'mt-bench'.*judgebench"):
        read_benchmark("mt-bench", "data.json")


def test_a_repeated_row_is_kept_counted_and_reported(write: Writer) -> None:
    path = write("a.jsonl", [pair(1, id="x"), pair(2, id="y"), pair(1, id="z")])
    reading = read_benchmark("pairs", path)
    assert [s.sample.id for s in reading.samples] == ["x", "y", "z"]
    assert (reading.rows, reading.duplicates) == (3, 1)
    repeat, _ = reading.problems
    assert repeat.place == f"{path}:3"
    assert f"repeats the one at {path}:1" in repeat.what
    assert not repeat.set_aside


def test_the_same_texts_with_the_other_label_are_no_duplicate(write: Writer) -> None:
    path = write("a.jsonl", [judgebench(1), {**judgebench(1, "B>A"), "pair_id": "other"}])
    assert read_benchmark("judgebench", path).duplicates == 0


def test_one_repeated_row_in_two_hundred_is_no_alarm(write: Writer) -> None:
    reading = read_benchmark("pairs", write("a.jsonl", [*map(pair, range(199)), pair(7)]))
    assert (reading.duplicates, len(reading.problems)) == (1, 1)


def test_the_broken_judgebench_conversion_is_named_loudly(write: Writer) -> None:
    """The fault: a converter that looks for `A<B` repeats the row before for every `B>A`."""
    rows: list[dict[str, Any]] = []
    for number in range(20):
        same_as_before = number % 2 == 1 and number < 19
        rows.append(dict(rows[-1], id=f"pair-{number}") if same_as_before else converted(number))
    path = write("judgebench_converted.json", rows)
    reading = read_benchmark("judgebench", path)
    assert (len(reading.samples), reading.duplicates) == (20, 9)
    loudest = reading.problems[-1]
    assert "9 of 20 rows repeat an earlier row: this is not the data as published" in loudest.what
    assert loudest.place == path


def test_a_repeated_id_with_other_content_becomes_unique(write: Writer) -> None:
    reading = read_benchmark("pairs", write("a.jsonl", [pair(n, id="same") for n in range(3)]))
    assert [s.sample.id for s in reading.samples] == ["same", "same#2", "same#3"]
    assert [p.set_aside for p in reading.problems] == [False, False]
    assert "'same' stands at an earlier row with other content; it is called 'same#2' here" in reading.problems[0].what
    assert reading.duplicates == 0


def test_a_made_unique_id_never_meets_one_that_was_there(write: Writer) -> None:
    ids = ["a", "a#2", "a", "a#2"]
    reading = read_benchmark("pairs", write("a.jsonl", [pair(n, id=id) for n, id in enumerate(ids)]))
    found = [s.sample.id for s in reading.samples]
    assert len(set(found)) == 4
    assert found[:2] == ["a", "a#2"]


def test_a_repeated_row_with_its_id_gets_one_problem_and_an_id(write: Writer) -> None:
    reading = read_benchmark("pairs", write("a.jsonl", [pair(1, id="x"), pair(1, id="x")]))
    assert [s.sample.id for s in reading.samples] == ["x", "x#2"]
    assert "it is called 'x#2' here" in reading.problems[0].what


def test_an_unknown_label_stops_the_reader_and_says_where_and_what_to_do(write: Writer) -> None:
    path = write("a.jsonl", [judgebench(1), judgebench(2, "A<B")])
    with pytest.raises(DataError) as caught:
        read_benchmark("judgebench", path)
    message = str(caught.value)
    assert message.startswith(f"{path}:2: label must be one of 'A>B', 'B>A', got 'A<B'")
    assert "--set run.unknown_label='set aside'" in message


def test_an_unknown_label_is_set_aside_when_told_so(write: Writer) -> None:
    path = write("a.jsonl", [judgebench(1), judgebench(2, "A<B"), judgebench(3, "B>A")])
    reading = read_benchmark("judgebench", path, unknown_label="set aside")
    assert [s.sample.id for s in reading.samples] == ["p1", "p3"]
    assert reading.label_counts == {"A>B": 1, "A<B": 1, "B>A": 1}
    (problem,) = reading.problems
    assert problem.place == f"{path}:2"
    assert problem.set_aside


BAD_COLUMNS = {
    "an empty candidate": ({"chosen": ""}, "chosen is empty"),
    "a blank candidate": ({"rejected": " \n\t"}, "rejected is empty"),
    "a candidate of the wrong type": ({"chosen": 7}, "chosen must be a text or a list"),
    "an empty prompt": ({"prompt": " "}, "prompt is empty"),
    "a prompt of the wrong type": (
        {"prompt": {"a": 1}},
        "prompt must be a text or a list .* an object with the keys 'a'",
    ),
    "an absurdly long id": ({"id": "x" * 501}, "id must be a text of at most 500 characters"),
    "an id of the wrong type": ({"id": [1]}, "id must be a text"),
    "equal candidates": ({"rejected": "right 2"}, "chosen and rejected are the same text"),
}


@pytest.mark.parametrize(("columns", "what"), BAD_COLUMNS.values(), ids=BAD_COLUMNS)
def test_a_bad_column_sets_the_row_aside_and_the_rest_is_read(
    columns: dict[str, Any], what: str, write: Writer
) -> None:
    path = write("a.json", [pair(1), pair(2, **columns), pair(3)])
    reading = read_benchmark("pairs", path)
    assert len(reading.samples) == 2
    assert reading.rows == 3
    (problem,) = reading.problems
    assert problem.place == f"{path}:1 (row 2)"
    assert problem.set_aside
    assert re.search(what, problem.what), problem.what


def test_a_missing_column_names_the_columns_there_are(write: Writer) -> None:
    reading = read_benchmark("pairs", write("a.jsonl", [pair(1), {"prompt": "p", "chosen": "c", "reject": "r"}]))
    (problem,) = reading.problems
    assert "expected a column 'rejected', got the columns 'prompt', 'chosen', 'reject'" in problem.what


def test_unreadable_rows_are_counted_and_reported(write: Writer) -> None:
    path = write("a.jsonl", b'{"prompt": "p", "chosen": "c", "rejected": "r"}\n{"prompt": "q", "cho\n')
    reading = read_benchmark("pairs", path)
    assert (reading.rows, len(reading.samples), len(reading.problems)) == (2, 1, 1)
    assert reading.problems[0].place == f"{path}:2"


def test_the_size_bound_is_passed_on(write: Writer) -> None:
    path = write("a.jsonl", [pair(1), pair(2, chosen="x" * 5_000)])
    (problem,) = read_benchmark("pairs", path, max_row_bytes=1_000).problems
    assert "run.max_row_mb" in problem.remedy


@pytest.mark.parametrize(
    ("tried", "row", "likely"),
    [
        ("rewardbench", judgebench(1), "judgebench"),
        ("judgebench", {"input": "i", "output_1": "a", "output_2": "b", "label": 1}, "llmbar"),
        ("llmbar", pair(1), "pairs"),
        ("judgebench", pair(1, subset="hep-go", chosen_model="a", rejected_model="b"), "rewardbench"),
    ],
)
def test_data_of_another_benchmark_are_recognised(tried: str, row: dict[str, Any], likely: str, write: Writer) -> None:
    with pytest.raises(DataError, match=rf"not one of 2 rows can be used as {tried}(.|\n)*They look like: {likely}$"):
        read_benchmark(tried, write("a.jsonl", [row, row]))


def test_data_of_no_benchmark_say_what_was_expected(write: Writer) -> None:
    with pytest.raises(DataError, match=r"expected a column 'chosen', got the columns 'text'(.|\n)*fit no benchmark"):
        read_benchmark("pairs", write("a.jsonl", [{"text": "t"}]))


def test_a_file_without_rows_is_refused(write: Writer) -> None:
    with pytest.raises(DataError, match="there are no rows"):
        read_benchmark("pairs", write("a.json", []))


def test_the_limit_counts_samples(write: Writer) -> None:
    path = write("a.jsonl", [pair(1), pair(2, chosen=""), *map(pair, range(3, 9))])
    reading = read_benchmark("pairs", path, limit=3)
    assert [s.sample.id for s in reading.samples] == ["a/1", "a/3", "a/4"]
    assert reading.rows == 4


def test_equal_content_has_an_equal_fingerprint_wherever_it_lies(write: Writer) -> None:
    rows = [pair(n, id=f"{n}") for n in range(3)]
    first = read_benchmark("pairs", write("a.json", rows))
    second = read_benchmark("pairs", write("b.jsonl.gz", rows))
    assert first.fingerprint == second.fingerprint
    assert len(first.fingerprint) == 64


@pytest.mark.parametrize(
    "columns", [{"id": "other"}, {"prompt": "other"}, {"chosen": "other"}, {"rejected": "other"}, {"subset": "other"}]
)
def test_another_content_has_another_fingerprint(columns: dict[str, Any], write: Writer) -> None:
    rows = [pair(n, id=f"{n}") for n in range(3)]
    changed = [rows[0], {**rows[1], **columns}, rows[2]]
    first, second = read_benchmark("pairs", write("a.json", rows)), read_benchmark("pairs", write("b.json", changed))
    assert first.fingerprint != second.fingerprint


def test_a_flipped_label_changes_the_fingerprint(write: Writer) -> None:
    first = read_benchmark("judgebench", write("a.jsonl", [judgebench(1)]))
    second = read_benchmark("judgebench", write("b.jsonl", [judgebench(1, "B>A")]))
    assert first.fingerprint != second.fingerprint


_COLUMNS = sorted(
    {column for benchmark in BENCHMARKS.values() for column in benchmark.columns} | {"system", "source", "pair_id"}
)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["a", "A>B", "Ties", "chat", "ref:1", "", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "content", "type", "text"]), inner, max_size=2)
        | st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": st.text(max_size=3)})
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("name", BENCHMARKS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(rows=st.lists(st.dictionaries(st.sampled_from(_COLUMNS), _VALUES, max_size=9), min_size=1, max_size=5))
def test_odd_rows_raise_nothing_but_data_errors(name: str, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    try:
        reading = read_benchmark(name, str(path), unknown_label="set aside")
    except DataError:
        return
    ids = [labeled.sample.id for labeled in reading.samples]
    assert len(set(ids)) == len(ids)
    assert len(ids) + sum(problem.set_aside for problem in reading.problems) == reading.rows
    assert BENCHMARKS[name].compare(reading.samples, {})
