"""How a yes/no question about a response becomes the demand that it asks about."""

from __future__ import annotations

import re

_KINDS_OF_TEXT = (
    r"texts?|responses?|answers?|repl(?:y|ies)|outputs?|poems?|letters?|emails?|essays?|story|stories|articles?|"
    r"summary|summaries|descriptions?|reports?|posts?|speech|songs?|reviews?|notices?|messages?|dialogues?|eulogy|"
    r"paragraphs?|explanations?|recipes?|itinerary|plan|list|script|haiku|limerick|completion|translation|rewrite"
)
_TAG = re.compile(r"\s*\([^()]{0,60}\)\s*$")
_WHOSE = r"(?:the|this|your) (?:model's |assistant's |ai's )?"
_MADE = r"(?:generated|given|produced|resulting|final|whole|entire|complete|full)"
_RESPONSE = re.compile(
    rf"\b(?:its |{_WHOSE})(?:{_MADE} )*(?:[\w'-]+ ){{0,2}}?(?:{_KINDS_OF_TEXT}) in (?:the|this) (?:generated|given)? ?"
    r"(?:text|response|answer|output)\b"
    rf"|\b{_WHOSE}(?:(?!given){_MADE} )+(?:[\w'-]+ )?(?:{_KINDS_OF_TEXT})\b"
    rf"|\b{_WHOSE}(?:{_KINDS_OF_TEXT})\b(?! (?:of|that|point|provided|given|included|for|section)\b)"
    r"|\b(?:the|this) (?:model|assistant|author|writer|ai)\b(?! (?:of|in)\b)",
    re.IGNORECASE,
)
_PLACED = re.compile(r"^(?:in|within|throughout) the response,? ", re.IGNORECASE)
_ASKS = re.compile(
    r"^(?P<verb>is|are|was|were|does|do|did|has|have|can|could|should|will|would|must)(?P<rest> .+)$",
    re.IGNORECASE | re.DOTALL,
)
_THERE = re.compile(
    r"^there (?:any |been )?(?P<what>.+?)(?: (?:included |present |given )?(?:in|within) the response)?$", re.IGNORECASE
)
_QUOTED = r"(?:'[^'\n]{1,80}'|\"[^\"\n]{1,80}\"|“[^”\n]{1,80}”)"
_UNIT = (
    r"(?:items?|sentences?|lines?|paragraphs?|stanzas?|verses?|words?|bullets?|bullet points?|points|steps?|ideas?|"
    r"entries|sections?|titles?|headings?|introduction|conclusion|questions?|reasons?|tips?|letters?)"
)
_SUBJECT = re.compile(
    r"^(?P<subject>(?:it|(?:the )?response|(?:the )?(?:key)?(?:words?|phrases?|names?|letters?) "
    rf"{_QUOTED}(?:(?:,| and|, and) {_QUOTED})*|{_QUOTED}"
    r"|(?:(?:each|every|all|any|none)(?: single| one)?(?: of)? )?(?:(?:the|its|these) )?(?:[\w'-]+ ){0,4}?"
    rf"(?:[\w'-]+ (?:in|of|from|presented in|included in) the response|{_UNIT}))) (?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)


def demanded(question: str) -> str | None:
    """The demand behind a yes/no question about a response, None where it is no such question.

    "Does the generated poem have four stanzas?" asks whether "The response must have four stanzas."
    """
    words = " ".join(_TAG.sub("", question.strip()).split())
    if not words.endswith("?"):
        return None
    words = _RESPONSE.sub("the response", words[:-1].rstrip(" .?")).replace("the response's ", "the ")
    words = _PLACED.sub("", words)
    asked = _ASKS.match(words)
    if asked is None:
        return None
    rest = asked["rest"].strip()
    if there := _THERE.match(rest):
        return f"The response must contain {there['what']}."
    parts = _SUBJECT.match(rest)
    if parts is None:
        return None
    verb = asked["verb"].lower()
    be = "be " if verb in ("is", "are", "was", "were") else ""
    rest = re.sub(r"^been ", "be ", parts["rest"]) if verb in ("has", "have") else parts["rest"]
    rest = re.sub(r"\b(?:in|within) the response$", "", rest).strip() or rest
    subject = re.sub(r"^(?:it|response)$", "the response", parts["subject"], flags=re.IGNORECASE)
    subject = re.sub(r" (?:in|of|from|presented in|included in) the response$", "", subject)
    return f"{subject[0].upper()}{subject[1:]} must {be}{rest}."
