"""A simulated chat model that answers each of our prompts sensibly, by rules and at once.

    >>> agent_parts = SimulatedChat()          # a ChatModel for tests, rehearsals and estimates

It reads the question as the real prompt puts it (the fenced texts, see `prompting.Fence`) and replies in the prompt's
schema. Its verdicts are no better than its few rules: it shows what a run asks, how often and how it fails, never how
good a model would be.

    registry.py   which function answers which purpose, and how the fenced texts are read out of a prompt
    chat.py       the in-process model
    one file a stage holds the answers to that stage's prompts
"""

import reward_agent.testing.simulated.instructions  # noqa: F401  # registers its answers
from reward_agent.testing.simulated.chat import SimulatedChat
from reward_agent.testing.simulated.registry import ANSWERS, Fenced, answers, fenced_texts

__all__ = ["ANSWERS", "Fenced", "SimulatedChat", "answers", "fenced_texts"]
