"""`reward-agent doctor`: what a run would stumble over, found before it.

    check.py    what a check is, and how they run
    host.py     disk room, keys in the environment, the sandbox's tier
    chat.py     the chat models: reachable, the right one, replies in a schema
    evidence.py the evidence source: it answers
    factuality.py which model judges facts beside the words, if any
    prefer.py   the preference models: reachable, the right one, raw scores, the same here and there

A new check is an async generator of findings, put into `CHECKS`.
"""

from collections.abc import Sequence
from typing import Final

from reward_agent.doctor.chat import chat_models
from reward_agent.doctor.check import Check, Finding, examined
from reward_agent.doctor.evidence import evidence
from reward_agent.doctor.factuality import grounded_factuality
from reward_agent.doctor.host import disk_room, keys, sandbox
from reward_agent.doctor.prefer import preference_models

CHECKS: Final[Sequence[Check]] = (
    disk_room,
    keys,
    sandbox,
    chat_models,
    evidence,
    grounded_factuality,
    preference_models,
)

__all__ = ["CHECKS", "Check", "Finding", "examined"]
