"""A real Ray on this machine, with two workers, each run in a process of its own."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reward_agent.build import open_agent
from reward_agent.config import Settings, load_settings
from reward_agent.config.prefer import ArmoPrefer, ClassifierPrefer
from reward_agent.engines.ray import Demand, demand_of, open_ray
from reward_agent.errors import ConfigError
from tests.test_interruption import wait_for_rows, written

extras = pytest.mark.extras


def started(data: Path, out: Path, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "reward_agent.cli", "benchmark", "pairs", "--data", str(data), "--out", str(out)]
    return subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def on_ray(data: Path, out: Path) -> "subprocess.Popen[str]":
    return started(data, out, "--engine", "ray", "--ray-workers", "2")


def calm(data: Path, out: Path) -> dict[str, object]:
    with started(data, out) as process:
        assert process.wait() == 0
    return rows(out)


def rows(out: Path) -> dict[str, object]:
    lines = (out / "judgments.jsonl").read_text().splitlines()
    found = {row["sample_id"]: row for row in map(json.loads, lines)}
    assert len(found) == len(lines)
    return found


def workers_of(process: "subprocess.Popen[str]") -> list[int]:
    """Its two workers, as soon as they are there."""
    while process.poll() is None:
        workers = [number for number, command in below(process.pid) if command.startswith("ray::RayWorker")]
        if len(workers) == 2:
            return workers
    pytest.fail("the run was over before its workers were seen")


def below(process: int) -> Iterator[tuple[int, str]]:
    """The processes that a process has started, and those that they have."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            commands[int(folder.name)] = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:  # it has ended meanwhile
            continue
    for number, command in commands.items():
        ancestor = number
        while ancestor in parents and ancestor != process:
            ancestor = parents[ancestor]
        if ancestor == process != number:
            yield number, command


def kill(number: int) -> None:
    subprocess.run(["kill", "-9", str(number)], check=True)


@extras
def test_a_worker_that_is_killed_loses_nothing_and_changes_nothing(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    data = written(tmp_path / "pairs.jsonl", 2_000)
    expected = calm(data, tmp_path / "calm")
    with on_ray(data, tmp_path / "wild") as process:
        workers = workers_of(process)
        wait_for_rows(process, tmp_path / "wild" / "judgments.jsonl", 1)
        kill(workers[0])
        _, said = process.communicate()
        assert process.returncode == 0
    assert "warning: a worker was lost" in said
    assert rows(tmp_path / "wild") == expected
    assert (tmp_path / "wild" / "report.json").read_bytes() == (tmp_path / "calm" / "report.json").read_bytes()


@extras
def test_a_killed_run_goes_on_where_it_was_and_leaves_no_worker_behind(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    data = written(tmp_path / "pairs.jsonl", 2_000)
    expected = calm(data, tmp_path / "calm")
    journal = tmp_path / "wild" / "judgments.jsonl"
    with on_ray(data, tmp_path / "wild") as process:
        workers = workers_of(process)
        wait_for_rows(process, journal, 100)
        process.send_signal(signal.SIGKILL)
    kept = journal.read_bytes()
    with on_ray(data, tmp_path / "wild") as process:
        _, said = process.communicate()
        assert process.returncode == 0
    assert "of them before" in said
    assert journal.read_bytes().startswith(kept[: kept.rfind(b"\n") + 1])
    assert rows(tmp_path / "wild") == expected
    assert not [number for number in workers if (Path("/proc") / str(number)).exists()]


@extras
def test_settings_that_cannot_be_used_are_said_as_without_ray(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    data = written(tmp_path / "pairs.jsonl", 3)
    no_key = (
        "--preset",
        "openai",
        "--set",
        "chat.default.api_key_env=NO_SUCH_KEY",
        "--set",
        "chat.default.base_url=https://m",
    )
    errors = []
    for engine in ("local", "ray"):
        with started(data, tmp_path / engine, "--engine", engine, *no_key) as process:
            _, said = process.communicate()
            assert process.returncode == 2
        errors.append(said.splitlines()[-1])
    assert errors[0] == errors[1]
    assert "NO_SUCH_KEY" in errors[0]


def settings_of(*models: ClassifierPrefer | ArmoPrefer) -> Settings:
    return load_settings().model_copy(update={"prefer": models})


@pytest.mark.parametrize(
    ("devices", "gpus", "asked"),
    [((), 8, 1), ((), 0, 0), (("cpu",), 8, 0), (("cuda:0", "cuda:1"), 8, 2), (("cuda:0",), 0, 1)],
)
def test_a_worker_asks_for_the_gpus_of_its_preference_models(devices: tuple[str, ...], gpus: int, asked: int) -> None:
    model = ClassifierPrefer(type="classifier", name="c", model="m", devices=devices)
    assert demand_of(settings_of(model, ArmoPrefer(type="armorm", name="a", devices=("cpu",))), gpus=gpus).gpus == asked
    assert demand_of(load_settings(), gpus=gpus) == Demand(cpus=1, gpus=0)


def test_there_are_as_many_workers_as_there_is_room_for() -> None:
    assert Demand().workers(cpus=16, gpus=0) == 16
    assert Demand(gpus=2).workers(cpus=16, gpus=5) == 2
    assert Demand(cpus=4, gpus=1).workers(cpus=8, gpus=8) == 2
    assert Demand().workers(cpus=0.5, gpus=0) == 1


def test_a_record_cannot_be_written_from_many_machines(tmp_path: Path) -> None:
    settings = load_settings(overrides=[f"record.file={tmp_path / 'r'}"])

    async def entered(settings: Settings) -> None:
        async with open_ray(settings, open_agent, address="head:6379"):
            pytest.fail("it is open")

    with pytest.raises(ConfigError, match="--engine local"):
        asyncio.run(entered(settings))


@extras
@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:10001"])
def test_an_address_without_a_cluster_is_an_error_with_a_remedy(tmp_path: Path, address: str) -> None:
    pytest.importorskip("ray")
    data = written(tmp_path / "pairs.jsonl", 3)
    with started(data, tmp_path / "out", "--engine", "ray", "--ray-address", address) as process:
        _, said = process.communicate()
    assert process.returncode == 2
    assert f"there is no Ray cluster at {address!r}" in said
    assert "HOST:6379 of its head node" in said
