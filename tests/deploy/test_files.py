"""The deployment files name what there is: options, extras, files, the same health check, the sandbox's calls."""

import json
import re
import tomllib
from pathlib import Path

from typer.testing import CliRunner

from reward_agent.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE, COMPOSE, UNIT = (
    (ROOT / "deploy" / name).read_text() for name in ("Dockerfile", "compose.yaml", "reward-agent.service")
)


def commands() -> list[list[str]]:
    """What each of the files starts, without the program's name."""
    image = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    composed = re.search(r'^    command: (\["serve".*\])$', COMPOSE, re.MULTILINE)
    unit = re.search(r"^ExecStart=/opt/reward-agent/bin/reward-agent (.*)$", UNIT, re.MULTILINE)
    assert image is not None and composed is not None and unit is not None
    return [json.loads(image[1]), json.loads(composed[1]), unit[1].split()]


def test_every_file_starts_the_service_with_options_that_it_takes() -> None:
    shown = CliRunner().invoke(app, ["serve", "--help"]).output

    for command in commands():
        assert command[0] == "serve"
        options = [word for word in command if word.startswith("--")]
        assert options
        assert all(re.search(rf"{option}\b", shown) for option in options)


def test_the_image_installs_an_extra_that_there_is() -> None:
    extra = re.search(r"^ARG EXTRAS=(.*)$", DOCKERFILE, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert extra is not None
    assert extra[1] in project["optional-dependencies"]


def test_what_the_image_copies_is_there_and_is_not_ignored() -> None:
    kept = re.findall(r"^!(.*)$", (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    copied = [
        name for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE) for name in line.split()[:-1]
    ]

    assert copied
    assert set(copied) == set(kept)
    assert all((ROOT / name).exists() for name in copied)


def test_image_and_compose_ask_for_health_alike() -> None:
    line = re.compile(r"import urllib\.request; .*?timeout=4\)")

    assert line.findall(DOCKERFILE) == line.findall(COMPOSE)[:1]


def test_the_unit_leaves_the_calls_that_shut_the_sandbox_in() -> None:
    allowed = " ".join(re.findall(r"^SystemCallFilter=([^~].*)$", UNIT, re.MULTILINE)).split()

    assert {"seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "capset"} <= {*allowed}
