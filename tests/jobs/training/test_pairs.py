import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from reward_agent.errors import DataError
from reward_agent.jobs.training.pairs import Sifting, TrainingPair, pairs_file, read_pairs, said
from reward_agent.types import Problem

PLAIN = {"prompt": "Ask.", "chosen": "Please.", "rejected": "Now."}


def by_characters(pair: TrainingPair) -> tuple[int, int, int]:
    prompt = len(said(pair.prompt))
    return prompt, prompt + len(said(pair.chosen)), prompt + len(said(pair.rejected))


def written(path: Path, rows: Sequence[Any]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def sifted(path: Path, *, max_length: int | None = 20, drop_long: bool = False) -> Sifting:
    sifting = Sifting(lengths=by_characters, max_length=max_length, drop_long=drop_long)
    assert len(list(sifting.through(read_pairs(path, max_row_bytes=100_000)))) == sifting.used
    return sifting


def turns(text: str, role: str = "user") -> list[dict[str, str]]:
    return [{"role": role, "content": text}]


def test_pairs_of_texts_and_of_messages_are_read(tmp_path: Path) -> None:
    (plain,) = read_pairs(written(tmp_path / "a.jsonl", [{**PLAIN, "margin": 1}]), max_row_bytes=1000)
    assert plain == TrainingPair(prompt="Ask.", chosen="Please.", rejected="Now.")
    row = {"prompt": turns("a"), "chosen": turns("b", "assistant"), "rejected": turns("c", "assistant")}
    (talk,) = read_pairs(written(tmp_path / "b.jsonl", [row]), max_row_bytes=1000)
    assert isinstance(talk, TrainingPair)
    assert talk.conversational
    assert talk.columns() == row


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "a", "chosen": "b"},
        {**PLAIN, "chosen": turns("b")},
        {**PLAIN, "rejected": 3},
        {**PLAIN, "prompt": [{"role": "wizard", "content": "x"}]},
        '{"prompt": "a", ',
    ],
)
def test_a_row_that_is_no_pair_is_set_aside_with_its_place(tmp_path: Path, row: Any) -> None:
    sifting = sifted(written(tmp_path / "a.jsonl", [PLAIN, row, PLAIN]))
    assert (sifting.used, sifting.set_aside) == (2, {"cannot be read as a pair": 1})
    assert "a.jsonl:2" in str(sifting.problems[0])


def test_pairs_that_teach_nothing_are_set_aside_and_counted(tmp_path: Path) -> None:
    rows = [PLAIN, {**PLAIN, "rejected": " \n"}, {**PLAIN, "chosen": "Now."}, {**PLAIN, "prompt": "x" * 20}]
    sifting = sifted(written(tmp_path / "a.jsonl", rows))
    assert sifting.used == 1
    assert sifting.set_aside == {
        "a response is empty": 1,
        "both responses are the same": 1,
        "the prompt alone is too long": 1,
    }


def test_a_long_pair_is_cut_or_set_aside_as_asked(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [PLAIN, {**PLAIN, "chosen": "x" * 50}])
    assert (sifted(path).used, sifted(path).cut) == (2, 1)
    dropped = sifted(path, drop_long=True)
    assert (dropped.used, dropped.set_aside) == (1, {"a response is too long": 1})
    assert sifted(path, max_length=None).cut == 0


def test_texts_and_messages_in_one_file_are_refused(tmp_path: Path) -> None:
    row = {"prompt": turns("a"), "chosen": turns("b"), "rejected": turns("c")}
    with pytest.raises(DataError, match=r"a\.jsonl:2: pairs of texts and pairs of messages"):
        list(read_pairs(written(tmp_path / "a.jsonl", [PLAIN, row]), max_row_bytes=1000))


def test_the_file_of_pairs_is_found_in_a_folder_and_its_absence_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no pairs\.jsonl or pairs\.parquet"):
        pairs_file(tmp_path)
    with pytest.raises(DataError, match="does not exist"):
        pairs_file(tmp_path / "none")
    path = written(tmp_path / "pairs.jsonl", [PLAIN])
    assert pairs_file(tmp_path) == pairs_file(path) == path


def test_a_damaged_row_is_a_problem_and_not_a_pair(tmp_path: Path) -> None:
    items = list(read_pairs(written(tmp_path / "a.jsonl", ["[1]"]), max_row_bytes=1000))
    assert [type(item) for item in items] == [Problem]
