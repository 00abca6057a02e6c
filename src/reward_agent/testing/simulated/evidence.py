"""What the simulated model remembers: the starter corpus, and nothing else."""

import json
import re
from functools import cache

from reward_agent.starter import CORPUS
from reward_agent.testing.simulated.registry import answers, fenced_texts
from reward_agent.types import ChatRequest

_WORD = re.compile(r"\w+")
_COMMON = frozenset(
    {"the", "and", "was", "were", "for", "with", "that", "this", "from", "when", "who", "what", "where"}
)
_LEAST_SHARED = 3  # telling words that a query and a sentence must share


@answers("evidence.recall")
def recall(request: ChatRequest) -> str:
    """The sentences that share the most words with the query, or null."""
    found = []
    for text in fenced_texts(request):
        number = text.name.removeprefix("query ")
        if number.isdecimal():
            found.append({"query": int(number), "answer": _remembered(text.text)})
    return json.dumps({"answers": found})


def _remembered(query: str) -> str | None:
    asked = _words(query)
    shared, sentence = max(((len(asked & words), sentence) for words, sentence in _sentences()), default=(0, ""))
    return sentence if shared >= _LEAST_SHARED else None


@cache
def _sentences() -> list[tuple[frozenset[str], str]]:
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [
        (_words(f"{row['title']} {sentence}"), f"{row['title']}: {sentence}")
        for row in rows
        for sentence in re.split(r"(?<=[.!?])\s+", row["text"])
    ]


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.lower()) if len(word) > 2 and word not in _COMMON)
