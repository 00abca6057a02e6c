"""Which texts of a sample hold constraints: the instruction, and what a system prompt asks of every answer.

Earlier turns of the user are not read: what they asked was for answers that have been given. Of a system prompt only
the sentences count that bind every answer: who the assistant is, what the user may do, and what holds under a condition
("if asked for code, ...") is left out.
"""

from __future__ import annotations

import re

from reward_agent.types import Sample
from reward_agent.verify.instructions.grammar.text import prepare

_CONDITIONAL = re.compile(
    r"\b(?:if|when|whenever|unless|in case|where (?:possible|appropriate)|should the user|only for|depending on)\b"
    r"|^\W*(?:for|in) (?:[\w-]+ ){0,3}(?:questions?|requests?|tasks?|topics?|cases?|examples?)\b"
    r"|\b(?:for example|e\.g\.|such as when)\b",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"^\W*(?:the |your |an? )?(?:users?|customers?|people|they|he|she|it|we|i|our|today|knowledge)\b", re.I
)
_PERSONA = re.compile(
    r"^\W*(?:you(?:'re| are| act| play| were| will be| have| work| love| know)|act as|imagine|pretend|as an?)\b"
    r"(?!.*\byou (?:must|should|always|never|only)\b)",
    re.IGNORECASE | re.DOTALL,
)
_WHO_ANSWERS = re.compile(
    r"\b(?:who|that|and|which) "
    r"(?P<manner>(?:always |only |never )?(?:answer|respond|repl(?:y|ie)|speak|write|communicate)s?\b)",
    re.IGNORECASE,
)


def texts_to_parse(sample: Sample) -> tuple[str, ...]:
    """The texts whose constraints bind the candidates, the instruction last."""
    system = (standing_wishes(message.content) for message in sample.prompt if message.role == "system")
    return (*(text for text in system if text), sample.instruction)


def standing_wishes(system: str) -> str:
    """The sentences of a system prompt that ask something of every answer, in its own words, one a line."""
    text = prepare(system)
    sentences = (text.words_of(index) for index in range(len(text.sentences)))
    return "\n".join(wish for sentence in sentences if (wish := _wish(sentence)))


def _wish(sentence: str) -> str:
    if _CONDITIONAL.search(sentence) or _OF_OTHERS.match(sentence) or sentence.endswith("?"):
        return ""
    if not _PERSONA.match(sentence):
        return sentence
    manner = _WHO_ANSWERS.search(sentence)
    return sentence[manner.start("manner") :] if manner else ""
