"""Documents of every kind become one index."""

import asyncio
import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from reward_agent.errors import DataError
from reward_agent.evidence.corpus import Cutter, Page, open_corpus
from reward_agent.evidence.corpus.rows import Columns
from reward_agent.jobs.index import IndexJob, Problems, index_in_folder, pages_of, starter_index
from reward_agent.types import Problem


def read(*docs: Path, **settings: object) -> tuple[list[Page], list[Problem]]:
    items = list(pages_of(IndexJob(docs=tuple(map(str, docs)), **settings)))  # type: ignore[arg-type]
    return [item for item in items if isinstance(item, Page)], [item for item in items if isinstance(item, Problem)]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The ebb is out at noon.")
    (folder / "b.md").write_text("# Flow\nThe flow is in at six.")
    (folder / "c.html").write_text("<title>Quay</title><p>The quay is of stone.")
    (folder / "d.jsonl").write_text('{"title": "Salt", "text": "Salt was sold here."}\nnot json\n')
    pyarrow.parquet.write_table(pyarrow.table({"text": ["The mill burnt down."]}), folder / "e.parquet")
    (folder / "f.txt").write_bytes(b"\xff\x00")
    return folder


def test_a_folder_of_documents_is_indexed_and_bad_ones_are_reported(docs: Path, tmp_path: Path) -> None:
    problems = Problems()
    report = index_in_folder(IndexJob(docs=(str(docs),)), tmp_path / "index", Cutter(note=problems.note))
    assert report.passages == 5
    assert sorted(problem.place.removeprefix(f"{docs}/") for problem in problems.first) == ["d.jsonl:2", "f.txt:1"]
    corpus = open_corpus(tmp_path / "index")
    for query, source in [
        ("ebb", "a.txt:1"),
        ("flow", "b.md:2"),
        ("stone quay", "c.html"),
        ("mill", "e.parquet: row 1"),
    ]:
        assert corpus.found(query)[0].source == f"{docs}/{source}"


def test_rows_without_text_are_one_problem_a_file(tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps({"prompt": str(n)}) + "\n" for n in range(50)))
    pages, (problem,) = read(tmp_path / "pairs.jsonl")
    assert not pages
    assert "49 further rows" in problem.what


def test_columns_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "faq.jsonl").write_text('{"text": "?", "reply": "At noon."}\n')
    pages, _ = read(tmp_path / "faq.jsonl", columns=Columns(text="reply"))
    assert [page.text for page in pages] == ["At noon."]


def test_a_file_that_is_no_rows_costs_itself_alone(docs: Path) -> None:
    (docs / "g.json").write_text('{"data": [{"text": "wrapped"}]}')
    pages, problems = read(docs)
    assert len(pages) == 5
    assert any("g.json" in problem.place and "'data'" in problem.what for problem in problems)


def test_a_path_that_is_not_there_stops_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read(tmp_path / "gone")


def test_problems_are_counted_beyond_those_that_are_kept() -> None:
    problems = Problems()
    for number in range(3_000):
        problems.note(Problem(place=str(number), what="bad", remedy="mend"))
    assert (len(problems.first), problems.count) == (1_000, 3_000)


def test_the_starter_sets_documents_become_an_index_once(tmp_path: Path) -> None:
    index = starter_index(tmp_path / "starter")
    held = {file: file.stat().st_mtime_ns for file in index.iterdir()}
    found = asyncio.run(open_corpus(starter_index(index)).search("lighthouse"))
    assert {file: file.stat().st_mtime_ns for file in index.iterdir()} == held
    assert found
