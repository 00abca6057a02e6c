"""The simulated model's answers where it is sampled: other words for every seed, the same for the same seed."""

import random

from reward_agent.testing.simulated.registry import answers
from reward_agent.testing.simulated.sentences import words
from reward_agent.types import ChatRequest, Sampling

PURPOSE = "generate.answer"
_OPENERS = ("In short", "As far as one can tell", "It is said", "To begin with", "Most people agree", "Simply put")
_VERBS = ("matters", "depends on", "goes with", "comes before", "explains", "changes")
_MOST_SENTENCES = 4


@answers(PURPOSE)
def answer(request: ChatRequest) -> str:
    sampling = request.sampling or Sampling()
    asked = request.messages[-1].content
    drawn = random.Random(f"{sampling.seed}:{asked}" if request.temperature else asked)  # noqa: S311
    found = sorted(words(asked)) or ["this"]
    sentences = (
        f"{drawn.choice(_OPENERS)}, {drawn.choice(found)} {drawn.choice(_VERBS)} {drawn.choice(found)}."
        for _ in range(drawn.randint(1, _MOST_SENTENCES))
    )
    return " ".join(sentences)
