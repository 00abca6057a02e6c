import asyncio
import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reward_agent.cli import app
from reward_agent.config import load_settings
from reward_agent.config.prefer import CalibrationSettings
from reward_agent.errors import ConfigError, DataError
from reward_agent.jobs.calibrate import fit_scale, read_pairs
from reward_agent.testing import BrokenPreference, LengthPreference
from reward_agent.types import LabeledSample


def pairs(tmp_path: Path, count: int = 40) -> list[LabeledSample]:
    data = tmp_path / "pairs.jsonl"
    rows = [
        {"prompt": f"Count to {k}.", "chosen": "x" * (20 + k), "rejected": "x" * (k // 2 + 1)} for k in range(count)
    ]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    samples, problems = read_pairs(str(data), load_settings())
    assert not problems
    return list(samples)


@pytest.mark.parametrize("curve", [False, True])
def test_the_printed_lines_are_a_calibration_the_settings_take(tmp_path: Path, curve: bool) -> None:
    fit = asyncio.run(fit_scale(LengthPreference(), pairs(tmp_path), curve=curve, concurrency=4))
    printed = CalibrationSettings.model_validate(tomllib.loads(fit.lines())["calibration"])
    assert printed.centre == pytest.approx(fit.centre)
    assert printed.spread == pytest.approx(fit.spread, rel=1e-4)
    assert bool(printed.points) is curve
    assert "40 pairs" in fit.lines()
    assert "100.0%" in fit.lines()


def test_a_model_that_scores_nothing_has_no_scale(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="broken on purpose"):
        asyncio.run(fit_scale(BrokenPreference(), pairs(tmp_path), curve=False, concurrency=4))


def test_too_few_pairs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least 20"):
        asyncio.run(fit_scale(LengthPreference(), pairs(tmp_path, 5), curve=False, concurrency=4))


@pytest.mark.parametrize("own_data", [True, False])
def test_the_command_prints_the_lines_for_a_model_that_has_no_scale_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_data: bool
) -> None:
    pairs(tmp_path)
    (tmp_path / "lengths.py").write_text("def length(prompt, responses):\n    return [len(t) for t in responses]\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    config = tmp_path / "config.toml"
    config.write_text('[[prefer]]\ntype = "python"\nname = "mine"\nfunction = "lengths:length"\n')
    data = ["--data", str(tmp_path / "pairs.jsonl")] if own_data else []
    told = ["calibrate", *data, "--config", str(config), "--prefer"]
    done = CliRunner().invoke(app, [*told, "mine"])
    assert done.exit_code == 0, done.output
    assert tomllib.loads(done.output)["calibration"]["spread"] > 0
    assert ("fitted on 40 pairs" if own_data else "fitted on 90 pairs") in done.output
    assert isinstance(CliRunner().invoke(app, [*told, "yours"]).exception, ConfigError)
