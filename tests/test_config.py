import tomllib
from pathlib import Path

import pytest
import tomli_w

from reward_agent.config import Settings, load_settings, presets
from reward_agent.config.cache import FileCache
from reward_agent.config.judge import VoteJudge, WeightedJudge
from reward_agent.errors import ConfigError


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("preset", presets())
def test_every_preset_is_complete_and_valid(preset: str) -> None:
    assert load_settings(preset=preset).preset == preset


def test_settings_survive_toml() -> None:
    settings = load_settings(preset="offline", overrides=["judge.weights.instructions=0.5"])
    text = tomli_w.dumps(settings.model_dump(mode="json", exclude_none=True))
    assert Settings.model_validate(tomllib.loads(text)) == settings


def test_a_file_overrides_the_preset_and_set_overrides_the_file(tmp_path: Path) -> None:
    config = written(
        tmp_path, "[judge]\nnormalize = false\n[judge.weights]\ninstructions = 2.0\n[run]\nconcurrency = 2"
    )
    settings = load_settings(config=config, overrides=["judge.weights.instructions=4"])
    assert isinstance(settings.judge, WeightedJudge)
    assert settings.judge.weights == {"instructions": 4.0}
    assert settings.judge.normalize is False
    assert settings.run.concurrency == 2


def test_a_weight_for_a_signal_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"judge\.weights\.instrctions: there is no such signal"):
        load_settings(overrides=["judge.weights.instrctions=0"])


@pytest.mark.parametrize("order", [1, -1])
def test_a_type_is_set_before_its_keys_in_whichever_order_they_come(order: int) -> None:
    settings = load_settings(overrides=["judge.weights.instructions=3", "judge.type=vote"][::order])
    assert isinstance(settings.judge, VoteJudge)
    assert settings.judge.weights == {"instructions": 3.0}


def test_the_preset_is_not_set_like_a_value() -> None:
    with pytest.raises(ConfigError, match="--preset"):
        load_settings(overrides=["preset=paper"])


def test_a_file_may_name_its_preset(tmp_path: Path) -> None:
    assert load_settings(config=written(tmp_path, 'preset = "offline"')).preset == "offline"


def test_a_changed_type_drops_the_keys_of_the_old_one(tmp_path: Path) -> None:
    assert isinstance(load_settings(config=written(tmp_path, '[judge]\ntype = "vote"')).judge, VoteJudge)
    assert isinstance(load_settings(overrides=["judge.type=vote"]).judge, VoteJudge)
    assert load_settings(overrides=["verify.instructions.type=off"]).verify.instructions.type == "off"


PREFER = '[[prefer]]\ntype = "python"\nname = "mine"\nfunction = "a:b"\n'


def test_a_list_item_is_set_by_its_position(tmp_path: Path) -> None:
    config = written(tmp_path, PREFER + "calibration = { centre = 0, spread = 1 }")
    settings = load_settings(config=config, overrides=["prefer.0.calibration.spread=2.5"])
    assert settings.prefer[0].calibration is not None
    assert settings.prefer[0].calibration.spread == 2.5
    with pytest.raises(ConfigError, match="position from 0 to 0"):
        load_settings(config=config, overrides=["prefer.1.name=x"])


def test_a_preference_model_of_unknown_unit_is_refused_unless_the_raw_sum_is_asked_for(tmp_path: Path) -> None:
    config = written(tmp_path, PREFER)
    with pytest.raises(ConfigError, match="'mine' has no calibration"):
        load_settings(config=config)
    assert load_settings(config=config, overrides=["judge.normalize=false"]).prefer[0].name == "mine"
    assert load_settings(config=config, overrides=["judge.type=vote"]).prefer[0].name == "mine"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("judge.wieghts.x=1", "judge.wieghts: there is no such setting"),
        ("judge.type=oracle", "type must be one of 'weighted', 'vote', 'model', got 'oracle'"),
        ("run.concurrency=0", "run.concurrency: Input should be greater than or equal to 1, got 0"),
        ("preset.x=0", "preset is a value, not a section"),
        ("concurrency", "--set takes KEY=VALUE"),
        ("=3", "--set takes KEY=VALUE"),
        ("judge.weights.a=nan", "finite"),
        ("verify.instructions.reading=loose", "'literal' or 'natural', got 'loose'"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_takes(override: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_settings(overrides=[override])
    assert message in str(error.value)


def test_an_unknown_preset_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="offline"):
        load_settings(preset="nope")


@pytest.mark.parametrize("content", [b"[judge", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"config\.toml is not valid TOML"):
        load_settings(config=path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the configuration"):
        load_settings(config=tmp_path / "nowhere.toml")


def test_a_runs_own_settings_work_as_configuration(tmp_path: Path) -> None:
    settings = load_settings(overrides=["judge.type=vote"])
    tree = {"job": {"data": "x"}, **settings.model_dump(mode="json", exclude_none=True)}
    assert load_settings(config=written(tmp_path, tomli_w.dumps(tree))) == settings


def test_a_chat_model_is_openais_unless_it_says_otherwise(tmp_path: Path) -> None:
    settings = load_settings(config=written(tmp_path, '[chat.mine]\nmodel = "m"\n[chat.other]\ntype = "simulated"'))
    assert {name: chat.type for name, chat in settings.chat.items()} == {"mine": "openai", "other": "simulated"}
    with pytest.raises(ConfigError, match=r"chat\.mine: type must be one of 'openai', 'simulated', got 'oracle'"):
        load_settings(config=written(tmp_path, '[chat.mine]\ntype = "oracle"'))
    with pytest.raises(ConfigError, match=r"chat\.mine\.mode: there is no such setting"):
        load_settings(config=written(tmp_path, '[chat.mine]\nmodel = "m"\nmode = 1'))
    with pytest.raises(ConfigError, match=r"chat\.mine\.model: Field required"):
        load_settings(config=written(tmp_path, "[chat.mine]\nretries = 1"))


@pytest.mark.parametrize("preset", ["openai", "vllm"])
def test_every_model_of_a_preset_can_be_rehearsed(preset: str) -> None:
    settings = load_settings(preset=preset)
    rehearsed = load_settings(preset=preset, overrides=[f"chat.{name}.type=simulated" for name in settings.chat])
    assert {chat.type for chat in rehearsed.chat.values()} == {"simulated"}


def test_the_cache_lies_in_the_users_cache_folder_or_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def place(*overrides: str) -> str:
        cache = load_settings(overrides=overrides).cache
        assert isinstance(cache, FileCache)
        return str(cache.path)

    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert place() == "/home/me/.cache/reward-agent/cache.sqlite"
    assert place("cache.file=~/x.sqlite") == "/home/me/x.sqlite"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert place() == "/home/me/.cache/reward-agent/cache.sqlite"
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/mine")
    assert place() == "/var/mine/reward-agent/cache.sqlite"
    assert load_settings(overrides=["cache.type=off"]).cache.type == "off"


def test_a_replay_needs_a_file() -> None:
    with pytest.raises(ConfigError, match=r"record: record\.mode = replay needs record\.file"):
        load_settings(overrides=["record.mode=replay"])
