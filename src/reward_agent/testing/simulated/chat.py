"""The simulated model inside this process: no server, no waiting."""

from collections import Counter
from dataclasses import dataclass, field

from reward_agent.errors import SignalError
from reward_agent.testing.simulated.registry import ANSWERS
from reward_agent.types import ChatRequest, Completion, Usage


@dataclass(slots=True, kw_only=True)
class SimulatedChat:
    """Answers by the request's purpose, and counts `calls` and `prompt_characters` by purpose.

    A token is taken to be four characters. Raises SignalError for a purpose that nothing answers.
    """

    calls: Counter[str] = field(default_factory=Counter)
    prompt_characters: Counter[str] = field(default_factory=Counter)

    async def complete(self, request: ChatRequest) -> Completion:
        if request.purpose not in ANSWERS:
            raise SignalError(f"the simulated model has no answer to prompts of {request.purpose!r}")
        characters = sum(len(message.content) for message in request.messages)
        self.calls[request.purpose] += 1
        self.prompt_characters[request.purpose] += characters
        text = ANSWERS[request.purpose](request)
        return Completion(text=text, usage=Usage(calls=1, tokens=(characters + len(text)) // 4))
