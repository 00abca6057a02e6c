import os
from pathlib import Path

import pytest

from reward_agent.config import load_settings
from reward_agent.errors import RunError
from reward_agent.jobs.folder import RunFolder, write_whole

JOB = {"kind": "benchmark", "benchmark": "pairs", "data": "a.jsonl", "limit": None, "fingerprint": "abc"}


def test_a_claimed_folder_recalls_its_job_and_settings(tmp_path: Path) -> None:
    settings = load_settings(overrides=["judge.weights.instructions=0.5"])
    folder = RunFolder(path=tmp_path / "deep" / "run")
    with folder.held():
        folder.claim(JOB, settings)
    job, recalled = folder.recall()
    assert recalled == settings
    assert job == {key: value for key, value in JOB.items() if value is not None}


def test_the_same_job_may_claim_its_folder_again(tmp_path: Path) -> None:
    folder = RunFolder(path=tmp_path)
    folder.claim(JOB, load_settings())
    written = folder.settings_file.read_bytes()
    folder.claim(JOB, load_settings())
    assert folder.settings_file.read_bytes() == written


def test_what_cannot_change_a_judgment_may_differ(tmp_path: Path) -> None:
    folder = RunFolder(path=tmp_path)
    folder.claim(JOB, load_settings())
    folder.claim({**JOB, "data": "/moved/a.jsonl"}, load_settings(overrides=["run.concurrency=99"]))
    assert folder.recall()[0]["data"] == "a.jsonl"


def test_other_settings_are_refused_and_named(tmp_path: Path) -> None:
    folder = RunFolder(path=tmp_path)
    folder.claim(JOB, load_settings())
    with pytest.raises(RunError) as error:
        folder.claim({**JOB, "limit": 5, "fingerprint": "xyz"}, load_settings(overrides=["judge.normalize=false"]))
    assert "job.fingerprint: abc there, xyz now" in str(error.value)
    assert "job.limit: not set there, 5 now" in str(error.value)
    assert "judge.normalize: True there, False now" in str(error.value)
    assert "choose another --out folder" in str(error.value)


def test_judgments_without_settings_are_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "judgments.jsonl").write_text("{}\n")
    with pytest.raises(RunError, match=r"no settings\.toml"):
        RunFolder(path=tmp_path).claim(JOB, load_settings())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot make the run folder"), RunFolder(path=tmp_path / "file" / "run").held():
        pass


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    with pytest.raises(RunError, match=r"cannot write .*report\.json"):
        write_whole(tmp_path / "report.json", "{}")
    assert [item.name for item in tmp_path.iterdir()] == ["report.json"]


def test_a_written_file_heeds_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_whole(tmp_path / "secret.txt", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "secret.txt").stat().st_mode & 0o777 == 0o600


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no run"):
        RunFolder(path=tmp_path).recall()


@pytest.mark.parametrize("text", ["not toml [", 'preset = "offline"\nunknown = 1\n'])
def test_changed_settings_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(RunError, match=r"settings\.toml"):
        RunFolder(path=tmp_path).recall()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new \ud800")
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["file.txt"]
