import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import reward_agent.clients
from tests.clients.faulty import FaultyService, serving

FOLDER = Path(reward_agent.clients.__file__).parent


def loaded(name: str) -> Any:
    """A client as a trainer loads it: from its path, as a module of its own."""
    spec = importlib.util.spec_from_file_location("custom_reward", FOLDER / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyService]:
    """A service for a test to break; its address stands in the environment."""
    monkeypatch.delenv("REWARD_AGENT_TOKEN", raising=False)
    with serving(FaultyService()) as service:
        monkeypatch.setenv("REWARD_AGENT_URL", service.url)
        yield service
