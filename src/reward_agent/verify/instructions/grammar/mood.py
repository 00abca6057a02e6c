"""Which sentences ask something of the response, and which only ask a question, tell a fact or quote material."""

from __future__ import annotations

import re

from reward_agent.verify.instructions.grammar.text import Sentence, Text

_POLITE = re.compile(
    r"\b(?:can|could|would|will) you\b|\bplease\b|\b(?:may|can|could) i (?:get|have)\b|\byour (?:\w+ )?(?:response|"
    r"answer|reply|output)\b"
    r"|^\W*(?:write|give|explain|describe|list|tell|make|create|provide|summari[sz]e|rewrite|generate|include|use|"
    r"do not|don't|ensure|limit|answer|respond)\b",
    re.IGNORECASE,
)
_OWN_FACT = re.compile(
    r"^\W*(?:i|we|my|our|he|she|they|his|her|their|there (?:is|are|was|were))\b"
    r"(?!.{0,60}\b(?:want|need|would|like|wish|require|looking|should|must|please|ask)\b)",
    re.IGNORECASE,
)
_OFFERS_MATERIAL = re.compile(
    r"\b(?:following|below|this|given|these|here (?:is|are))\b[^\n]{0,120}:\s*$|^\s*(?:text|passage|article|input|"
    r"context|"
    r"paragraph|document|reference text|sentence|question)\s*:\s*$",
    re.IGNORECASE,
)
_DIRECTS = re.compile(
    r"\b(?:your|the) (?:\w+ )?(?:response|answer|reply|output|summary|rewrite|essay)\b|\bplease\b|^\W*(?:do not|"
    r"don't|include|"
    r"use|highlight|make sure|first|wrap|finish|end|separate|limit|itali[cs]|ensure|mention|avoid|write|repeat|answer|"
    r"give|provide|put|add|start|begin|refrain|keep|format|without|now|before|let's|let us|italicize)\b",
    re.IGNORECASE,
)


def is_plain_question(sentence: Sentence) -> bool:
    """A question about the world, not a request in the form of a question."""
    return sentence.question and _POLITE.search(sentence.text) is None


def tells_own_fact(sentence: Sentence) -> bool:
    """A statement about the writer or about others: "I wrote 3 paragraphs"."""
    return _OWN_FACT.match(sentence.text) is not None


def directs(sentence: Sentence) -> bool:
    """A sentence that speaks to the one who answers: only these are read inside material."""
    return _DIRECTS.search(sentence.text) is not None


def offers_material(sentence: Sentence) -> bool:
    """A sentence after which the text to work on follows: "Summarize the following passage:"."""
    return _OFFERS_MATERIAL.search(sentence.text) is not None


def material(text: Text) -> frozenset[int]:
    """The indices of the sentences that are text to work on, not instructions."""
    inside, indices = False, []
    for index, sentence in enumerate(text.sentences):
        if inside and not directs(sentence):
            indices.append(index)
        if offers_material(sentence):
            inside = True
    return frozenset(indices)
