"""`annotate`, `pairs` and `train-dpo` as a user meets them."""

import json
from pathlib import Path

import pytest

from reward_agent.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out, printed.err


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "responses.jsonl"
    rows = [
        {"id": f"r{number}", "prompt": f"Describe river {number} in exactly two sentences.", "responses": responses}
        for number in range(4)
        for responses in [["It is long. It is wide.", "It is a long and wide river.", "Long. Wide. Slow."]]
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n")
    return path


def test_annotate_writes_pairs_and_says_what_it_did(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "annotate", "--data", data, "--preset", "offline", "--out", tmp_path / "out")
    assert code == 0
    assert "4 pairs from 4 of 4 prompts" in out
    assert "responses.jsonl:5" in err
    row = json.loads((tmp_path / "out" / "pairs.jsonl").read_text().splitlines()[0])
    assert row["chosen"][0]["content"] == "It is long. It is wide."


def test_pairs_makes_other_pairs_of_the_same_judgments(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    run(capsys, "annotate", "--data", data, "--out", folder)
    code, out, _ = run(
        capsys,
        "pairs",
        folder,
        "--rule",
        "all",
        "--format",
        "plain",
        "--require",
        "instructions",
        "--write",
        "pairs,kto",
    )
    assert code == 0
    assert "from 4 of 4 prompts" in out
    assert json.loads((folder / "pairs.jsonl").read_text().splitlines()[0])["prompt"].startswith("Describe river")
    assert (folder / "kto.jsonl").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--rule", "best"), "--rule"),
        (("--write", "pear"), "got 'pear'"),
        (("--format", "chat"), "--format"),
        (("--files", "csv"), "--files"),
        (("--require", "taste"), "there is no such signal"),
        (("--push", "me/pairs"), "hf:OWNER/NAME"),
    ],
)
def test_a_wrong_option_is_said_before_anything_is_judged(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, str], message: str
) -> None:
    code, _, err = run(capsys, "annotate", "--data", data, "--out", tmp_path / "out", *options)
    assert code == 2
    assert message in err
    assert not (tmp_path / "out").exists()


def test_train_dpo_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "train-dpo", "--pairs", tmp_path, "--out", tmp_path / "t", "--set", "dpo.output_dir=x")
    assert code == 2
    assert "--out names the folder" in err
    code, _, err = run(capsys, "train-dpo", "--pairs", tmp_path, "--out", tmp_path / "t", "--preset", "nothing")
    assert code == 2
    assert "the presets are: lora, paper, trl" in err
