from pathlib import Path

import pytest

from reward_agent.build import build_agent
from reward_agent.config import load_settings
from reward_agent.errors import ConfigError

SERVER = 'type = "server"\nname = "rm"\nurls = ["http://127.0.0.1:9"]\n'
RAW = "judge = { normalize = false }\n"


def refused(tmp_path: Path, text: str, match: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=match):
        load_settings(config=file)


def test_an_unknown_scale_is_refused_with_the_command_that_finds_it(tmp_path: Path) -> None:
    text = '[[prefer]]\ntype = "classifier"\nname = "rm"\nmodel = "some/model"\n'
    refused(tmp_path, text, r"reward-agent calibrate --prefer rm \[--data PAIRS\]`.*judge\.normalize = false")
    file = tmp_path / "config.toml"
    file.write_text(RAW + text)
    assert load_settings(config=file).prefer[0].name == "rm"


@pytest.mark.parametrize(
    ("lines", "match"),
    [
        (SERVER + 'dialect = "sglang"\n', "give `tokenizer`"),
        (SERVER + 'dialect = "vllm"\n', "give `model`"),
        (SERVER + 'dialect = "other"\nmodel = "m"\n', "openrlhf"),
        ('type = "classifier"\nname = "rm"\n', "model"),
        ('type = "classifier"\nname = "rm"\nmodel = "m"\ntrust_remote_code = true\n', "no such setting"),
        (
            'type = "armorm"\nname = "rm"\ncalibration = { centre = 0, spread = 1, points = [[1, 0.5], [0, 0.9]] }\n',
            "points must rise",
        ),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_opened(tmp_path: Path, lines: str, match: str) -> None:
    refused(tmp_path, f"{RAW}[[prefer]]\n{lines}", match)


def test_a_model_that_must_be_opened_asks_for_it(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'{RAW}[[prefer]]\ntype = "armorm"\nname = "rm"\n')
    with pytest.raises(ConfigError, match="open_agent"):
        build_agent(load_settings(config=file))
