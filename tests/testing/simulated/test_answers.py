"""Every purpose that these stages ask for is answered; their own tests read the answers."""

from pathlib import Path

import reward_agent
from reward_agent.testing.simulated import ANSWERS

SOURCE = Path(reward_agent.__file__).parent


def test_every_prompt_of_these_stages_has_an_answer() -> None:
    for stage in ("route", "verify/factuality", "judge", "prefer"):
        for prompt in SOURCE.joinpath(stage, "prompts").glob("*.txt"):
            assert f"{Path(stage).name}.{prompt.stem}" in ANSWERS
