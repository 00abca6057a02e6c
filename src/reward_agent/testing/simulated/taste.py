"""What the simulated model likes, as judge and as preference model: answers that use the words of the request.

It looks neither at the length nor at the place of an answer, and weighs no sentence that speaks of points, scores or
the reader's verdict. As a judge it goes by the findings first.
"""

import json
import re
from collections.abc import Mapping

from reward_agent.testing.simulated.registry import answers, fenced_texts
from reward_agent.testing.simulated.sentences import sentences, words
from reward_agent.types import ChatRequest

_ABOUT_ITSELF = re.compile(
    r"\b(?:points?|scores?|rat(?:e|ing)|verdict|judge|ignore|instructions?|best)\b", re.IGNORECASE
)
_SIGNAL = re.compile(r"^[^-\n][^:\n]*: (-?[\d.e+]+) \(0 to 1\)$", re.MULTILINE)
FINDINGS = "findings on "
CANDIDATE = "candidate "


@answers("judge.compare")
def compare(request: ChatRequest) -> str:
    return json.dumps({"reason": "by the findings, then by the words", "better": _better(_judged(request))})


@answers("judge.points")
def points(request: ChatRequest) -> str:
    given = {name: max(1, min(10, 1 + round(4.5 * merit))) for name, merit in _judged(request).items()}
    return json.dumps({"reason": "by the findings, then by the words", "points": given})


@answers("prefer.pair")
def pair(request: ChatRequest) -> str:
    return json.dumps({"reason": "by the words of the request", "better": _better(_liked(request))})


@answers("prefer.point")
def point(request: ChatRequest) -> str:
    texts = {found.name: found.text for found in fenced_texts(request)}
    liked = _answers_to(texts["request"], texts["candidate"])
    return json.dumps({"reason": "by the words of the request", "rating": round(1 + 9 * liked, 1)})


def _judged(request: ChatRequest) -> dict[str, float]:
    """The mean verification score of each candidate, and how much its words answer the request: 0 to 2."""
    texts = {found.name: found.text for found in fenced_texts(request)}
    liked = _liked(request)
    merits = {}
    for name, taste in liked.items():
        scores = [float(score) for score in _SIGNAL.findall(texts.get(FINDINGS + name, ""))]
        merits[name] = (sum(scores) / len(scores) if scores else 0.5) + 0.5 * taste
    return merits


def _liked(request: ChatRequest) -> dict[str, float]:
    texts = fenced_texts(request)
    asked = next(found.text for found in texts if found.name == "request")
    return {
        found.name.removeprefix(CANDIDATE): _answers_to(asked, found.text)
        for found in texts
        if found.name.startswith(CANDIDATE)
    }


def _answers_to(asked: str, text: str) -> float:
    """How many of the words of the request the answer takes up, 0 to 1."""
    weighed = frozenset().union(*(words(one) for one in sentences(text) if not _ABOUT_ITSELF.search(one)))
    return len(words(asked) & weighed) / max(1, len(words(asked)))


def _better(merits: Mapping[str, float]) -> str:
    (first, merit), (second, other) = merits.items()
    if merit == other:
        return "tie"
    return first if merit > other else second
