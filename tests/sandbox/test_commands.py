"""The two commands and the settings behind them."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reward_agent.build import open_sandbox
from reward_agent.cli import app
from reward_agent.config import load_settings
from reward_agent.errors import ConfigError, DataError
from reward_agent.sandbox.report import Layer, SandboxReport
from reward_agent.sandbox.suite.cases import honest_checkers, hostile_cases
from reward_agent.sandbox.suite.check import HostCheck, host_check_json, host_check_text
from reward_agent.sandbox.suite.trial import CaseResult, Difference
from reward_agent.sandbox.try_out import read_texts
from reward_agent.types import Outcome


def test_a_checker_is_tried_by_hand(strict: None, tmp_path: Path) -> None:
    code, responses = tmp_path / "checker.py", tmp_path / "responses.jsonl"
    code.write_text("import os\ndef check_following(response):\n    return len(response) < 3\n")
    responses.write_text('"ab"\n{"response": "abc"}\n\n{"text": ""}\n')
    result = CliRunner().invoke(app, ["run-checker", "--code", str(code), "--responses", str(responses)])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["true", "false", "true"]
    assert "tier: strict" in result.stderr
    assert "lint: line 1: the module 'os'" in result.stderr


@pytest.mark.parametrize("line", ["{", "3", '{"answer": "x"}', "[" * 100_000])
def test_a_line_that_is_no_response_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "responses.jsonl"
    file.write_text('"fine"\n' + line)
    with pytest.raises(DataError, match="line 2"):
        read_texts(file)


def test_the_settings_open_the_sandbox() -> None:
    settings = load_settings(overrides=["sandbox.require=degraded", "sandbox.workers=1", "sandbox.memory_mb=64"])

    async def use() -> object:
        async with open_sandbox(settings) as sandbox:
            return await sandbox.run("def check_following(r): return len(bytes(200 << 20)) > 0", ["a"])

    assert asyncio.run(use()) == (Outcome.MEMORY,)


@pytest.mark.parametrize("override", ["sandbox.require=none", "sandbox.workers=0", "sandbox.tier=strict"])
def test_settings_that_make_no_sense_are_refused(override: str) -> None:
    with pytest.raises(ConfigError, match="sandbox"):
        load_settings(overrides=[override])


def _check(*, problems: tuple[str, ...] = (), differs: bool = False) -> HostCheck:
    case, checker = hostile_cases()[0], honest_checkers()[0]
    layers = (Layer(name="seccomp", held=True, detail="x"), Layer(name="landlock", held=False, detail="not there"))
    difference = Difference(checker=checker, response="r", plain=Outcome.TRUE, sandboxed=Outcome.TIMEOUT)
    return HostCheck(
        report=SandboxReport(tier="strict", platform="Linux", python="3", workers=1, layers=layers),
        hostile=(CaseResult(case=case, outcomes=(Outcome.TIMEOUT,), problems=problems, seconds=0.1),),
        left_out=2,
        honest=1,
        differences=(difference,) * differs,
        seconds=1.0,
    )


def test_the_check_says_what_is_held_and_what_escaped() -> None:
    text = host_check_text(_check(problems=("secret was changed",), differs=True))
    for words in ("tier: strict", "held  seccomp", "OFF   landlock", "0 of 1 contained", "secret was changed"):
        assert words in text
    assert "0 of 1 as in plain Python" in text


def test_the_check_is_sound_only_without_escapes_and_differences() -> None:
    assert _check().sound
    assert not _check(problems=("x",)).sound
    found = json.loads(host_check_json(_check(differs=True)))
    assert found["sound"] is False
    assert found["layers"][1] == {"name": "landlock", "held": False, "detail": "not there"}
