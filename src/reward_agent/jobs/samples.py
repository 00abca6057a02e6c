"""Samples to judge from a file of the user's: `{"prompt": text or messages, "candidates": [text or {"text"}]}`.

The reference's `{"prompt", "responses"}` and UltraFeedback's `{"instruction", "completions": [{"response"}]}` are read
too. A row that cannot be read is a `Problem`; the others go on.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

from reward_agent.agent import RewardAgent
from reward_agent.benchmarks.rows import Row
from reward_agent.types import Candidate, Judgment, Message, Problem, Sample
