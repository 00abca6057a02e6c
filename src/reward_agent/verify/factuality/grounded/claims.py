"""Answers -> claims, by rules: one a sentence that states something.

A short answer ("In Ghent.") says nothing without its question, so it is read together with it; a sentence of a long
answer stands for itself. Questions, greetings, offers and opinions are no claims. What this does not promise: that a
sentence with two facts is cut in two, or that "it" is told apart from "it".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reward_agent.verify.factuality.grounded.text import sentences, telling_words, words

SHORT_WORDS = 8
MAX_CLAIM_CHARS = 600
MAX_RESPONSE_CHARS = 20_000

_MARKUP = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|[-*•+][ \t]+|\d{1,3}[.)][ \t]+|>[ \t]*)|\*\*|__|`", re.MULTILINE)
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_NO_CLAIM = re.compile(
    r"\A\W*(?:sure\b|certainly\b|of course\b|great question|i hope\b|hope (?:this|that)\b|let me know\b|feel free\b"
    r"|i['’]?m sorry\b|sorry\b|i apologi[sz]e\b|i think\b|i believe\b|in my opinion\b|i (?:do not|don['’]t) know\b"
    r"|i['’]?m not sure\b|here (?:is|are)\b|thanks?\b|hello\b|hi\b|please\b|would you\b|do you\b|as an ai\b)",
    re.IGNORECASE,
)
_BARE = re.compile(r"\W*(yes|no)\W*", re.IGNORECASE)
_YES_NO = re.compile(
    r"\A\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)\b(?!.*\bor\b)", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """`text` is what the answer says, `question` what it was asked; `short`: it needs the question to mean anything.
    `asked` and `denied`: the answer is a bare yes or no, so `text` is what was asked, affirmed or denied."""

    text: str
    question: str
    short: bool
    asked: bool = False
    denied: bool = False

    @property
    def key(self) -> str:
        """The same for claims in the same words."""
        return " ".join((*words(self.text), *(["no"] if self.denied else ["yes"] if self.asked else [])))

    @property
    def stated(self) -> str:
        """The claim as one text."""
        return f"{self.question} {self.text}" if self.short and self.question else self.text


def claims_of(response: str, question: str, *, limit: int) -> Sequence[Claim]:
    """The first `limit` claims of a response, in order, each once."""
    plain = _MARKUP.sub("", _CODE.sub(" ", response[:MAX_RESPONSE_CHARS]))
    said = [sentence[:MAX_CLAIM_CHARS] for sentence in sentences(plain)]
    alone = len(said) == 1
    if alone and (bare := _BARE.fullmatch(said[0])) and _YES_NO.match(question):
        return (Claim(text=question, question="", short=False, asked=True, denied=bare[1].lower() == "no"),)
    found: dict[str, Claim] = {}
    for sentence in said:
        if sentence.endswith(("?", ":")) or (not alone and _NO_CLAIM.match(sentence)) or not _says_anything(sentence):
            continue
        short = alone and len(sentence.split()) <= SHORT_WORDS
        found.setdefault(sentence.lower(), Claim(text=sentence, question=question, short=short))
        if len(found) == limit:
            break
    return tuple(found.values())


def _says_anything(sentence: str) -> bool:
    """A bare yes or no does not: what it affirms stands in the question, and no passage says it word for word."""
    return bool(set(telling_words(sentence)) - {"yes"})
