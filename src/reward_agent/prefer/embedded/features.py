"""(prompt, response) -> numbers: how long, how it is laid out, how it speaks, what it shares with the prompt,
whether its words stand in order.

Everything is counted by rules, in time linear in the text: about a millisecond for an answer of 300 tokens. Nothing
here knows what is true or whether an instruction was followed. `weights.json` was fitted to exactly these numbers, so
a change here needs `make train-embedded`.
"""

import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reward_agent.types import Message

MAX_PROMPT_CHARS = 20_000
MAX_RESPONSE_CHARS = 40_000
MAX_HISTORY_CHARS = 4_000
KNEES = (1.5, 2.5, 3.5, 4.5, 5.5)
"""Where the worth of another word may change, in log words: about 4, 11, 32, 89 and 244 words."""

_STOP_WORDS = (
    "a an the and or but if then so of to in on at for from by with about as into than that this these "
    "those it its is are was were be been being am do does did has have had i you he she we they me my "
    "your his her our their them us not no can could would should will may might must what which who whom "
    "how when where why there here all any some more most other just also very much please"
)
_STOP = frozenset(_STOP_WORDS.split())
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE = re.compile(r"[.!?]+(?:\s|$)")
_BULLET = re.compile(r"^[ \t]*[-*•][ \t]", re.MULTILINE)
_NUMBERED = re.compile(r"^[ \t]*\d{1,4}[.)][ \t]", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]", re.MULTILINE)
_CITATION = re.compile(r"\[\d{1,3}\]")
_LINK = re.compile(r"https?://|www\.")
_DIGIT = re.compile(r"\d")
_START = re.compile(r"""[.!?]["”)]?\s+(\S)""")
_CAPITAL_INSIDE = re.compile(r"[^\W\d_][,;]?[ ][A-Z][a-z]")


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("'", "['’]"), re.IGNORECASE)


_REFUSAL = _phrase(
    r"\b(?:i'?m (?:sorry|unable|not able)|i (?:apologi[sz]e|can'?t|cannot|am unable|won't|will not be able)|as an ai"
    r"|as a language model|i do not have (?:access|the ability)|i don't have (?:access|personal))\b"
)
_HEDGE = _phrase(
    r"\b(?:i'?m not sure|i don't know|i'?m not (?:really|quite) sure|not certain|no idea|i guess|maybe|perhaps|i think"
    r"|i believe|might be|it depends|hard to say)\b"
)
_EAGER = _phrase(r"\A\W{0,9}(?:sure|certainly|of course|absolutely|great|yes|here (?:is|are)|okay|ok)\b")
_RELUCTANT = _phrase(r"\A\W{0,9}(?:no|i'?m (?:sorry|not)|sorry|unfortunately|i (?:don|do not|can|cannot))\b")
_YOU = _phrase(r"\b(?:you|your|yours)\b")
_I = _phrase(r"\b(?:i|me|my|i'm|i'd|i've)\b")
_REASONING = _phrase(
    r"\b(?:because|therefore|however|for example|for instance|such as|first|second|finally|additionally|in addition"
    r"|since|although|while|instead|depending)\b"
)
_CLOSING = _phrase(
    r"\b(?:let me know|hope (?:this|that) helps|feel free|good luck|anything else|any other questions|happy to help"
    r"|glad)\b"
)
_LEAK = _phrase(
    r"^[ \t]*(?:#{2,3} ?(?:instruction|response|human|assistant|input)|human:|assistant:|user:|question:|q:)|<\|"
)
_LEAK = re.compile(_LEAK.pattern, re.IGNORECASE | re.MULTILINE)
_BLANK_TO_FILL = _phrase(r"\[(?:your|insert|name|company)[^\]\n]{0,80}\]|lorem ipsum|\bxxx\b")

_WANTS = {
    "code": _phrase(r"\b(?:code|function|script|python|javascript|java|c\+\+|sql|html|css|program|regex|bash)\b"),
    "writing": _phrase(
        r"\b(?:write|poem|story|essay|letter|email|song|lyrics|speech|blog|article|script|tweet|slogan)\b"
    ),
    "a list": _phrase(
        r"\b(?:list|ideas|ways|tips|examples|steps|recommend|suggest|options|names|recipe|plan|brainstorm)\b"
    ),
    "brevity": _phrase(
        r"\b(?:short|brief|briefly|concise|one sentence|in a sentence|one word|summari[sz]e|tl;?dr|simply|shorten"
        r"|single)\b"
    ),
    "a fact": _phrase(
        r"\A\W{0,9}(?:who|when|where|which|what (?:is|was|are|were) the|how (?:many|much|old|far|long))\b"
    ),
    "an answer": _phrase(
        r"\A\W{0,9}(?:who|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|would|should)\b"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of the prompt, once for all its responses."""

    words: int
    content: frozenset[str]
    triples: frozenset[tuple[str, ...]]
    history: frozenset[tuple[str, ...]]
    wants: dict[str, float]
    foreign: float


def asked(prompt: Sequence[Message]) -> Asked:
    """The last user turn, and the three-word runs of what stood before it."""
    last = next((m.content for m in reversed(prompt) if m.role == "user"), "")[:MAX_PROMPT_CHARS]
    before = " ".join(message.content for message in prompt[:-1])[-MAX_HISTORY_CHARS:]
    words = [word.lower() for word in _WORD.findall(last)]
    wants = {name: float(bool(cue.search(last))) for name, cue in _WANTS.items()}
    return Asked(
        words=len(words),
        content=frozenset(_content(words)),
        triples=frozenset(_triples(words)),
        history=frozenset(_triples([word.lower() for word in _WORD.findall(before)])),
        wants=wants | {"to go on": float(len(prompt) > 1)},
        foreign=_foreign(last),
    )


def features(prompt: Asked, response: str) -> dict[str, float]:
    """The numbers by name, always the same names in the same order; all finite."""
    response = response[:MAX_RESPONSE_CHARS]
    raw = _WORD.findall(response)
    words = [word.lower() for word in raw]
    length = math.log1p(len(words))
    found = {"length": length} | {f"length over {knee}": max(0.0, length - knee) for knee in KNEES}
    found |= _shared(prompt, words)
    found |= _variety(response, words)
    found |= _layout(response, words)
    found |= _tone(response, words)
    found |= _form(response, raw)
    found |= _order(response, words)
    found["script differs"] = abs(prompt.foreign - _foreign(response))
    return found | _as_asked(prompt, found)


def _shared(prompt: Asked, words: Sequence[str]) -> dict[str, float]:
    content = _content(words)
    kinds = set(content)
    triples = _triples(words)
    return {
        "prompt covered": len(prompt.content & kinds) / len(prompt.content) if prompt.content else 0.5,
        "words of the prompt": sum(word in prompt.content for word in content) / max(1, len(content)),
        "copied from the prompt": sum(t in prompt.triples for t in triples) / max(1, len(triples)),
        "copied from before": sum(t in prompt.history for t in triples) / max(1, len(triples)),
        "different words": len(kinds) / max(1, len(content)) ** 0.8,
    }


def _variety(response: str, words: Sequence[str]) -> dict[str, float]:
    triples = _triples(words)
    data = response[: MAX_RESPONSE_CHARS // 2].encode("utf-8", "replace")
    return {
        "repeats": 1 - len(set(triples)) / max(1, len(triples)),
        "compresses to": len(zlib.compress(data, 1)) / max(40, len(data)),
        "letters a word": sum(map(len, words)) / max(1, len(words)),
    }


def _layout(response: str, words: Sequence[str]) -> dict[str, float]:
    sentences = max(1, len(_SENTENCE.findall(response)))
    return {
        "sentences": math.log(sentences),
        "words a sentence": math.log1p(len(words) / sentences),
        "lines": math.log1p(sum(1 for line in response.split("\n") if line.strip())),
        "paragraphs": math.log1p(response.count("\n\n")),
        "bullets": math.log1p(len(_BULLET.findall(response))),
        "numbered": math.log1p(len(_NUMBERED.findall(response))),
        "headings": math.log1p(len(_HEADING.findall(response))),
        "bold": math.log1p(response.count("**") // 2),
        "code block": float("```" in response),
        "code block left open": float(response.count("```") % 2),
        "citations": math.log1p(len(_CITATION.findall(response))),
        "links": math.log1p(len(_LINK.findall(response))),
    }


def _tone(response: str, words: Sequence[str]) -> dict[str, float]:
    questions, sentences = response.count("?"), max(1, len(_SENTENCE.findall(response)))
    return {
        "refuses": float(min(3, len(_REFUSAL.findall(response)))),
        "refuses at once": float(len(words) < 80 and bool(_REFUSAL.search(response[:200]))),
        "hedges": math.log1p(len(_HEDGE.findall(response))),
        "starts eager": float(bool(_EAGER.match(response))),
        "starts reluctant": float(bool(_RELUCTANT.match(response))),
        "says you": len(_YOU.findall(response)) / (10 + len(words)),
        "says I": len(_I.findall(response)) / (10 + len(words)),
        "reasons": math.log1p(len(_REASONING.findall(response))),
        "questions": math.log1p(questions),
        "only questions": float(questions > 0 and questions >= sentences),
        "ends in a question": float(response.rstrip().endswith("?")),
        "exclamations": math.log1p(response.count("!")),
        "closes politely": float(min(2, len(_CLOSING.findall(response)))),
    }


def _form(response: str, raw: Sequence[str]) -> dict[str, float]:
    text = response.strip()
    return {
        "ends properly": float(bool(text) and text[-1] in ".!?\"”)'`*:…。！？]}"),
        "ends in a colon": float(text.endswith(":")),
        "starts in lower case": float(bool(text) and text[0].islower()),
        "digits": len(_DIGIT.findall(response)) / (20 + len(response)),
        "capitals": sum(1 for word in raw if word[0].isupper()) / (10 + len(raw)),
        "a template shows": float(bool(_LEAK.search(response))),
        "blanks to fill": float(bool(_BLANK_TO_FILL.search(response))),
        "empty": float(not raw),
    }


def _order(response: str, words: Sequence[str]) -> dict[str, float]:
    """What is lost when words are shuffled: common words seldom follow one another, sentences start with a capital."""
    common = [word in _STOP for word in words]
    count, share = len(words), sum(common) / max(1, len(words))
    starts = _START.findall(response)
    lower = sum(1 for start in starts if start.islower())
    return {
        "common words together": sum(a and b for a, b in pairwise(common)) / max(1, count - 1) - share**2,
        "sentences start with a capital": (len(starts) - lower + 1) / (len(starts) + 1),
        "sentences start in lower case": lower / (3 + len(starts)),
        "capitals inside sentences": len(_CAPITAL_INSIDE.findall(response)) / (10 + count),
    }


def _as_asked(prompt: Asked, found: dict[str, float]) -> dict[str, float]:
    """What counts more, or less, by what the prompt asks for."""
    length, wants = found["length"], prompt.wants
    return {f"length, asked for {name}": length * wanted for name, wanted in wants.items()} | {
        "list, asked for a list": (found["bullets"] + found["numbered"]) * wants["a list"],
        "code block, asked for code": found["code block"] * wants["code"],
        "paragraphs, asked for writing": found["paragraphs"] * wants["writing"],
        "ends in a question, in a dialogue": found["ends in a question"] * wants["to go on"],
        "refuses, in a dialogue": found["refuses"] * wants["to go on"],
        "length by the prompt's": length * math.log1p(prompt.words),
        "longer than the prompt": max(0.0, length - math.log1p(prompt.words)),
    }


def _content(words: Sequence[str]) -> list[str]:
    return [
        word[:-1] if len(word) > 3 and word[-1] == "s" else word
        for word in words
        if word not in _STOP and len(word) > 1
    ]


def _triples(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(words, words[1:], words[2:], strict=False))


def _foreign(text: str) -> float:
    """The share of letters that are beyond the Latin script."""
    if text.isascii():
        return 0.0
    letters = [char for char in text if char.isalpha()]
    return sum(1 for char in letters if ord(char) > 0x2AF) / (1 + len(letters))
