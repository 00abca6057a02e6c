"""`reward-agent generate` as a user meets it."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reward_agent.testing.llm_server import Faults, LlmServer, llm_server
from tests.command_line import CommandLine

SIMULATED = ("--set", "chat.default.type=simulated")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CommandLine:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return CommandLine(capsys=capsys, command=["generate"])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.jsonl"
    rows = [{"key": number, "prompt": f"Describe river {number} in two sentences."} for number in range(6)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n", encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@contextmanager
def serving(**options: Any) -> Iterator[LlmServer]:
    """The simulated server in a thread of its own."""
    ready, started, stop = threading.Event(), [], []

    async def serve() -> None:
        async with llm_server(**options) as server:
            started.append(server)
            leave = asyncio.Event()
            stop.append((asyncio.get_running_loop(), leave))
            ready.set()
            await leave.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield started[0]
    finally:
        loop, leave = stop[0]
        loop.call_soon_threadsafe(leave.set)
        thread.join()


def test_a_rehearsal_needs_no_key_and_draws_n_different_answers(run: CommandLine, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "responses.jsonl"
    code, printed, said = run(
        "--data", data, "--model", "gpt", "--n", 8, "--temperature", 1.0, "--out", out, *SIMULATED
    )
    assert code == 0
    assert "48 of 48 answers to 6 prompts, 6 of them complete" in printed
    assert "prompts.jsonl:7" in said
    assert "48 of 48 drawn" in said
    found = rows(out)
    assert found[0]["generator"] == "gpt"
    assert all(len(set(row["responses"])) > 1 for row in found)
    first = out.read_bytes()
    run("--data", data, "--model", "gpt", "--n", 8, "--out", tmp_path / "again.jsonl", *SIMULATED)
    assert (tmp_path / "again.jsonl").read_bytes() == first


@pytest.mark.parametrize("choices", ["all", "one", "refused"])
def test_a_server_is_asked_as_it_can_be(run: CommandLine, data: Path, tmp_path: Path, choices: str) -> None:
    out = tmp_path / "responses.jsonl"
    with serving(choices=choices) as server:
        code, _, said = run(
            "--data", data, "--model", "m", "--base-url", server.url, "--n", 4, "--out", out,
            "--concurrency", 1, "--set", "cache.type=off",
        )  # fmt: skip
        calls = server.stats.calls.total()
    assert code == 0, said
    assert calls == {"all": 6, "one": 24, "refused": 25}[choices]
    simulated = tmp_path / "simulated.jsonl"
    run("--data", data, "--model", "m", "--n", 4, "--out", simulated, *SIMULATED)
    assert rows(out) == rows(simulated)


def test_what_fails_is_said_and_the_same_command_asks_again(run: CommandLine, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "responses.jsonl"
    with serving(faults=Faults(shares={"refusal": 0.4}, seed=2), choices="one") as server:
        command = ("--data", data, "--model", "m", "--base-url", server.url, "--n", 3, "--out", out)
        code, printed, said = run(*command)
        assert code == 0
        assert "refused" in said
        assert "run the same command again" in said
        had = sum(len(row["responses"]) for row in rows(out))
        assert f"{had} of 18 answers" in printed
        assert 0 < had < 18
        before = server.stats.calls.total()
        run(*command)
        assert server.stats.calls.total() - before == 18 - had


def test_with_nothing_drawn_the_exit_code_says_so(run: CommandLine, data: Path, tmp_path: Path) -> None:
    with serving(faults=Faults(shares={"refusal": 1.0})) as server:
        code, printed, _ = run(
            "--data", data, "--model", "m", "--base-url", server.url, "--n", 2, "--out", tmp_path / "r.jsonl"
        )
    assert code == 1
    assert "0 of 12 answers" in printed


def test_the_cache_answers_another_run_with_the_same_seeds_and_no_other(
    run: CommandLine, data: Path, tmp_path: Path
) -> None:
    with serving() as server:
        command = ("--data", data, "--model", "m", "--base-url", server.url, "--n", 3)
        run(*command, "--out", tmp_path / "a.jsonl")
        run(*command, "--out", tmp_path / "b.jsonl")
        assert server.stats.calls.total() == 6
        run(*command, "--out", tmp_path / "c.jsonl", "--seed", 1)
        assert server.stats.calls.total() == 12
    a, b, c = (rows(tmp_path / f"{name}.jsonl") for name in "abc")
    assert a == b
    assert a != c


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--data", "nowhere.jsonl"), "no such file or folder"),
        (("--prompt-column", "words"), "no column 'words'"),
        (("--template", "Tell me"), "{prompt}"),
        (("--base-url", "localhost:8000"), "a server such as http://"),
        (("--engine", "vllm"), "reward-agent[vllm]"),
        (("--vllm", "dtype=half"), "--engine vllm"),
        (("--engine", "vllm", "--vllm", "dtype"), "KEY=VALUE"),
        ((), "OPENAI_API_KEY"),
    ],
)
def test_a_request_that_cannot_be_met_says_what_to_change(
    run: CommandLine, data: Path, tmp_path: Path, arguments: tuple[str, ...], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)
    given = {"--data": str(data), "--model": "m", "--out": str(tmp_path / "r.jsonl")}
    named = dict(zip(arguments[::2], arguments[1::2], strict=True)) if "--vllm" not in arguments else {}
    more = arguments if "--vllm" in arguments else ()
    code, _, said = run(*(text for item in (given | named).items() for text in item), *more)
    assert code == 2
    assert why in said
    assert "Traceback" not in said


def test_help_says_what_it_is_for(run: CommandLine) -> None:
    code, printed, _ = run("--help")
    assert code == 0
    assert "Draw n answers to every prompt" in printed


@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    data = tmp_path / "prompts.jsonl"
    data.write_text("".join(json.dumps({"prompt": f"Describe river {number}."}) + "\n" for number in range(1_500)))

    def started(out: Path) -> "subprocess.Popen[str]":
        command = [
            sys.executable,
            "-m",
            "reward_agent.cli",
            "generate",
            "--data",
            str(data),
            "--model",
            "m",
            "--n",
            "4",
        ]
        quiet = subprocess.DEVNULL
        return subprocess.Popen([*command, "--out", str(out), *SIMULATED], stdout=quiet, stderr=quiet, text=True)

    calm, wild = tmp_path / "calm.jsonl", tmp_path / "wild.jsonl"
    with started(calm) as process:
        assert process.wait() == 0
    journal = tmp_path / "wild.jsonl.run" / "answers.jsonl"
    for least in (1, 400):
        with started(wild) as process:
            while not (journal.exists() and journal.read_bytes().count(b"\n") >= least):
                assert process.poll() is None, "the run was over before it could be killed"
            process.kill()
    with started(wild) as process:
        assert process.wait() == 0
    assert wild.read_bytes() == calm.read_bytes()
    drawn = [(row["sample_id"], answer["index"]) for row in rows(journal) for answer in row["answers"]]
    assert len(drawn) == len(set(drawn)) == 6_000
