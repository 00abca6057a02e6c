"""The trainers' own code asks the running service for rewards: what in OpenRLHF and verl calls a reward function.

    pip download --no-deps openrlhf verl
    python -m zipfile -e openrlhf-*.whl openrlhf && python -m zipfile -e verl-*.whl verl
    reward-agent serve --preset offline --port 8000 &
    python -m benchmarks.trainer_code --openrlhf openrlhf --verl verl --url http://127.0.0.1:8000

Their packages do not install without CUDA, so the one module each that loads and calls a reward function is loaded from
its file: OpenRLHF's SingleTurnAgentExecutor, with an address and with our file, and verl's load_extern_object, whose
function is called with the keywords of verl's naive manager. Both are given a good and a bad response.
"""

import argparse
import asyncio
import importlib.util
import logging
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import reward_agent.clients
from benchmarks.provenance import print_header

CLIENTS = Path(reward_agent.clients.__file__).parent
PROMPT = "Describe the sea in lowercase letters only."
RESPONSES = ("wide and blue", "WIDE")


def loaded(folder: Path, pattern: str) -> ModuleType:
    """The first module of an unpacked wheel whose path matches."""
    path = next(iter(sorted(folder.rglob(pattern))), None)
    if path is None:
        sys.exit(f"{folder} holds no {pattern}: give the folder of the unpacked wheel")
    spec = importlib.util.spec_from_file_location("trainer_code", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def openrlhf_rewards(agent: Any, endpoint: str) -> list[Any]:
    """What OpenRLHF reads for each response; its executor, its request, its retries."""
    executor = agent.SingleTurnAgentExecutor([endpoint])
    prompt = f"<|im_start|>user\n{PROMPT}<|im_end|>\n<|im_start|>assistant\n"
    fetch = executor._fetch_rewards_via_func if executor.reward_func else executor._fetch_rewards_via_http
    rewards = []
    for response in RESPONSES:
        (reply,) = await fetch([f"{prompt}{response}<|im_end|>"], [prompt], [""])
        rewards.append((reply["rewards"], reply["scores"], reply["extra_logs"]))
    return rewards


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--openrlhf", type=Path, required=True)
    parser.add_argument("--verl", type=Path, required=True)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    arguments = parser.parse_args()
    print_header("no data")
    os.environ["REWARD_AGENT_URL"] = arguments.url
    package: Any = SimpleNamespace(init_logger=logging.getLogger)  # its logger alone, without the package around it
    sys.modules |= {"openrlhf": ModuleType("openrlhf"), "openrlhf.utils": ModuleType("openrlhf.utils")}
    sys.modules["openrlhf.utils.logging_utils"] = package
    agent = loaded(arguments.openrlhf, "openrlhf/utils/agent.py")
    for endpoint in (f"{arguments.url}/get_reward", str(CLIENTS / "openrlhf.py")):
        print(f"OpenRLHF, {endpoint}: {asyncio.run(openrlhf_rewards(agent, endpoint))}")
    function = loaded(arguments.verl, "verl/utils/import_utils.py").load_extern_object(
        module_path=str(CLIENTS / "verl.py"), object_name="compute_score"
    )
    for response in RESPONSES:
        scored = function(
            data_source="mine",
            solution_str=response,
            ground_truth="",
            extra_info={"prompt": PROMPT, "num_turns": 2, "rollout_reward_scores": {}},
            url=arguments.url,
        )
        print(f"verl, {CLIENTS / 'verl.py'}: {scored}")


if __name__ == "__main__":
    main()
