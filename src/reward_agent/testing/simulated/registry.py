"""Which function answers the prompts of which purpose.

    @answers("instructions.parse")
    def parse(request: ChatRequest) -> str:
        (instruction,) = [text.text for text in fenced_texts(request) if text.name == "instruction"]
        return json.dumps({...})

A purpose is the stage and the prompt file's name, as `ask` is told.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from reward_agent.types import ChatRequest

Answer = Callable[[ChatRequest], str]

ANSWERS: dict[str, Answer] = {}

_FENCED = re.compile(r'<data-([0-9a-f]{12}) name="([^"\n]*)">\n(.*?)\n</data-\1>', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenced:
    """One text that a prompt holds as data."""

    name: str
    text: str


def answers(purpose: str) -> Callable[[Answer], Answer]:
    """Registers a function under the purpose whose prompts it answers."""

    def register(answer: Answer) -> Answer:
        if purpose in ANSWERS:
            raise ValueError(f"two functions answer {purpose!r}")
        ANSWERS[purpose] = answer
        return answer

    return register


def drawn(request: ChatRequest) -> list[str]:
    """The texts for a request: one, or as many as its sampling asks for, each by a seed of its own."""
    answer, sampling = ANSWERS[request.purpose], request.sampling
    if sampling is None:
        return [answer(request)]
    seeds = (None if sampling.seed is None else sampling.seed + k for k in range(sampling.n))
    return [answer(replace(request, sampling=replace(sampling, n=1, seed=seed))) for seed in seeds]


def fenced_texts(request: ChatRequest) -> list[Fenced]:
    """The texts that the request's prompt holds as data, in order."""
    return [
        Fenced(name=match[2], text=match[3])
        for message in request.messages
        if message.role != "assistant"
        for match in _FENCED.finditer(message.content)
    ]
