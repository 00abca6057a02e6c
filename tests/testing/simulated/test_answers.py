"""Every purpose that the stages ask for is answered, in a form that the stage can read (the stages' own tests read it)."""

from pathlib import Path

import reward_agent
from reward_agent.testing.simulated import ANSWERS

SOURCE = Path(reward_agent.__file__).parent


def test_every_prompt_of_these_stages_has_an_answer() -> None:
    for stage in ("route", "verify/factuality", "judge", "prefer"):
        for prompt in SOURCE.joinpath(stage, "prompts").glob("*.txt"):
            assert f"{Path(stage).name}.{prompt.stem}" in ANSWERS
