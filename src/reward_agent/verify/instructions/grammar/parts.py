"""The named parts that rule patterns are built from, and the compiler from a pattern to a regular expression.

A pattern is written in words, in lower case, as is what it is tried on. A space stands for any run of spaces, `{part}`
for a part of the table below, captured under its name the first time, and `{part:name}` for the same part captured
under another name:

    {relation} {count} sentences
    the word {literal} (?:should )?appears? {times}

Parts hold no unbounded repetition of anything that can match in two ways: a search is linear in the sentence, which
is itself bounded.
"""

from __future__ import annotations

import re

from reward_agent.verify.instructions.grammar import numbers
from reward_agent.verify.instructions.grammar.text import (
    ANGLE,
    BOLD,
    BRACE,
    CODE,
    DIVIDER,
    DOT,
    FILL,
    ITALIC,
    QUOTE,
    SQUARE,
    STOP,
)

_REST = f"[{FILL}{STOP}]*+"


def _literal(*kinds: str) -> str:
    return f"[{''.join(kinds)}]{_REST}"


_ANY = _literal(QUOTE, BRACE, BOLD, ITALIC, SQUARE, CODE, ANGLE)
_JOIN = r" ?(?:, ?(?:and|or|nor|&)?|;|/|and|or|nor|&|as well as|along with|followed by)(?: also)? ?"
_BARE_WORD = r"[^\W_][\w'-]{0,30}+"
# words that no bare keyword begins with: they go on with the sentence
_GOES_ON = (
    r"(?!(?:in|within|into|to|of|for|from|at|on|by|as|is|are|be|should|must|and|or|nor|but|which|that|with|without|"
    r"your|the|a|an|this|its|all|each|every|throughout|anywhere|somewhere|ensure|ensuring|make|format|formatted|"
    r"include|including|use|using|provide|limit|write|answer|present|structure|structured|divide|divided|organize|"
    r"end|begin|start|keep|do|does|not|exactly|at|when|while|if|then|also|please|appears?|occurs?|contain|have|"
    r"has|appearing|anything|more|less|fewer|only|once|twice|cannot|can't|such|like|over|among|so|because|until|"
    r"respectively|it|them|you|i|we|they|can|could|would|will|may|might|does|doesn't|shouldn't|needs?|never|before|"
    r"after|during|other|another|between|about|characters?|letters?|whatsoever|than|through|yourself|found|"
    r"provided|given|listed|above|below|words?|keywords?|phrases?|here|there|used|long|total|first|second|last|"
    r"both|either|exact|e[.\ue0fe]g|i[.\ue0fe]e|how|what|why|who|just|mentioned|instead|every|most|least)(?![\w'-]))"
)
_BARE = rf"{_GOES_ON}{_BARE_WORD}(?: {_GOES_ON}{_BARE_WORD}){{0,2}}"
_BARE_LIST = rf"{_BARE}(?:{_JOIN}{_BARE}){{0,15}}"

RESPONSE = (
    r"(?:(?:your|the|this|my|its|whole|entire|full|final|complete|overall|generated|resulting|above|own) ){0,3}"
    r"(?:responses?|answers?|reply|replies|output|text|essay|story|poem|article|post|blog(?: post)?|email|letter|"
    r"summary|explanation|review|report|speech|song|rap|haiku|limerick|riddle|joke|paragraph|piece|message|list|"
    r"description|document|content|writing|code|script|resume|proposal|pitch|ad|advertisement|tweet|dialogue|"
    r"conversation|itinerary|plan|script|rubric|template|analysis|translation|everything|advice|guide|recipe|"
    r"lyrics|verse|note|caption|statement|thread|book review|cover letter|web page|page|html|thing)"
)

_UNIT_NOUNS = {
    "paragraph": r"paragraphs?|stanzas?|verses?",
    "sentence": r"sentences?",
    "line": r"lines?",
    "bullet": r"bullet(?:ed)?[- ]?(?:points?|items?)?s?|bullets?",
    "item": r"(?:list |numbered )?(?:items?|points?|steps?|entry|entries|tips?|rules?|ideas?|reasons?|elements?|"
    r"numbers?)",
    "section": r"sections?|chapters?|parts?",
}
UNIT_NOUN = rf"(?:{'|'.join(_UNIT_NOUNS.values())})"
_UNIT_READERS = tuple((name, re.compile(rf"(?:{pattern})", re.IGNORECASE)) for name, pattern in _UNIT_NOUNS.items())

_FILLER = (
    r"(?:(?:should|must|shall|can|may|will|needs?|has|have|having|had|to|be|being|is|are|of|in|into|up|made|long|"
    r"contain(?:s|ing|ed)?|consist(?:s|ing)? of|compris(?:e|es|ed|ing)(?: of)?|composed of|includ(?:e|es|ing)|with|"
    r"limited to|limit|restricted to|only|also|total|length|a length of|keep|kept|ideally|strictly|written|using|"
    r"and|that|which|described|explained|elaborated|structured|organized|divided|detailed|spanning|"
    r"followed by|the|a|an|brief|short|its|your|own|do|does) ){0,7}"
)

PARTS: dict[str, str] = {
    "number": numbers.NUMBER,
    "ordinal": numbers.ORDINAL,
    "count": numbers.COUNT,
    "relation": rf"\b{numbers.RELATION}",
    "quantity": rf"\b(?:{numbers.RELATION} )?{numbers.COUNT}(?: {numbers.AFTER_LEAST}| {numbers.AFTER_MOST})?",
    "times": (
        rf"(?:(?:for )?(?:{numbers.RELATION} )?(?:{numbers.COUNT}(?: {numbers.AFTER_LEAST}|"
        rf" {numbers.AFTER_MOST})? times?|once|twice|thrice)(?: {numbers.AFTER_LEAST}| {numbers.AFTER_MOST})?)"
    ),
    "after_least": numbers.AFTER_LEAST,
    "after_most": numbers.AFTER_MOST,
    "literal": _ANY,
    "literals": rf"\[?{_ANY}(?:{_JOIN}{_ANY})*\]?",
    "quote": _literal(QUOTE),
    "angle": _literal(ANGLE),
    "bold": _literal(BOLD),
    "italic": _literal(ITALIC),
    "brace": _literal(BRACE),
    "square": _literal(SQUARE),
    "divider": _literal(DIVIDER),
    "bare": _BARE,
    "bare_list": _BARE_LIST,
    "keywords": rf"(?:\[?{_ANY}(?:(?:{_JOIN}| ){_ANY})*\]?|{_BARE_LIST})",
    "response": RESPONSE,
    "unit": UNIT_NOUN,
    "filler": _FILLER,
    "dot": rf"[.{DOT}]",
    "start": r"(?:start|begin|open|commence)(?:s|ing|ning)?",
    "end": r"(?:(?:end|finish|conclud|clos|terminat)(?:e|s|es|ing)?|sign(?:ing)? off|wrap(?:ping)?(?: it)? up)",
    "modal": r"(?:(?:should|must|shall|has to|have to|needs? to|is to|are to|will|ought to|may|can) (?:also )?)",
    "not": r"(?:do not|don't|does not|doesn't|must not|mustn't|should not|shouldn't|cannot|can not|can't|never|"
    r"may not|shall not|not|without|avoid|refrain from|no|exclude|excluding|avoiding|omit|omitting|"
    r"leave out|leaving out|steer clear of|stay away from)",
    "use": r"(?:us(?:e|es|ing)|includ(?:e|es|ing)|mention(?:s|ing)?|contain(?:s|ing)?|incorporat(?:e|es|ing)|"
    r"featur(?:e|es|ing)|add(?:ing)?|insert(?:ing)?|employ(?:ing)?|say(?:ing)?|writ(?:e|ing)|utili[sz](?:e|ing)|"
    r"ha(?:ve|s|ving)|weav(?:e|ing) in|work(?:ing)? in|repeat(?:ing)?|put(?:ting)?)",
    "adds": r"(?:us(?:e|es|ing)|includ(?:e|es|ing)|mention(?:s|ing)?|contain(?:s|ing)?|incorporat(?:e|es|ing)|"
    r"featur(?:e|es|ing)|add(?:ing)?|insert(?:ing)?|employ(?:ing)?|utili[sz](?:e|ing)|ha(?:ve|s|ving)|"
    r"(?:weav(?:e|ing)|work(?:ing)?) in)",
    "appear": r"(?:appear(?:s|ing)?|occur(?:s|ring)?|be (?:used|mentioned|included|present|repeated|found|written)|"
    r"(?:is|are) (?:used|mentioned|included|present|repeated|found)|show(?:s|ing)? up|used|mentioned|included|come up|"
    r"be in|feature)",
}

_PART = re.compile(r"\{(\w+)(?::(\w+))?\}")


def compiled(pattern: str, *, flags: int = 0) -> re.Pattern[str]:
    """The regular expression that a pattern stands for. Raises KeyError for an unknown part."""

    taken: set[str] = set()

    def part(match: re.Match[str]) -> str:
        name, alias = match[1], match[2] or match[1]
        if name.isdigit():
            return match[0]
        if alias in taken or f"(?P<{alias}>" in pattern:
            return f"(?:{PARTS[name]})"
        taken.add(alias)
        return f"(?P<{alias}>{PARTS[name]})"

    expression = _PART.sub(part, pattern)
    expression = re.sub(r" \?", " *", expression)
    expression = re.sub(r" (?![*+])", " +", expression)
    return re.compile(expression, flags)


def unit_named(words: str) -> str | None:
    """The catalog's name for a unit noun: "bullet points" is `bullet`, "stanza" is `paragraph`."""
    words = words.lower()
    return next((name for name, pattern in _UNIT_READERS if pattern.fullmatch(words)), None)
