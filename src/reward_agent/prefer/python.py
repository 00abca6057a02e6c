"""A preference model of your own: any Python function.

    # my_rewards.py
    def brevity(prompt, responses):            # prompt: [{"role", "content"}], responses: [str]
        return [-len(text.split()) for text in responses]

    # config.toml
    [[prefer]]
    type = "python"
    name = "brevity"
    function = "my_rewards:brevity"

The function may be async; a plain one runs in a thread, so that it does not hold up other samples. It is your code:
it runs in this process with all its rights, and Ctrl-C waits for a call of a plain function that is under way.
"""

import asyncio
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reward_agent.errors import SignalError
from reward_agent.types import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonPreference:
    """Asks `function(prompt, responses)` for one number a response; higher is better."""

    name: str
    function: Callable[[list[dict[str, str]], list[str]], Any]

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        """Raises SignalError with the function's own error, whatever that is: the code is not ours."""
        turns = [{"role": message.role, "content": message.content} for message in prompt]
        try:
            if inspect.iscoroutinefunction(self.function):
                scores = await self.function(turns, list(responses))
            else:
                scores = await asyncio.to_thread(self.function, turns, list(responses))
            return [float(score) for score in scores]
        except Exception as error:
            raise SignalError(f"{type(error).__name__}: {error}") from error
