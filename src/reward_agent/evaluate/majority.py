"""Majority among short answers (self-consistency: Wang et al. 2022, arXiv 2203.11171): the answer most candidates give.

A response is normalised whole, or, where it says so, from its final answer on: what follows the last "answer is" or
"answer:" on that line, or stands in the last \\boxed{}. It knows no answer key: it is a way to pick, not an evaluator.
"""

import re
from collections import Counter
from collections.abc import Sequence

from reward_agent.evaluate.answers import normalised

_SAID = re.compile(r"\banswer(?: is\b|:)[ \t:*]*([^\n]+)", re.IGNORECASE)
_BOXED = re.compile(r"\\boxed\{([^{}\n]+)\}")


def votes(responses: Sequence[str]) -> tuple[float | None, ...]:
    """For every response the share, in (0, 1], of those with an answer that give the same one; None for a response
    without an answer. Equal shares are ties, also among different answers."""
    answers = [normalised(final_answer(response)) for response in responses]
    counts = Counter(answer for answer in answers if answer)
    return tuple(counts[answer] / counts.total() if answer else None for answer in answers)


def final_answer(response: str) -> str:
    """The part of a response that is its answer."""
    for pattern in (_BOXED, _SAID):
        if found := pattern.findall(response):
            return str(found[-1])
    return response
