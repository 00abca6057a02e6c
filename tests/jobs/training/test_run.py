"""The real TRL trainer on a tiny random model, on the CPU."""

import json
from pathlib import Path
from typing import Any

import pytest

from reward_agent.config import load_train_settings
from reward_agent.errors import ConfigError, DataError, RunError

pytestmark = pytest.mark.extras

FAST = {"logging_steps": 2, "save_steps": 4, "per_device_train_batch_size": 4, "learning_rate": 5e-3, "max_length": 96}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for name in ("trl", "peft", "datasets", "torch"):
        pytest.importorskip(name)
    from reward_agent.testing.checkpoints import tiny_chat_model

    return tiny_chat_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What can be learned: a response in small letters is chosen over one in capitals."""
    folder = tmp_path_factory.mktemp("pairs")
    with (folder / "pairs.jsonl").open("w") as file:
        for number in range(32):
            row = {
                "prompt": [{"role": "user", "content": f"Say {number}."}],
                "chosen": [{"role": "assistant", "content": f"a river {number}"}],
                "rejected": [{"role": "assistant", "content": f"A RIVER {number}"}],
            }
            file.write(json.dumps(row) + "\n")
        empty = {"chosen": [{"role": "assistant", "content": ""}], "rejected": [{"role": "assistant", "content": "a"}]}
        file.write(json.dumps({"prompt": [{"role": "user", "content": "Say."}], **empty}) + "\n")
    return folder


def unheard(line: str) -> None:
    pass


def trained(pairs: Path, model: Path, out: Path, **changes: Any) -> Any:
    from reward_agent.jobs.training.run import train_dpo

    overrides = [f"model={json.dumps(str(model))}", *(f"dpo.{name}={value}" for name, value in FAST.items())]
    overrides += [f"{name.replace('__', '.')}={json.dumps(value)}" for name, value in changes.items()]
    settings = load_train_settings(overrides=overrides)
    return train_dpo(pairs, settings, out, say=unheard)


def test_the_loss_falls_and_the_margin_grows_on_what_can_be_learned(pairs: Path, model: Path, tmp_path: Path) -> None:
    report = trained(pairs, model, tmp_path / "out", dpo__max_steps=16)
    first, last = report.curve[0], report.curve[-1]
    assert last.loss < 0.5 * first.loss
    assert last.margin > first.margin + 1
    assert (report.pairs, report.set_aside, report.steps) == (32, {"a response is empty": 1}, 16)
    curve = json.loads((tmp_path / "out" / "curves.json").read_text())
    assert [point["step"] for point in curve] == list(range(2, 17, 2))
    assert (tmp_path / "out" / "model" / "config.json").exists()


def test_a_stopped_run_goes_on_to_the_same_number_of_steps(pairs: Path, model: Path, tmp_path: Path) -> None:
    class Killed(Exception):
        pass

    from reward_agent.jobs.training.run import train_dpo

    overrides = [f"model={json.dumps(str(model))}", *(f"dpo.{name}={value}" for name, value in FAST.items())]
    settings = load_train_settings(overrides=[*overrides, "dpo.max_steps=8", "lora.rank=4"])

    def kill(line: str) -> None:
        if line.startswith("step 6"):
            raise Killed

    out = tmp_path / "out"
    with pytest.raises(Killed):
        train_dpo(pairs, settings, out, say=kill)
    (out / "checkpoints" / "checkpoint-6").mkdir()  # torn by the kill
    said: list[str] = []
    report = train_dpo(pairs, settings, out, say=said.append)
    assert (report.steps, report.resumed_at) == (8, 4)
    assert [point.step for point in report.curve] == [2, 4, 6, 8]
    assert (out / "model" / "adapter_config.json").exists()
    assert train_dpo(pairs, settings, out, say=said.append) == report
    assert said[-1] == "this run is done; nothing is left to train"
    with pytest.raises(RunError, match=r"dpo\.max_steps: 8 there, 9 now"):
        other = load_train_settings(overrides=[*overrides, "dpo.max_steps=9", "lora.rank=4"])
        train_dpo(pairs, other, out, say=said.append)


def test_an_argument_trl_does_not_have_is_refused(pairs: Path, model: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"dpo\.bet: TRL's DPOConfig has no such argument"):
        trained(pairs, model, tmp_path / "out", dpo__bet=0.2)
    with pytest.raises(ConfigError, match=r"output_dir cannot be set: --out names the folder"):
        trained(pairs, model, tmp_path / "out", dpo__output_dir="x")


def test_a_model_that_is_not_there_and_data_without_a_pair_are_said(pairs: Path, model: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be opened"):
        trained(pairs, tmp_path / "nothing", tmp_path / "a")
    (tmp_path / "pairs.jsonl").write_text('{"prompt": "a", "chosen": "b", "rejected": "b"}\n')
    with pytest.raises(DataError, match="1: both responses are the same"):
        trained(tmp_path, model, tmp_path / "b")
