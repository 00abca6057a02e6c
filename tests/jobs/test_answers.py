from collections.abc import Iterable
from pathlib import Path

import pytest

from reward_agent.errors import RunError
from reward_agent.jobs.answers import Answer, KeptAnswers, Request, Standing, runs_of, tallied
from reward_agent.jobs.journal import Journal


def request(sample: str, number: int, indices: Iterable[int], missing: tuple[int, ...] = ()) -> Request:
    answers = tuple(Answer(index=index, text=f"{sample} {index}", finish="stop") for index in indices)
    return Request(key=f"{sample}@{number}", sample_id=sample, answers=answers, missing=missing)


def written(path: Path, *requests: Request) -> Path:
    with Journal.open(path, Request, key=lambda row: row.key) as journal:
        for row in requests:
            journal.append(row)
    return path


def test_what_is_wanted_is_neither_there_nor_failed_in_this_run(tmp_path: Path) -> None:
    path = written(tmp_path / "j", request("a", 1, [0, 2], missing=(3,)), request("b", 1, range(4)))
    standing = Standing.read(path, 4)
    assert standing.wanted("a") == [1, 3]
    assert standing.wanted("b") == []
    assert standing.wanted("new") == [0, 1, 2, 3]
    standing.note(request("a", 2, [1], missing=(3,)))
    assert standing.wanted("a") == []
    assert [standing.count(id) for id in ("a", "b", "new")] == [3, 4, 0]


def test_a_larger_n_wants_the_further_ones_alone_and_a_smaller_one_counts_its_own(tmp_path: Path) -> None:
    path = written(tmp_path / "j", request("a", 1, range(4)))
    assert Standing.read(path, 6).wanted("a") == [4, 5]
    assert Standing.read(path, 2).count("a") == 2


def test_keys_are_new_also_after_a_resume(tmp_path: Path) -> None:
    standing = Standing.read(written(tmp_path / "j", request("a", 1, [0])), 4)
    assert [standing.new_key("a"), standing.new_key("a"), standing.new_key("b")] == ["a@2", "a@3", "b@1"]


def test_answers_are_read_back_by_index_whatever_order_they_came_in(tmp_path: Path) -> None:
    path = written(tmp_path / "j", request("a", 1, [2, 0]), request("b", 1, [0]), request("a", 2, [1, 5]))
    found = dict(KeptAnswers(path).of_each(iter(["b", "a", "none"]), 4))
    assert {id: [answer.text for answer in answers] for id, answers in found.items()} == {
        "b": ["b 0"],
        "a": ["a 0", "a 1", "a 2"],
        "none": [],
    }


def test_without_a_journal_there_are_no_answers(tmp_path: Path) -> None:
    assert list(KeptAnswers(tmp_path / "j").of_each(iter(["a"]), 4)) == [("a", ())]


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "j", request("a", 1, [0]))
    path.write_bytes(path.read_bytes() + b"{broken}\n")
    with pytest.raises(RunError, match=r"j:2 .*asked for anew"):
        Standing.read(path, 4)


def test_runs_have_no_gap() -> None:
    assert list(runs_of([5, 0, 1, 3, 4])) == [(0, 1), (3, 4, 5)]
    assert list(runs_of([])) == []


def test_kinds_are_told_the_most_first() -> None:
    assert tallied({"timeout": 1, "refused": 1_000, "quota": 1}) == "1,000 refused, 1 quota, 1 timeout"
