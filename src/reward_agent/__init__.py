"""RewardAgent: a reward system that joins human preference with checkable correctness.

    from reward_agent import Sample, load_settings, open_agent

    sample = Sample.of("Say hi in exactly two words.", ["Hi there", "Hello to you all"])
    async with open_agent(load_settings(preset="offline")) as agent:
        judgment = await agent.judge(sample)
    judgment.decision.scores                      # (1.0, 0.18...)

Importing the package is cheap; a name is loaded when it is first used.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reward_agent.agent import RewardAgent
    from reward_agent.build import build_agent, open_agent
    from reward_agent.config import Settings, load_settings
    from reward_agent.types import Candidate, Judgment, Message, Sample

__all__ = [
    "Candidate",
    "Judgment",
    "Message",
    "RewardAgent",
    "Sample",
    "Settings",
    "build_agent",
    "load_settings",
    "open_agent",
]

_HOMES = {
    "Candidate": "types",
    "Judgment": "types",
    "Message": "types",
    "RewardAgent": "agent",
    "Sample": "types",
    "Settings": "config",
    "build_agent": "build",
    "load_settings": "config",
    "open_agent": "build",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
