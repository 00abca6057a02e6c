import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reward_agent.cli import app
from reward_agent.config import Settings, load_settings
from reward_agent.doctor import Finding, examined
from reward_agent.doctor.factuality import grounded_factuality
from reward_agent.doctor.host import disk_room, keys
from reward_agent.doctor.prefer import preference_models
from reward_agent.errors import ConfigError
from reward_agent.testing.reward_server import RewardServer, serving

SERVER = """
judge = {{ normalize = false }}
[[prefer]]
type = "server"
name = "rm"
dialect = "vllm"
urls = ["{url}"]
model = "tiny"
tries = 1
"""


def settings_for(tmp_path: Path, url: str) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(SERVER.format(url=url))
    return load_settings(config=file)


def found(settings: Settings, *checks: object) -> list[Finding]:
    async def collect() -> list[Finding]:
        return [finding async for finding in examined(settings, checks)]  # type: ignore[arg-type]

    return asyncio.run(collect())


def test_a_sound_server_is_well(tmp_path: Path) -> None:
    with serving(RewardServer()) as server:
        findings = found(settings_for(tmp_path, server.url), preference_models)
    assert [finding.state for finding in findings] == ["ok", "note"]


def test_a_server_with_the_activation_on_fails_with_a_remedy(tmp_path: Path) -> None:
    with serving(RewardServer(sigmoid=True)) as server:
        (finding,) = found(settings_for(tmp_path, server.url), preference_models)
    assert finding.state == "failed"
    assert "sigmoid" in finding.what


def test_a_server_that_is_not_there_fails_and_names_the_setting(tmp_path: Path) -> None:
    (finding,) = found(settings_for(tmp_path, "http://127.0.0.1:9"), preference_models)
    assert finding.state == "failed"
    assert "prefer.urls" in finding.remedy


def test_a_key_is_named_and_its_value_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "secret-1")
    file = tmp_path / "config.toml"
    file.write_text('[chat.default]\nmodel = "m"\napi_key_env = "THE_KEY"\n')
    (finding,) = found(load_settings(config=file), keys)
    assert (finding.state, finding.subject) == ("ok", "chat.default.api_key_env")
    assert "secret-1" not in str(finding)
    monkeypatch.delenv("THE_KEY")
    (finding,) = found(load_settings(config=file), keys)
    assert finding.state == "note"


def test_a_check_that_cannot_go_on_has_failed_and_the_others_run() -> None:
    async def broken(settings: Settings) -> AsyncIterator[Finding]:
        raise ConfigError("made up")
        yield Finding(state="ok", subject="never", what="")

    findings = found(load_settings(), broken, disk_room)
    assert [finding.state for finding in findings] == ["failed", "ok"]
    assert "made up" in str(findings[0])


def test_the_command_fails_where_a_check_fails(tmp_path: Path) -> None:
    with serving(RewardServer(statuses=[404] * 50)) as server:
        settings_for(tmp_path, server.url)
        done = CliRunner().invoke(app, ["doctor", "--config", str(tmp_path / "config.toml")])
    assert done.exit_code == 1
    assert "404" in done.output


def test_the_command_is_content_with_the_offline_preset() -> None:
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 0, done.output
    assert "sandbox" in done.output


def grounded(model: str, tmp_path: Path) -> Settings:
    corpus = ["evidence.type=corpus", f"evidence.path={tmp_path}"]
    return load_settings(preset="offline", overrides=[*corpus, f"verify.factuality.model={model}"])


def test_the_words_alone_are_named_as_what_judges_facts(tmp_path: Path) -> None:
    (finding,) = found(grounded("none", tmp_path), grounded_factuality)
    assert finding.state == "note"
    assert finding.what.startswith("none: facts are judged by the words alone")
    assert not found(load_settings(preset="offline"), grounded_factuality)


def test_an_entailment_model_that_is_not_there_fails(tmp_path: Path) -> None:
    (finding,) = found(grounded(str(tmp_path), tmp_path), grounded_factuality)
    assert finding.state == "failed"
    assert "holds no entailment.onnx" in finding.what


@pytest.mark.extras
def test_the_entailment_model_that_ships_is_tried(tmp_path: Path) -> None:
    (finding,) = found(grounded("embedded", tmp_path), grounded_factuality)
    assert finding.state == "ok"
    assert finding.what.startswith("embedded: reads a fixed pair, supported 0.")
