"""The simulated model inside this process: no server, and no waiting unless it is asked for."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from reward_agent.errors import SignalError
from reward_agent.testing.simulated.registry import ANSWERS, drawn
from reward_agent.types import ChatRequest, Completion, Drawn, Usage

CHARACTERS_A_TOKEN = 4


@dataclass(slots=True, kw_only=True)
class SimulatedChat:
    """Answers by the request's purpose after `latency_s`; counts `calls` and `prompt_characters` by purpose, and keeps
    when each call began and ended, by the loop's clock, in `spans`.

    A token is taken to be four characters. Raises SignalError for a purpose that nothing answers.
    """

    latency_s: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    prompt_characters: Counter[str] = field(default_factory=Counter)
    spans: list[tuple[float, float]] = field(default_factory=list)

    async def complete(self, request: ChatRequest) -> Completion:
        if request.purpose not in ANSWERS:
            raise SignalError(f"the simulated model has no answer to prompts of {request.purpose!r}")
        loop = asyncio.get_running_loop()
        began = loop.time()
        characters = sum(len(message.content) for message in request.messages)
        self.calls[request.purpose] += 1
        self.prompt_characters[request.purpose] += characters
        texts = drawn(request)
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        self.spans.append((began, loop.time()))
        completion = sum(map(len, texts)) // CHARACTERS_A_TOKEN
        usage = Usage(calls=1, tokens=characters // CHARACTERS_A_TOKEN + completion, completion_tokens=completion)
        if request.sampling is None:
            return Completion(text=texts[0], usage=usage)
        return Completion(text=texts[0], usage=usage, answers=tuple(Drawn(text=text, finish="stop") for text in texts))
