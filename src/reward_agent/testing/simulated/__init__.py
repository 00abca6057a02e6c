"""A simulated chat model that answers each of our prompts sensibly, by rules and at once.

    >>> agent_parts = SimulatedChat()          # a ChatModel for tests, rehearsals and estimates

It reads the question as the real prompt puts it (the fenced texts, see `prompting.Fence`) and replies in the prompt's
schema. Its verdicts are no better than its few rules: it shows what a run asks, how often and how it fails, never how
good a model would be.

    registry.py   which function answers which purpose, and how the fenced texts are read out of a prompt
    chat.py       the in-process model
    one file a stage holds the answers to that stage's prompts; taste.py those of judge and prefer
    sentences.py  how texts are read: sentences, the words that matter, whether two of them agree
"""

from reward_agent.testing.simulated import doctor as _doctor
from reward_agent.testing.simulated import evidence as _evidence
from reward_agent.testing.simulated import factuality as _factuality
from reward_agent.testing.simulated import generate as _generate
from reward_agent.testing.simulated import instructions as _instructions
from reward_agent.testing.simulated import route as _route
from reward_agent.testing.simulated import taste as _taste
from reward_agent.testing.simulated.chat import SimulatedChat
from reward_agent.testing.simulated.registry import ANSWERS, Fenced, answers, drawn, fenced_texts

STAGES = (_doctor, _evidence, _factuality, _generate, _instructions, _route, _taste)
"""The files that register answers, imported for that."""

__all__ = ["ANSWERS", "STAGES", "Fenced", "SimulatedChat", "answers", "drawn", "fenced_texts"]
