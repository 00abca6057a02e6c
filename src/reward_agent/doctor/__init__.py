"""`reward-agent doctor`: what a run would stumble over, found before it.

    check.py    what a check is, and how they run
    host.py     disk room, keys in the environment, the sandbox's tier
    prefer.py   the preference models: reachable, the right one, raw scores, the same here and there

A new check is an async generator of findings, put into `CHECKS`.
"""

from collections.abc import Sequence
from typing import Final

from reward_agent.doctor.check import Check, Finding, examined
from reward_agent.doctor.host import disk_room, keys, sandbox
from reward_agent.doctor.prefer import preference_models

CHECKS: Final[Sequence[Check]] = (disk_room, keys, sandbox, preference_models)

__all__ = ["CHECKS", "Check", "Finding", "examined"]
