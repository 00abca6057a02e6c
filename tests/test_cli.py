"""The command line as a user meets it: what is printed where, and the exit codes."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reward_agent.cli import main
from reward_agent.config.prefer import EMBEDDED_WEIGHT


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


class CommandLine:
    """Runs `reward-agent ...` in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Done:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        printed = self._capsys.readouterr()
        return Done(int(left.value.code or 0), printed.out, printed.err)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setenv("COLUMNS", "200")
    return CommandLine(capsys)


def pair(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"row-{number}",
        "prompt": f"Describe river {number} in exactly two sentences.",
        "chosen": "It is long. It is wide.",
        "rejected": "It is a long and wide river.",
        **changes,
    }


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    chatter = {"prompt": "Cheer me up!", "chosen": "You are great.", "rejected": "No."}
    return write_rows(tmp_path / "pairs.jsonl", [*(pair(number) for number in range(4)), pair(4, **chatter)])


def test_without_arguments_the_commands_are_listed(run: CommandLine) -> None:
    done = run()
    for command in ("demo", "benchmark", "report", "compare", "judge"):
        assert command in done.out + done.err


def test_the_version_is_printed(run: CommandLine) -> None:
    assert run("--version").out.strip().count(".") == 2


def test_a_benchmark_leaves_a_complete_run_folder(run: CommandLine, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = run("benchmark", "pairs", "--data", data, "--out", out)
    assert done.code == 0
    assert "5 of 5 judged" in done.err
    assert str(out / "report.md") in done.out
    report = json.loads((out / "report.json").read_text())
    assert report["benchmark"] == "pairs"
    assert report["preset"] == "offline"
    assert report["n"] == 5
    assert report["overall"]["accuracy"] >= 0.8  # four are decided by the instruction, one by taste alone
    assert report["overall"]["coverage"] == 1.0
    assert report["overall"]["ties"] == 0
    assert report["overall"]["failures"] == 0
    assert len(report["overall"]["ci95"]) == 2
    assert set(report["controls"]) == {"longer_wins", "shorter_wins"}
    assert {"duplicates", "label_counts", "fingerprint"} <= set(report["integrity"])
    assert report["usage"]["calls"] == 0
    rows = [json.loads(line) for line in (out / "judgments.jsonl").read_text().splitlines()]
    assert sorted(row["sample_id"] for row in rows) == [f"row-{number}" for number in range(5)]  # as they finish


def test_the_same_command_again_resumes(run: CommandLine, data: Path, tmp_path: Path) -> None:
    command = ("benchmark", "pairs", "--data", data, "--out", tmp_path / "run")
    run(*command)
    journal = tmp_path / "run" / "judgments.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole[: len(whole) // 2])
    done = run(*command)
    assert "of them before" in done.err
    assert journal.read_bytes() == whole


def test_other_settings_are_refused_with_the_keys_that_differ(run: CommandLine, data: Path, tmp_path: Path) -> None:
    command = ("benchmark", "pairs", "--data", data, "--out", tmp_path / "run")
    run(*command)
    done = run(*command, "--set", "verify.instructions.graded=false", "--limit", "3")
    assert done.code == 2
    assert "verify.instructions.graded: True there, False now" in done.err
    assert "job.limit: not set there, 3 now" in done.err


def test_changed_data_are_refused(run: CommandLine, data: Path, tmp_path: Path) -> None:
    command = ("benchmark", "pairs", "--data", data, "--out", tmp_path / "run")
    run(*command)
    write_rows(data, [pair(9)])
    done = run(*command)
    assert done.code == 2
    assert "job.fingerprint" in done.err


def test_concurrency_may_change_between_resumes(run: CommandLine, data: Path, tmp_path: Path) -> None:
    command = ("benchmark", "pairs", "--data", data, "--out", tmp_path / "run")
    run(*command, "--concurrency", "2")
    assert run(*command, "--concurrency", "3").code == 0


def test_a_limit_judges_the_first_samples(run: CommandLine, data: Path, tmp_path: Path) -> None:
    run("benchmark", "pairs", "--data", data, "--out", tmp_path / "run", "--limit", "2")
    assert json.loads((tmp_path / "run" / "report.json").read_text())["n"] == 2


def test_both_orders_are_judged(run: CommandLine, data: Path, tmp_path: Path) -> None:
    run("benchmark", "pairs", "--data", data, "--out", tmp_path / "run", "--both-orders")
    report = json.loads((tmp_path / "run" / "report.json").read_text())
    assert report["n"] == 5
    assert report["overall"]["accuracy"] >= 0.8
    assert report["overall"]["coverage"] == 1.0
    assert (tmp_path / "run" / "judgments.jsonl").read_bytes().count(b"\n") == 10


def test_a_report_is_rebuilt_from_the_journal_without_the_data(run: CommandLine, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    run("benchmark", "pairs", "--data", data, "--out", out)
    before = (out / "report.json").read_bytes()
    data.unlink()
    (out / "report.json").unlink()
    (out / "report.md").unlink()
    assert run("report", out).code == 0
    assert (out / "report.json").read_bytes() == before
    assert (out / "report.md").exists()


def test_two_runs_are_compared_pair_by_pair(run: CommandLine, data: Path, tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    run("benchmark", "pairs", "--data", data, "--out", a)
    run("benchmark", "pairs", "--data", data, "--out", b, "--set", "verify.instructions.type=off")
    done = run("compare", a, b)
    assert done.code == 0
    assert "McNemar" in done.out
    paired = json.loads(run("compare", a, b, "--json").out)
    assert paired["overall"]["n"] == 5
    assert run("compare", a, b, "--markdown").out.startswith("# Two runs compared")


def test_bad_rows_are_said_and_the_good_ones_judged(run: CommandLine, tmp_path: Path) -> None:
    data = write_rows(tmp_path / "pairs.jsonl", [pair(0), pair(1, chosen=""), pair(2)])
    done = run("benchmark", "pairs", "--data", data, "--out", tmp_path / "run")
    assert done.code == 0
    assert "pairs.jsonl:2" in done.err
    assert json.loads((tmp_path / "run" / "report.json").read_text())["n"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["benchmark", "nope", "--data", "x.jsonl", "--out", "run"], "rm-bench"),
        (["benchmark", "pairs", "--data", "nowhere.jsonl", "--out", "run"], "nowhere.jsonl"),
        (["report", "nowhere"], "holds no run"),
        (["judge", "--prompt", "x"], "--candidate"),
        (["judge"], "--file"),
        (["judge", "--prompt", "x", "--candidate", "y", "--preset", "nope"], "offline"),
        (["judge", "--file", "nowhere.jsonl"], "nowhere.jsonl"),
    ],
)
def test_a_request_that_cannot_be_met_says_what_to_change(
    run: CommandLine, arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err


def test_a_judgment_is_printed_with_its_reasons(run: CommandLine) -> None:
    done = run(
        "judge", "--prompt", "Say hi in exactly two words.", "--candidate", "Hi there", "--candidate", "Hi to you all"
    )
    assert done.code == 0
    assert "exactly two words" in done.out
    assert "2 words" in done.out
    assert "4 words" in done.out


def test_a_judgment_is_printed_as_json_for_machines(run: CommandLine) -> None:
    done = run("judge", "--prompt", "Say hi in exactly two words.", "--candidate", "Hi there", "--json")
    judgment = json.loads(done.out)
    assert judgment["decision"]["scores"] == [pytest.approx(1.0, abs=EMBEDDED_WEIGHT)]
    assert judgment["signals"][0]["verdicts"][0]["findings"][0]["score"] == 1.0


def test_the_constraints_of_an_instruction_are_explained(run: CommandLine) -> None:
    done = run("explain", "--prompt", "Describe the sea in exactly two sentences. Sound like a sailor, please.")
    assert done.code == 0
    assert "sentences.count" in done.out
    assert "vetted checker, quantity: exactly 2" in done.out
    assert "two sentences" in done.out


def test_an_explained_candidate_gets_its_verdicts(run: CommandLine) -> None:
    done = run("explain", "--prompt", "Use exactly two words.", "--candidate", "One two three")
    assert "3 words, exactly 2" in done.out


MODEL = (
    "--set",
    'chat.default={type="simulated"}',
    "--set",
    "verify.instructions.type=model",
    "--set",
    "cache.type=off",
)
ASKS_MORE = "Describe the sea in exactly two sentences. Write in a calm tone. Please keep the brackets balanced."


@pytest.mark.parametrize("writes", [True, False])
def test_each_requirement_is_explained_by_how_it_is_checked(run: CommandLine, writes: bool) -> None:
    command = ("explain", *MODEL, "--set", f"verify.instructions.write={str(writes).lower()}", "--prompt", ASKS_MORE)
    done = run(*command, "--candidate", "It is (quiet. It is deep.")
    if "cannot be had on this host" in done.err:
        pytest.skip(done.err)
    printed = " ".join(done.out.split())
    assert "sentences.count: The number of sentences (vetted checker, quantity: exactly 2)" in printed
    assert "soft: The response is written in a calm tone (model question) «in a calm tone»" in printed
    assert "met soft: The response is written in a calm tone: yes, by a model's judgment: quiet" in printed
    if writes:
        assert "written: Every round bracket that is opened in the response is closed (written checker " in printed
        assert "admitted on 8 examples, sandbox tier strict" in printed
        assert "not met written: Every round bracket that is opened in the response is closed: false" in printed
    else:
        assert "asked: Every round bracket that is opened in the response is closed (model question (no code" in printed


def test_nothing_to_check_is_said(run: CommandLine) -> None:
    assert "no checkable constraint" in run("explain", "--prompt", "Cheer me up!").out


SAMPLE = {"id": "a", "prompt": "Use exactly two words.", "candidates": ["Hi there", {"text": "Hi", "source": "m"}]}
SHAPES: list[dict[str, Any]] = [
    SAMPLE,
    {"id": "b", "prompt": [{"role": "user", "content": "Use exactly two words."}], "responses": ["Hi there", "Hi"]},
    {
        "id": "c",
        "instruction": "Use exactly two words.",
        "completions": [{"response": "Hi there"}, {"response": "Hi"}],
    },
]


def test_samples_are_read_from_a_file_in_every_shape(run: CommandLine, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "samples.jsonl", SHAPES)
    judgments = [json.loads(line) for line in run("judge", "--file", file, "--json").out.splitlines()]
    assert [judgment["sample_id"] for judgment in judgments] == ["a", "b", "c"]
    assert all(judgment["decision"]["scores"][0] >= 1.0 for judgment in judgments)


def test_one_sample_alone_is_read_from_standard_input(
    run: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_rows(tmp_path / "piped.jsonl", [SAMPLE]).open() as piped:
        monkeypatch.setattr(sys, "stdin", piped)
        assert json.loads(run("judge", "--file", "-", "--json").out)["sample_id"] == "a"


def test_a_bad_sample_is_said_and_the_others_judged(run: CommandLine, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "samples.jsonl", [{"prompt": "x"}, SAMPLE])
    done = run("judge", "--file", file, "--json")
    assert done.code == 0
    assert "samples.jsonl:1" in done.err
    assert len(done.out.splitlines()) == 1


def test_with_nothing_to_judge_the_exit_code_says_so(run: CommandLine, tmp_path: Path) -> None:
    assert run("judge", "--file", write_rows(tmp_path / "samples.jsonl", [{"prompt": "x"}])).code == 1


def test_the_demo_judges_the_starter_set(run: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("demo")
    assert done.code == 0
    assert "instructions" in done.out
    assert "runs/demo/report.md" in done.out
    assert run("demo").code == 0
    assert (tmp_path / "runs" / "demo-2" / "report.json").exists()


def test_control_characters_in_data_reach_no_terminal(run: CommandLine, tmp_path: Path) -> None:
    odd = {"prompt": "p", "chosen": "a", "\x1b[31mcolumn": "b"}
    data = write_rows(tmp_path / "pairs.jsonl", [pair(0, subset="\x1b[32mgreen"), odd])
    done = run("benchmark", "pairs", "--data", data, "--out", tmp_path / "run")
    assert "pairs.jsonl:2" in done.err
    assert "[31mcolumn" in done.err
    assert "[32mgreen" in done.out
    assert "\x1b[3" not in done.err + done.out


@pytest.mark.parametrize("damage", ["delete", "shorten", "garble"])
def test_samples_that_are_not_those_that_were_read_make_no_figures(
    run: CommandLine, data: Path, tmp_path: Path, damage: str
) -> None:
    out = tmp_path / "run"
    command = ("benchmark", "pairs", "--data", data, "--out", out)
    run(*command)
    before = (out / "report.json").read_bytes()
    samples = out / "samples.jsonl"
    lines = samples.read_text().splitlines(keepends=True)
    if damage == "delete":
        samples.unlink()
    else:
        samples.write_text("".join(lines[:2]) + ("nonsense\n" if damage == "garble" else ""))
    done = run("report", out)
    assert done.code == 2
    assert "samples.jsonl" in done.err
    assert "same benchmark command again" in done.err
    assert (out / "report.json").read_bytes() == before
    assert run(*command).code == 0
    assert (out / "report.json").read_bytes() == before


@pytest.mark.parametrize("name", ["integrity.json", "settings.toml"])
def test_a_damaged_run_file_is_named(run: CommandLine, data: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "run"
    run("benchmark", "pairs", "--data", data, "--out", out)
    (out / name).write_text("{")
    done = run("report", out)
    assert done.code == 2
    assert "damaged" in done.err


def test_runs_on_other_texts_with_the_same_ids_are_not_compared(run: CommandLine, tmp_path: Path) -> None:
    for name in ("a", "b"):
        data = write_rows(tmp_path / f"{name}.jsonl", [pair(0, chosen=f"The river {name}. It is wide.")])
        run("benchmark", "pairs", "--data", data, "--out", tmp_path / name)
    done = run("compare", tmp_path / "a", tmp_path / "b")
    assert done.code == 2
    assert "different data" in done.err


def test_an_id_that_looks_like_the_other_order_is_refused_in_both_orders(run: CommandLine, tmp_path: Path) -> None:
    data = write_rows(tmp_path / "pairs.jsonl", [pair(0, id="x"), pair(1, id="x@reversed")])
    assert run("benchmark", "pairs", "--data", data, "--out", tmp_path / "one").code == 0
    done = run("benchmark", "pairs", "--data", data, "--out", tmp_path / "both", "--both-orders")
    assert done.code == 2
    assert "x@reversed" in done.err


def test_a_run_beside_its_data_is_not_read_as_data(run: CommandLine, data: Path, tmp_path: Path) -> None:
    command = ("benchmark", "pairs", "--data", tmp_path, "--out", tmp_path / "runs" / "x")
    assert run(*command).code == 0
    assert "of them before" in run(*command).err


def test_a_subset_named_as_a_figure_is_refused(run: CommandLine, tmp_path: Path) -> None:
    data = write_rows(tmp_path / "pairs.jsonl", [pair(0, subset="overall")])
    done = run("benchmark", "pairs", "--data", data, "--out", tmp_path / "run")
    assert done.code == 2
    assert "'overall'" in done.err


def test_a_config_file_is_used(run: CommandLine, tmp_path: Path) -> None:
    config = tmp_path / "my.toml"
    config.write_text('[judge]\ntype = "vote"\n')
    done = run("judge", "--prompt", "Use exactly two words.", "--candidate", "a b", "--config", config, "--json")
    assert json.loads(done.out)["decision"]["scores"] == [pytest.approx(1.1 + EMBEDDED_WEIGHT)]


def test_saying_nothing_follows_no_instruction(run: CommandLine) -> None:
    done = run("judge", "--prompt", "Use no commas. Use at most 9 words.", "--candidate", "  ", "--json")
    assert json.loads(done.out)["decision"]["scores"] == [pytest.approx(0.0, abs=EMBEDDED_WEIGHT)]


def test_a_judgment_is_recorded_and_replayed(run: CommandLine, tmp_path: Path) -> None:
    question = ("judge", "--prompt", "Say hi in exactly two words.", "--candidate", "Hi there", "--json")
    recorded = run(*question, "--record", tmp_path / "run.sqlite")
    assert recorded.code == 0
    assert (tmp_path / "run.sqlite").is_file()
    assert run(*question, "--replay", tmp_path / "run.sqlite").out == recorded.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--record", "a", "--replay", "{file}"], "give either --record or --replay"),
        (["--replay", "nowhere"], "nowhere"),
        (["--replay", "{file}"], "move it away"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused(
    run: CommandLine, tmp_path: Path, options: list[str], message: str
) -> None:
    file = tmp_path / "text"
    file.write_text("no database " * 1000)
    done = run("judge", "--prompt", "x", "--candidate", "y", *(option.format(file=file) for option in options))
    assert done.code == 2
    assert message in done.err
