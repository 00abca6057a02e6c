"""An index in a folder: built whole or not at all, found again, and refused when it is damaged."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.errors import ConfigError, DataError, SignalError
from reward_agent.evidence.corpus import CorpusEvidence, Cutter, Page, build_index, open_corpus
from reward_agent.evidence.corpus.stamp import STAMP_FILE
from reward_agent.types import Problem

PAGES = [
    Page(title="Ebb", text="The ebb at Low Quay is out at noon.", source="tides/ebb"),
    Page(title="Flow", text="The flow at Low Quay is in at six.", source="tides/flow"),
    Page(title="Grey Stacks Lighthouse", text="It was first lit in 1861 and has a granite tower.", source="lights"),
    Page(title="Café Möwe", text="Crêpes are running out; the owners were travelling.", source="cafe"),
    Page(title="東京タワー", text="東京タワーは1958年に完成した。", source="tower"),
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> CorpusEvidence:
    folder = tmp_path_factory.mktemp("corpus") / "index"
    build_index(PAGES, folder)
    return open_corpus(folder, passages=3)


def sources(corpus: CorpusEvidence, query: str) -> list[str]:
    return [passage.source for passage in asyncio.run(corpus.search(query))]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("When is the ebb out?", "tides/ebb"),
        ("when was the GREY STACKS lighthouse lit", "lights"),
        ("the owner of the cafe travels", "cafe"),
        ("東京タワーの完成", "tower"),
        ("1861", "lights"),
    ],
)
def test_a_question_finds_its_passage_first(corpus: CorpusEvidence, query: str, first: str) -> None:
    assert sources(corpus, query)[0] == first


def test_a_passage_comes_back_whole_with_its_score(corpus: CorpusEvidence) -> None:
    (passage, *_) = corpus.found("granite tower")
    assert (passage.title, passage.text, passage.source) == (PAGES[2].title, PAGES[2].text, "lights")
    assert passage.score is not None
    assert passage.score > 0


@pytest.mark.parametrize("query", ["", "?!", "zyx", "\x00", " " * 5_000])
def test_nothing_is_found_for_words_that_nobody_wrote(corpus: CorpusEvidence, query: str) -> None:
    assert sources(corpus, query) == []


@pytest.mark.parametrize("query", ['text:"ebb', "ebb AND (", "*:*", "ebb^1000 -flow", "[a TO z]", "ebb\\"])
def test_query_language_is_only_words(corpus: CorpusEvidence, query: str) -> None:
    assert set(sources(corpus, query)) <= {"tides/ebb", "tides/flow", "lights", "cafe"}


@given(st.text(max_size=200))
def test_any_text_is_a_query(corpus: CorpusEvidence, query: str) -> None:
    assert len(corpus.found(query)) <= 3


def test_many_queries_are_answered_in_order(corpus: CorpusEvidence) -> None:
    many = asyncio.run(corpus.search_many(["ebb noon", "zyx", "granite"]))
    assert [[passage.source for passage in found][:1] for found in many] == [["tides/ebb"], [], ["lights"]]


def test_the_same_passage_in_two_documents_is_shown_once(tmp_path: Path) -> None:
    build_index([Page(text="The ebb is out.", source=str(number)) for number in range(5)], tmp_path / "index")
    assert len(open_corpus(tmp_path / "index").found("ebb")) == 1


def test_a_title_counts_more_than_the_text(tmp_path: Path) -> None:
    mention = Page(text="A walk from the quay past the heron pond to the mill and back.", source="mention")
    about = Page(title="Heron", text="A wading bird that stands still for hours beside the water.", source="about")
    build_index([mention, about], tmp_path / "index")
    assert sources(open_corpus(tmp_path / "index"), "heron")[0] == "about"


def test_the_fingerprint_is_of_what_is_in_it(tmp_path: Path) -> None:
    first = build_index(PAGES, tmp_path / "a")
    assert build_index(PAGES, tmp_path / "b").fingerprint == first.fingerprint
    assert build_index(PAGES[1:], tmp_path / "c").fingerprint != first.fingerprint
    assert open_corpus(tmp_path / "a").stamp.fingerprint == first.fingerprint
    assert (first.pages, first.passages) == (5, 5)


def test_problems_are_passed_on_and_the_rest_is_indexed(tmp_path: Path) -> None:
    problem = Problem(place="a.txt:3", what="bad", remedy="mend it")
    noted: list[Problem] = []
    report = build_index([problem, *PAGES], tmp_path / "index", cutter=Cutter(note=noted.append))
    assert noted == [problem]
    assert report.passages == 5


def test_an_index_is_replaced_only_on_request(tmp_path: Path) -> None:
    build_index(PAGES, tmp_path / "index")
    with pytest.raises(ConfigError, match="--replace"):
        build_index(PAGES[:1], tmp_path / "index")
    opened = open_corpus(tmp_path / "index")
    build_index(PAGES[:1], tmp_path / "index", replace=True)
    assert open_corpus(tmp_path / "index").stamp.passages == 1
    assert len(list((tmp_path / "index").glob("segments-*"))) == 1
    assert opened.stamp.passages == 5


def test_a_build_that_dies_leaves_what_was_there_and_its_remains_are_cleared(tmp_path: Path) -> None:
    def dying() -> Iterator[Page]:
        yield PAGES[0]
        raise KeyboardInterrupt

    build_index(PAGES, tmp_path / "index")
    with pytest.raises(KeyboardInterrupt):
        build_index(dying(), tmp_path / "index", replace=True)
    assert open_corpus(tmp_path / "index").stamp.passages == 5
    with pytest.raises(KeyboardInterrupt):
        build_index(dying(), tmp_path / "new")
    with pytest.raises(ConfigError, match="holds no index"):
        open_corpus(tmp_path / "new")
    assert build_index(PAGES, tmp_path / "new").passages == 5


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(ConfigError, match=r"letters\.txt"):
        build_index(PAGES, tmp_path, replace=True)
    with pytest.raises(ConfigError, match="is a file"):
        build_index(PAGES, tmp_path / "letters.txt")
    assert [file.name for file in tmp_path.iterdir()] == ["letters.txt"]


def test_documents_without_text_make_no_index(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no text"):
        build_index([Page(text="  ")], tmp_path / "index")
    build_index(PAGES, tmp_path / "index")


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with FileLock(tmp_path / "index" / ".lock"):
            held.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        held.wait(10)
        with pytest.raises(ConfigError, match="another process"):
            build_index(PAGES, tmp_path / "index")
    finally:
        done.set()
        thread.join()


def built(tmp_path: Path) -> Path:
    build_index(PAGES, tmp_path / "index")
    return tmp_path / "index"


@pytest.mark.parametrize("content", ["", "{}", "null", "[1]", '{"format": 1}'])
def test_a_damaged_stamp_is_refused_with_what_to_do(tmp_path: Path, content: str) -> None:
    folder = built(tmp_path)
    (folder / STAMP_FILE).write_text(content)
    with pytest.raises(ConfigError, match="reward-agent index"):
        open_corpus(folder)


def test_another_format_is_refused(tmp_path: Path) -> None:
    folder = built(tmp_path)
    stamp = json.loads((folder / STAMP_FILE).read_text())
    (folder / STAMP_FILE).write_text(json.dumps({**stamp, "format": 99}))
    with pytest.raises(ConfigError, match="format 99"):
        open_corpus(folder)


def test_a_missing_or_cut_segment_file_is_refused(tmp_path: Path) -> None:
    folder = built(tmp_path)
    (store,) = folder.glob("segments-*/*.store")
    whole = store.read_bytes()
    store.write_bytes(whole[:-1])
    with pytest.raises(ConfigError, match="is damaged"):
        open_corpus(folder)
    store.unlink()
    with pytest.raises(ConfigError, match="is missing"):
        open_corpus(folder)


def test_bytes_that_were_changed_fail_and_never_find_nonsense(tmp_path: Path) -> None:
    folder = built(tmp_path)
    for file in folder.glob("segments-*/*"):
        if file.suffix in (".store", ".idx", ".term") or file.name == "meta.json":
            file.write_bytes(bytes(byte ^ 0x55 for byte in file.read_bytes()))
    with pytest.raises((ConfigError, SignalError), match=r"Build it again"):
        open_corpus(folder).found("ebb")


@pytest.mark.parametrize("kind", [".store", ".idx", ".term", ".fieldnorm", ".fast", ".pos"])
def test_each_file_that_was_changed_fails_as_such_or_does_no_harm(tmp_path: Path, kind: str) -> None:
    folder = built(tmp_path)
    (file,) = folder.glob(f"segments-*/*{kind}")
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 3] ^= 0xFF
    file.write_bytes(raw)
    try:
        found = open_corpus(folder).found("ebb noon quay")
    except (ConfigError, SignalError):
        return
    assert {passage.text for passage in found} <= {page.text for page in PAGES}


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_no_index_says_how_to_build_one(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="reward-agent index"):
        open_corpus(tmp_path / name)
