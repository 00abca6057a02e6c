"""The clients in trainers' hands, against the service as a user starts it. What docs/rl.md tells to run is run."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import loaded

pytestmark = pytest.mark.extras

pytest.importorskip("uvicorn")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rl.md"
TOKEN = "a-token-for-this-test"
LOWER = "Describe the sea in lowercase letters only."
START_S = 60.0


def _free_url() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def _start(url: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "reward_agent.cli", "serve", "--preset", "offline"]
    command += ["--host", "127.0.0.1", "--port", url.rpartition(":")[2]]
    environment = {**os.environ, "REWARD_AGENT_TOKEN": TOKEN}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of a service with a token."""
    url = _free_url()
    with _start(url) as server:
        try:
            _wait(f"{url}/readyz", server)
            yield url
        finally:
            server.terminate()


def _wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    stop_at = time.monotonic() + START_S
    while time.monotonic() < stop_at and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)  # another program's start: nothing tells when it is done
    pytest.fail("reward-agent serve did not start")


@pytest.fixture
def service(served: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its address, with what a client reads in the environment."""
    monkeypatch.setenv("REWARD_AGENT_URL", served)
    monkeypatch.setenv("REWARD_AGENT_TOKEN", TOKEN)
    return served


def snippet(title: str) -> str:
    """The Python snippet of docs/rl.md that begins with this comment."""
    found = re.search(rf"```python\n(# {re.escape(title)}.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None, f"docs/rl.md has no snippet that begins with # {title}"
    return found[1]


def test_trl_takes_a_grpo_step_with_the_service_s_rewards(service: str, tmp_path: Path) -> None:
    pytest.importorskip("trl")
    from reward_agent.testing.checkpoints import tiny_chat_model

    code = snippet("trl")
    for written, here in {
        '"Qwen/Qwen3-0.6B"': repr(str(tiny_chat_model(tmp_path / "model"))),
        '"http://127.0.0.1:8000"': repr(service),
        "max_steps=100": "max_steps=1, max_completion_length=24, report_to=[], use_cpu=True, save_strategy='no'",
    }.items():
        assert code.count(written) == 1
        code = code.replace(written, here)
    code += "import json\nprint('HISTORY', json.dumps(trainer.state.log_history))\n"

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    step = json.loads(done.stdout.partition("HISTORY ")[2])[0]
    assert step["step"] == 1
    assert isinstance(step["rewards/reward_agent/mean"], float)
    assert step["reward_agent/failed"] == 0.0
    assert step["reward_agent/abstained"] == 0.0


def test_trl_s_reward_function_tells_good_from_bad(service: str) -> None:
    reward = loaded("trl").RewardAgent(signal="instructions")

    rewards = reward(prompts=[LOWER, LOWER, "Hi."], completions=["wide and blue", "WIDE", "Hello"], trainer_state=None)

    assert rewards[0] == 1.0
    assert rewards[1] is not None
    assert rewards[1] < 1.0
    assert rewards[2] is None


def test_verl_asks_with_the_keywords_of_its_managers(service: str) -> None:
    verl = loaded("verl")
    names: dict[str, Any] = {}
    exec(snippet("verl"), names)
    row = names["row"]
    asked = {"data_source": row["data_source"], "ground_truth": row["reward_model"]["ground_truth"]}

    def naive_manager(solution: str) -> Any:
        return verl.compute_score(
            **asked, solution_str=solution, extra_info={**row["extra_info"], "num_turns": 2}, signal="instructions"
        )

    with ThreadPoolExecutor() as executor:  # as its reward loop does
        one_by_one = list(executor.map(naive_manager, ["wide and blue", "WIDE"]))
    at_once = verl.compute_score_batch(
        data_sources=["mine"] * 2,
        solution_strs=["wide and blue", "WIDE"],
        ground_truths=[""] * 2,
        extra_infos=[row["extra_info"]] * 2,
        signal="instructions",
    )

    assert one_by_one[0]["score"] == 1.0
    assert one_by_one[1]["score"] < 1.0
    assert {scored["reward_agent_failed"] for scored in one_by_one} == {0.0}
    assert at_once == one_by_one


def test_openrlhf_asks_through_the_file(service: str) -> None:
    openrlhf = loaded("openrlhf")
    prompt = f"<|im_start|>user\n{LOWER}<|im_end|>\n<|im_start|>assistant\n"

    good, bad = (
        openrlhf.reward_func([f"{prompt}{response}<|im_end|>"], [prompt], [""])
        for response in ("wide and blue", "WIDE")
    )

    assert good["rewards"] == good["scores"]
    assert good["rewards"][0] > bad["rewards"][0]
    assert all(isinstance(value, float) for value in good["extra_logs"].values())


def test_openrlhf_asks_at_the_address_itself(service: str) -> None:
    prompt = f"<|im_start|>user\n{LOWER}<|im_end|>\n<|im_start|>assistant\n"
    payload = {"query": [f"{prompt}wide and blue<|im_end|>"], "prompts": [prompt], "labels": [""]}
    request = urllib.request.Request(
        f"{service}/get_reward",
        data=json.dumps(payload).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"},
    )

    with urllib.request.urlopen(request) as reply:
        assert len(json.load(reply)["rewards"]) == 1


def test_nemo_gym_s_snippet_prints_a_reward(service: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", snippet("nemo-gym")], capture_output=True, text=True, check=True, env={**os.environ}
    )

    assert isinstance(float(done.stdout), float)


def test_a_wrong_token_stops_every_client(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REWARD_AGENT_TOKEN", "another")
    trl, verl, openrlhf = loaded("trl"), loaded("verl"), loaded("openrlhf")

    with pytest.raises(trl.RewardServiceError, match="401"):
        trl.RewardAgent()(prompts=["p"], completions=["a"])
    with pytest.raises(verl.RewardServiceError, match="401"):
        verl.compute_score("mine", "a", "", {"prompt": "p"})
    with pytest.raises(openrlhf.RewardServiceError, match="401"):
        openrlhf.reward_func(["pa"], ["p"], [""])


def test_a_server_that_is_killed_and_started_again_costs_no_reward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REWARD_AGENT_TOKEN", TOKEN)
    url = _free_url()
    reward = loaded("trl").RewardAgent(url, deadline_s=START_S)
    with _start(url) as server:
        first = reward(prompts=[LOWER], completions=["wide and blue"])
        server.kill()
    with _start(url) as server:
        again = reward(prompts=[LOWER], completions=["wide and blue"])
        server.terminate()

    assert first == again
    assert first != [None]
