"""What a count is of: the whole response, a part of it, or something else; and what divides its parts."""

from __future__ import annotations

import re

from reward_agent.verify.instructions.grammar.mood import is_plain_question, tells_own_fact
from reward_agent.verify.instructions.grammar.numbers import NUMBER
from reward_agent.verify.instructions.grammar.rule import Found
from reward_agent.verify.instructions.grammar.text import CODE, DIVIDER, QUOTE

_PART_BEFORE = re.compile(
    r"\b(?:closing|opening|introductory|concluding|final) (?:[\w-]+ )?(?:statement|remarks?|note|quote|line|"
    r"message|part|passage)\b[^,;:\ue000-\ue007]{0,50}$|"
    r"\b(?:each|every|per|any|all of the|introduction|introductory|conclusion|concluding|abstract|headlines?|captions?|"
    r"headings?|headers?|section(?! \d)|(?:first|second|third|fourth|last|final|opening|closing|next|previous|above|"
    r"following) (?:paragraph|sentence|section|part|line|stanza|"
    r"verse|chapter|word)|body|subject line|quote|quotation|title|names?|functions?|methods?)\b"
    r"[^,;:\ue000-\ue007]{0,70}$"
    r"|\b(?:stanzas|sentences|paragraphs|bullets?|bullet points?|one(?! (?:paragraph|sentence|line)\b))\b"
    r"(?:(?! and\b)[^,;:\ue000-\ue007]){0,70}$"
)
_PART_AFTER = re.compile(
    r"^\s*(?:each\s*(?:[.,;)]|$|and\b)|,?\s*(?:per|apiece|for each|in each|for every|in every|in the "
    r"(?:introduction|conclusion|first|second|last|"
    r"third|title|body))\b|of (?:code|text messages)|(?:from|of|in) the (?:poem|text|article|passage|list|bible|"
    r"book|song|story|"
    r"following|above|english|dictionary|sentence)|(?:in|with|of|as|written in)? ?(?:all )?(?:capital|caps|upper|"
    r"bold|italic)|"
    r"with all capital|(?:that|which) (?:rhyme|start|begin|end|mean|contain|describe|are|have)|(?:longer|shorter|"
    r"more|fewer) |(?:starting|beginning|"
    r"ending|rhyming|containing|describing|related) )"
)
_PART_SUBJECT = re.compile(
    r"^\W*(?:in )?(?:the|your|its|an?|each|every|this|all) (?:[\w-]+ ){0,3}?(?:introduction|conclusion|abstract|"
    r"headline|title|"
    r"caption|section|opening|closing|(?:opening|closing|introductory|concluding|first|last|final) "
    r"(?:part|statement|remarks?|note|passage|segment)|paragraphs?|tweets|bullets?|items?|points?|titles|captions|descriptions?|"
    r"stanzas?|"
    r"verses?|sentences|lines?|steps?|chapters?|slogans?|names?)\b"
)
WHOLE = re.compile(r"\b(?:response|answer|essay|reply|output|text|post|story|article|poem|summary|email|letter|it) ")
# "No line may be longer than 8 words": what is denied of some part is no count of the whole, least of all its opposite.
_DENIED = re.compile(
    r"\b(?:no|none|neither|nor|(?:don't|do not|never) let)\b(?! (?:more|fewer|less|longer|shorter|greater|lower|later))"
    r"(?:(?! and\b| but\b)[^,;:.]){1,60}$"
)
_SEVERAL = re.compile(
    rf"\b(?:{NUMBER}|several|some|multiple|few|many) (?:[\w-]+ ){{0,2}}[a-z]+s\s+(?:(?:that|which) (?:are|is) |"
    rf"(?:each )?of |with |in )?$"
)
# "Proofread my 3-paragraph essay": a text that is there already.
_GIVEN = re.compile(
    r"\b(?:my|our|his|her|their|this|that|these|those|(?:the )?(?:following|above|attached|given)|"
    r"(?:about|of|from) the)\s+$|\bexamples? of (?:an?|the) [\w -]{1,20}$"
)
_INSIDE = re.compile(r"\b(?:in|with|using|within|under|to|into|than|of)\s*$")
# "2 sentences about cats and 3 sentences about dogs", "the plot in one paragraph and the themes in another"
OTHER_PART = re.compile(
    r"^ (?:about|on|for|describing|explaining|from)\b[^.;]*(?:\bthen\b|\b(?:and|"
    r"another) (?:[\w-]+ )?(?:sentence|paragraph|line|stanza))"
    r"|^[^.;]*\bin (?:another|a second|the other)\b"
)
_GOES_ON = re.compile(
    r"\W*(?:please )?(?:also )?(?:separat|divid|use|the|each|these|they|put|break|in|paragraphs|stanzas|parts|"
    r"sections)",
    re.IGNORECASE,
)
_PLACES = re.compile(
    r"\b(?:per|every|each) (?:day|week|hour|minute|month|year)|\bdaily\b|\ba (?:day|week|minute|second)\b"
)
_DIVIDER = re.compile(
    rf"\b(?:separat\w+|divid\w+|split|delimit\w+|break|broken|between)\b[^.]{{0,90}}?(?P<mark>[{DIVIDER}{QUOTE}{CODE}]|"
    rf"\b(?:three|3) (?:asterisk|star|\ue004)"
    r"|horizontal (?:line|rule))|with (?:the )?markdown divider|"
    rf"with [{DIVIDER}]\S* between",
    re.IGNORECASE,
)


def of_the_whole(found: Found) -> bool:
    """Whether a count is of the whole response, and not of one of its parts or of something in the world."""
    if tells_own_fact(found.sentence) or _PLACES.search(found.after[:40]):
        return False
    if is_plain_question(found.sentence) and not _INSIDE.search(found.before):
        return False
    subject = _PART_SUBJECT.match(found.before)
    if subject and not WHOLE.search(found.before[subject.end() :]):
        return False
    before = found.before[-110:]
    if _GIVEN.search(before) or _SEVERAL.search(before) or _DENIED.search(before):
        return False
    return not (_PART_BEFORE.search(before) or _PART_AFTER.match(found.after[:60]))


def divider_of(found: Found) -> str | None:
    """The divider that the words around a count of parts name: `***`, `* * *`, `---`."""
    around = found.sentence.text[found.match.start() :] + " " + _following(found)
    match = _DIVIDER.search(around)
    if match is None:
        return None
    start = found.sentence.start + found.match.start()
    end = found.sentence.start + len(found.sentence.text) + len(_following(found)) + 200
    for literal in found.text.literals_between(start, min(end, start + 900)):
        if literal.kind == "divider":
            return literal.value
        if literal.kind in ("quote", "code") and literal.value in ("---", "***", "* * *", "___", "====", "==="):
            return literal.value
    mark = (match["mark"] or "").lower()
    if mark in (QUOTE, CODE):
        return None
    return "---" if "horizontal" in mark else "***"


def _following(found: Found) -> str:
    following = found.next_sentence
    return following if _GOES_ON.match(following) else ""
