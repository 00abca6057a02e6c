"""Which sentences ask something of the response, and which only ask a question, tell a fact or quote material."""

from __future__ import annotations

import re

from reward_agent.verify.instructions.grammar.text import Sentence, Text

_POLITE = re.compile(
    r"\b(?:can|could|would|will) you\b|\bplease\b|\b(?:may|can|could) i (?:get|have)\b|\byour (?:\w+ )?(?:response|"
    r"answer|reply|output)\b"
    r"|^\W*(?:write|give|explain|describe|list|tell|make|create|provide|summari[sz]e|rewrite|generate|include|use|"
    r"do not|don't|ensure|limit|answer|respond)\b",
)
_OWN_FACT = re.compile(
    r"^\W*(?:i|we|my|our|he|she|they|his|her|their|there (?:is|are|was|were))\b"
    r"(?!.{0,60}\b(?:want|need|would|like|wish|require|looking|should|must|please|ask)\b)",
)
_OFFERS_MATERIAL = re.compile(
    r"\b(?:following|below|this|given|these|here (?:is|are))\b[^\n]{0,120}:\s*$|^\s*(?:text|passage|article|input|"
    r"context|"
    r"paragraph|document|reference text|sentence|question)\s*:\s*$",
)
_DIRECTS = re.compile(
    r"\b(?:your|the) (?:\w+ )?(?:response|answer|reply|output|summary|rewrite|essay)\b|\bplease\b|^\W*(?:do not|"
    r"don't|include|"
    r"use|highlight|make sure|first|wrap|finish|end|separate|limit|itali[cs]|ensure|mention|avoid|write|repeat|answer|"
    r"give|provide|put|add|start|begin|refrain|keep|format|without|now|before|let's|let us|italicize)\b",
)


# Words after which a clause tells of something in the world, so that its bounds are none of the response:
# "explain why legal papers use all caps", "a man who never says 'no'", "a function that checks if a line ends with ..."
_TELLS_OF = re.compile(
    r"\b(?:why|whether|whose|whom|who|how(?! about\b)"
    r"|(?:rule|claim|fact|idea|notion|law|theory|belief|saying|argument|policy|view|opinion|myth) that"
    r"|(?:tell|inform|remind|warn|convinc|persuad)(?:e|s|ing)? (?!me\b|us\b)(?:[\w-]+ ){1,3}that"
    r"|(?:check|test|determine|verif(?:y|ie)|validate|detect|see)(?:s|ing)? (?:if|that)"
    r"|(?:function|method|program|script|class|regex|algorithm|query|app|tool)s? (?:that|which|to|whose)"
    r"|(?:about|of) (?:an?|the|some) (?:[\w-]+ ){0,2}?(?:letter|song|book|poem|note|speech|sign|word|name|film|"
    r"message)s? (?:that|which)"
    r"|(?:suggest|name|find|think of|give me|list|what is|invent) (?:an?|some|the|\d+) (?:[\w-]+ )?"
    r"(?:word|name|number|city|country|animal|river|synonym)s? (?:that|which|with)"
    r"|in which (?!(?:each|every|all|no|neither|words|letters|the (?:word|letter|first|second|third|last|keyword|"
    r"lines?|sentences?|paragraphs?))\b)"
    r"|(?:inputs?|passwords?|user ?names?|strings?|arrays?|integers?|identifiers?|file ?names?|fields?|"
    r"(?:should|shall) i|regular expressions?))\b"
)
_TELLS_OF_ONE_WHO_ANSWERS = re.compile(
    r"\b(?:who|that|which) (?:(?:can|could|would|will|must|may|does|did) )?(?:only |always |never |just )?"
    r"(?:(?:write|speak|talk|type|shout|answer|say|use|text)s?"
    r"|repl(?:y|ies)|ends?|begins?|starts?)? ?$"
)
_MANNER = re.compile(r"\W*(?:in|using|with|within|without|under|including|containing|making|mentioning|by|as)\b")
_MANNER_BEFORE = re.compile(r"\b(?:in|using|with|within|under|as|by)\s*$")
_OWN_MANNER = re.compile(r"\bhow to (?:write|make|create|compose|draft|build|design|format)\b")
_STATES = re.compile(
    r"^\W*(?:the|a|an|most|some|many|in \d{4},? the) (?!(?:[\w-]+ )?(?:response|answer|reply|output|text|essay|"
    r"story|article|summary|poem|letter|email|post|explanation|total)s?\b(?! *\ue000))(?:[\w'-]+|\ue000\S*)"
    r"(?: (?!should|must|shall|that|which|to\b|with\b)(?:[\w'-]+|\ue000\S*)){0,3}? (?:has|have|had|contains?|contained|"
    r"found|wrote|holds?|consists? of)\b(?! to\b)",
)
_STATES_OF_MATERIAL = re.compile(
    r"^\W*(?:(?:the|these) (?:following|attached|above|given|quoted)|(?:the )?[\w-]+ (?:below|above)) "
    r"(?:[\w-]+ ){0,2}?"
    r"(?:has|have|had|contains?|consists? of)\b(?! to\b)",
)
_REPORTS = re.compile(
    r"^\W*(?:my|our|his|her|their|the|a) (?:[\w-]+ ){1,3}(?:said|says|told|claims?|claimed|thinks?|insists?)\b"
    r"|\b(?:said|says) (?:my|our|his|her|the)\b",
)


def tells_of_the_world(before: str, words: str, *, question: bool) -> bool:
    """Whether the words that a rule matched stand in a clause that tells of something else than the response.

    `before` is the sentence up to the match in lower case, `words` the match. What says in which manner to answer
    ("in 3 sentences", "using the word ...") belongs to the request, even behind such a clause.
    """
    cut = max(before.rfind(mark) for mark in (",", ";", ":", ". ", " and ", " but ", " then "))
    clause = before[cut + 1 :]
    if _TELLS_OF_ONE_WHO_ANSWERS.search(clause) and _TELLS_OF.search(clause) is not None:
        return True
    manner = _MANNER.match(words) is not None or _MANNER_BEFORE.search(clause) is not None
    if question and not manner and clause.strip():
        return True
    if _TELLS_OF.search(clause) is None:
        return False
    return not manner or (
        _OWN_MANNER.search(clause) is not None
        and not re.search(r"\b(?:in|using)\b\W*$", clause)
        and re.match(r"\W*(?:in|using|as)\b", words) is None
    )


_DENIES = re.compile(
    r"(?:\b(?:not|never|avoid|without|refrain from|cannot|stop)|n't)(?: (?:to|be|use|using|have|include|"
    r"including|add|put|"
    r"putting|write|writing|answer|answering|respond|reply|start|starting|begin|beginning|end|ending|wrap|"
    r"format|make|do|"
    r"your|the|it|this|response|answer|reply|any|an?|always|simply|just)){0,4} *$"
)
_DENIABLE = (
    *("start.phrase", "start.title", "end.phrase", "end.mark", "each.", "nth.", "quotes.wrapped", "title.wrapped"),
    *("json.valid", "yaml.valid", "language.is", "case.upper", "list.present", "postscript", "two.responses"),
    *("headings.named", "sections.labelled", "choices.one_of", "lines.prefixed", "table.", "case.title", "acrostic"),
)


def denies(before: str, kind: str) -> bool:
    """Whether the words before a match deny what it asks for, of a kind whose rules know no "not"."""
    return kind.startswith(_DENIABLE) and _DENIES.search(before) is not None


def states_a_fact(text: Text, index: int) -> bool:
    """Whether a sentence reports something before a question or request about it: "The lease has 12 paragraphs."."""
    sentence, later = text.sentences[index], text.sentences[index + 1 : index + 2]
    if not later:
        return False
    if index == 0 and (_STATES.match(sentence.low) or _STATES_OF_MATERIAL.match(sentence.low)):
        return True
    return later[0].question and (tells_own_fact(sentence) or _REPORTS.search(sentence.low) is not None)


def is_plain_question(sentence: Sentence) -> bool:
    """A question about the world, not a request in the form of a question."""
    return sentence.question and _POLITE.search(sentence.low) is None


def tells_own_fact(sentence: Sentence) -> bool:
    """A statement about the writer or about others: "I wrote 3 paragraphs"."""
    return _OWN_FACT.match(sentence.low) is not None


def directs(sentence: Sentence) -> bool:
    """A sentence that speaks to the one who answers: only these are read inside material."""
    return _DIRECTS.search(sentence.low) is not None


def offers_material(sentence: Sentence) -> bool:
    """A sentence after which the text to work on follows: "Summarize the following passage:"."""
    return sentence.low.rstrip().endswith(":") and _OFFERS_MATERIAL.search(sentence.low) is not None


def material(text: Text) -> frozenset[int]:
    """The indices of the sentences that are text to work on, not instructions."""
    inside, indices = False, []
    for index, sentence in enumerate(text.sentences):
        if inside and not directs(sentence):
            indices.append(index)
        if offers_material(sentence):
            inside = True
    return frozenset(indices)
