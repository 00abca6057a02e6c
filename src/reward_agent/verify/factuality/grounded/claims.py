"""Answers -> claims, by rules: one a sentence that states something.

A short answer ("In Ghent.") says nothing without its question, so it is read together with it; a sentence of a long
answer stands for itself. "Yes" or "no" to a question that asks for one affirms or denies what was asked, whatever
stands behind it. What is said of two things ("both A and B are ...") must hold of each. Questions, greetings, offers
and opinions are no claims. What this does not promise: that another sentence with two facts is cut in two, or that "it"
is told apart from "it".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reward_agent.verify.factuality.grounded.text import sentences, telling_words

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
_BARE = re.compile(r"\W*(yes|no)\b(?![ ]?[^\W_])\W*", re.IGNORECASE)
"""A yes or no that stands alone or has a mark behind it; "no one" is none."""
_YES_NO = re.compile(
    r"\A\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)\b(?!.*\bor\b)", re.IGNORECASE | re.DOTALL
)
_VERB = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)"
_BOTH_FIRST = re.compile(rf"\A(?:{_VERB}\s+)?both\s+(?P<one>.+?)\s+and\s+(?P<other>.+)\Z", re.IGNORECASE | re.DOTALL)
_BOTH_LAST = re.compile(
    rf"\A(?:(?i:{_VERB})\s+)?(?P<one>[A-Z0-9].+?)\s+and\s+(?P<other>(?:the\s+)?[A-Z0-9].*?)\s+(?:{_VERB}\s+)?both\s+(?P<rest>.+)\Z",
    re.DOTALL,
)
_STATED = re.compile(rf"(?P<name>.+?)\s+(?P<rest>{_VERB}\b.+)\Z", re.IGNORECASE | re.DOTALL)
_ASKS = re.compile(rf"{_VERB}\b", re.IGNORECASE)
_NAME = re.compile(r"[A-Z0-9][^\s,;]*(?:\s+(?:(?:of|the|de|la|in|for)\s+)*[A-Z0-9&][^\s,;]*)*")
_NATION = re.compile(r"\s+[A-Z][a-z]*(?:ian|ean|ican|erman|ish|ese|rench|utch|zech|wiss|reek)\Z")
"""At the end of a name it begins the next thing: "Kings of Leon American rock bands"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """`text` is what the answer says, `question` what it was asked; `short`: it needs the question to mean anything;
    `reply`: it is a sentence and the whole answer, so besides being borne out it must say what was asked for.
    `asked` and `denied`: the answer says yes or no, so `text` is what was asked, affirmed or denied. `parts`: what it
    says of each of two things, where it says the same of both."""

    text: str
    question: str
    short: bool
    reply: bool = False
    asked: bool = False
    denied: bool = False
    parts: tuple[str, ...] = ()

    @property
    def answers(self) -> bool:
        """Whether it is the whole answer to its question."""
        return self.short or self.reply


def claims_of(response: str, question: str, *, limit: int) -> Sequence[Claim]:
    """The first `limit` claims of a response, in order, each once."""
    plain = _MARKUP.sub("", _CODE.sub(" ", response[:MAX_RESPONSE_CHARS]))
    said = [sentence[:MAX_CLAIM_CHARS] for sentence in sentences(plain)]
    alone = len(said) == 1
    found: dict[str, Claim] = {}
    if said and (bare := _BARE.match(said[0])) and _YES_NO.match(question):
        denied = bare[1].lower() == "no"
        found[""] = Claim(
            text=question, question="", short=False, asked=True, denied=denied, parts=of_both(question.rstrip("? "))
        )
        said[0] = said[0][bare.end() :]
    for sentence in said:
        if len(found) == limit:
            break
        if sentence.endswith(("?", ":")) or (not alone and _NO_CLAIM.match(sentence)) or not _says_anything(sentence):
            continue
        short = alone and len(sentence.split()) <= SHORT_WORDS and not _restates(sentence, question)
        reply = alone and not short and bool(question) and "" not in found
        claim = Claim(text=sentence, question=question, short=short, reply=reply, parts=of_both(sentence))
        found.setdefault(sentence.lower(), claim)
    return tuple(found.values())


def _restates(sentence: str, question: str) -> bool:
    """Whether a sentence says part of its question again and adds to it: it can be understood without it."""
    said, asked = frozenset(telling_words(sentence)), frozenset(telling_words(question))
    return bool(said & asked) and bool(said - asked)


def of_both(text: str) -> tuple[str, ...]:
    """What a text says or asks of each of two things: "both A and B are old" of A, and of B. Nothing where it is not
    about both of two."""
    if last := _BOTH_LAST.match(text):
        return tuple(f"{last[name]} {last['rest']}" for name in ("one", "other"))
    first = _BOTH_FIRST.match(text)
    if first and (stated := _STATED.match(first["other"])) and not _ASKS.match(text):
        return tuple(f"{name} {stated['rest']}" for name in (first["one"], stated["name"]))
    if first and (named := _NAME.match(first["other"])):
        name = _NATION.sub("", named[0])
        rest = first["other"][len(name) :].strip()
        return (f"{first['one']} {rest}", f"{name} {rest}") if rest else ()
    return ()


def _says_anything(sentence: str) -> bool:
    """A bare yes or no does not: what it affirms stands in the question, and no passage says it word for word."""
    return bool(set(telling_words(sentence)) - {"yes"})
