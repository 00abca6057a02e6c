"""A real server and a real, if tiny, language model: `transformers serve` with random weights. Its replies are
nonsense, so that every question must end as a recorded failure, with nothing scored and nothing lost; what is drawn
from it is kept as it is."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from reward_agent.build import open_agent, open_chat_model
from reward_agent.config import load_settings
from reward_agent.config.named import with_chat_model
from reward_agent.jobs.drawing import GenerateJob
from reward_agent.jobs.generate import generate
from reward_agent.testing.checkpoints import tiny_chat_model
from reward_agent.types import Judgment, Sample

pytestmark = pytest.mark.extras

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("uvicorn")

START_S = 120.0
SAMPLES = [
    Sample.of(f"Why is the sea salty? Answer in a calm tone. Case {n}.", ["Rivers carry salt.", "Fish do."], id=str(n))
    for n in range(3)
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The server's address and its model."""
    model = tiny_chat_model(tmp_path_factory.mktemp("model"), max_position_embeddings=16_384)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("transformers")
    command = [str(program), "serve", str(model), "--device", "cpu", "--host", "127.0.0.1", "--port", str(port)]
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=offline, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(f"http://127.0.0.1:{port}/health", server)
            yield f"http://127.0.0.1:{port}/v1", model
        finally:
            server.kill()


def _wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    stop_at = time.monotonic() + START_S
    while time.monotonic() < stop_at and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)  # another program's start: nothing tells when it is done
    pytest.fail("transformers serve did not start")


def test_nonsense_replies_are_recorded_failures_and_score_nothing(served: tuple[str, Path], tmp_path: Path) -> None:
    url, model = served
    settings = load_settings(
        preset="openai",
        overrides=[
            f"chat.default.base_url={url}",
            f"chat.default.model={model}",
            "chat.default.in_flight=2",
            f"cache.file={tmp_path / 'cache.sqlite'}",
            "route.type=every",
        ],
    )

    async def judged() -> list[Judgment]:
        async with open_agent(settings) as agent:
            return [await agent.judge(sample) for sample in SAMPLES]

    judgments = asyncio.run(judged())
    assert [judgment.sample_id for judgment in judgments] == [sample.id for sample in SAMPLES]
    for judgment in judgments:
        assert {failure.source for failure in judgment.failures} >= {"instructions", "factuality", "preference"}
        assert {failure.kind for failure in judgment.failures} <= {"unreadable reply", "empty reply", "truncated"}
        assert all(signal.scores is None for signal in judgment.signals)
        assert judgment.decision is None
        assert judgment.usage.calls > 0


def test_a_server_that_knows_no_n_still_gives_every_answer(served: tuple[str, Path], tmp_path: Path) -> None:
    url, model = served
    data = tmp_path / "prompts.txt"
    data.write_text("Why is the sea salty?\nName a river.\n")
    settings = with_chat_model(load_settings(overrides=["cache.type=off"]), str(model), url)
    job = GenerateJob(data=str(data), generator="tiny", n=3, max_tokens=16)
    made = generate(
        job, settings, lambda: open_chat_model(settings, str(model)), tmp_path / "responses.jsonl", concurrency=1
    )
    drawn = asyncio.run(made)
    assert (drawn.answers, drawn.complete, drawn.missing) == (6, 2, {})
    assert drawn.usage.calls == 6
