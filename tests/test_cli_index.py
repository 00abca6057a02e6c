"""`reward-agent index` and `search` as a user meets them."""

import json
from importlib.resources import as_file
from pathlib import Path

import pytest

from reward_agent.cli import main
from reward_agent.starter import CORPUS
from tests.evidence.search_server import Reply, in_turn, search_server


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out, printed.err


def test_the_starter_corpus_is_indexed_and_looked_into(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with as_file(CORPUS) as docs:
        code, out, err = run(capsys, "index", docs, "--out", tmp_path / "index")
    assert (code, err) == (0, "")
    assert "50 passages" in out
    code, out, _ = run(capsys, "search", tmp_path / "index", "When was Grey Stacks Lighthouse first lit?")
    assert code == 0
    assert out.startswith("1. Grey Stacks Lighthouse")
    assert "14 October" in out


def test_bad_documents_are_said_and_the_rest_is_indexed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("The ebb is out.")
    (tmp_path / "docs" / "b\x1b[2J.txt").write_bytes(b"\xff\x00")
    code, out, err = run(capsys, "index", tmp_path / "docs", "--out", tmp_path / "index")
    assert code == 0
    assert "1 passages" in out
    assert "warning:" in err
    assert "\x1b" not in err + out


def test_an_index_that_is_there_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("The ebb is out.")
    index = ("index", tmp_path / "a.txt", "--out", tmp_path / "index")
    assert run(capsys, *index)[0] == 0
    code, _, err = run(capsys, *index)
    assert code == 2
    assert "--replace" in err
    assert run(capsys, *index, "--replace")[0] == 0


def test_what_a_passage_holds_is_shown_and_not_obeyed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "ebb \x1b[2J [red]out[/red]", "title": "\x07Ebb"}) + "\n")
    run(capsys, "index", tmp_path / "a.jsonl", "--out", tmp_path / "index")
    _, out, _ = run(capsys, "search", tmp_path / "index", "ebb")
    assert "\x1b" not in out
    assert "[red]out[/red]" in out
    _, out, _ = run(capsys, "search", tmp_path / "index", "zyx")
    assert "no passage was found" in out


def test_no_index_says_how_to_build_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "search", tmp_path, "ebb")
    assert code == 2
    assert "reward-agent index DOCS" in err


def test_a_cluster_is_filled_with_a_key_from_the_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("The ebb is out.")
    with search_server(in_turn(Reply(body={"errors": False}))) as server:
        index = ("index", tmp_path / "a.txt", "--out", f"{server.url}/sea", "--key-env", "SEA_KEY")
        code, _, err = run(capsys, *index)
        assert code == 2
        assert "SEA_KEY" in err
        monkeypatch.setenv("SEA_KEY", "k-secret-0815")
        code, out, _ = run(capsys, *index)
    assert code == 0
    assert "1 passages" in out
    assert server.asked[0].headers["authorization"] == "ApiKey k-secret-0815"
