"""(prompt, response) -> numbers: how long, how it is laid out, how it speaks, what it shares with the prompt.

Everything is counted by rules, in time linear in the text: under a millisecond for an answer of 300 tokens. Nothing
here knows what is true or whether an instruction was followed. The shipped weights were fitted to exactly these
numbers, so a change here needs `make train-embedded`.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reward_agent.prefer.embedded.vocabulary import (
    ABSTRACT,
    ASKED,
    DENIALS,
    FIRST_PERSON,
    MAX_RESPONSE_CHARS,
    ORDERS,
    REFUSAL,
    SECOND_PERSON,
    SENTENCE_START,
    STOP,
    WANTED,
)
from reward_agent.types import Message

MAX_PROMPT_CHARS = 20_000
KNEES = (1.5, 2.5, 3.5, 4.5, 5.5)
"""Where the worth of another word may change, in log words: about 4, 11, 32, 89 and 244 words."""
OF_PROMPT = "prompt: "
"""How the names of those numbers begin that are the same for every response to a prompt."""

LONG_WORD = 7
BRIEF = 8
"""A prompt of fewer words is a brief one."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BREAK = re.compile(r"(?<=[.!?])\s+|\n+")
_BULLET = re.compile(r"^[ \t]*[-*•][ \t]", re.MULTILINE)
_NUMBERED = re.compile(r"^[ \t]*\d{1,4}[.)][ \t]", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]", re.MULTILINE)
_CITATION = re.compile(r"\[\d{1,3}\]")
_LINK = re.compile(r"https?://|www\.")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\b\d[\d,.]*")
_NAME = re.compile(r" (?<=[a-z] |[,;] )[A-Z][a-z]+")
_EMOJI = re.compile(r"[\U0001f000-\U0010ffff]")
_LEAK = re.compile(
    r"^[ \t]*(?:#{2,3} ?(?:instruction|response|human|assistant|input)|human:|assistant:|user:|question:|q:)|<\|",
    re.MULTILINE,
)
_BLANK_TO_FILL = re.compile(r"\[(?:your|insert|name|company)[^\]\n]{0,80}\]|lorem ipsum|\bxxx\b")
_EAGER = re.compile(r"\A\W{0,9}(?:sure|certainly|of course|absolutely|great|yes|here (?:is|are)|okay|ok)\b")
_RELUCTANT = re.compile(r"\A\W{0,9}(?:no|i'?m (?:sorry|not)|sorry|unfortunately|i (?:don|do not|can|cannot))\b")
_YES_NO = re.compile(r"\A\W{0,9}(?:yes|no)\b")
_BEYOND_LATIN = re.compile(r"[^\x00-\u02af]")
_COUNT = re.compile(r"\b\d{1,2}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of the prompt, once for all its responses. `briefly`: in under `BRIEF` words; `items`: the first
    small number in it; `numbers`: those features that depend on the prompt alone."""

    content: frozenset[str]
    wants: dict[str, float]
    foreign: float
    briefly: bool
    items: int | None
    numbers: dict[str, float]


def asked(prompt: Sequence[Message]) -> Asked:
    """The last user turn, and how much stood before it."""
    last = next((m.content for m in reversed(prompt) if m.role == "user"), "")[:MAX_PROMPT_CHARS]
    before = sum(message.content.count(" ") + 1 for message in prompt[:-1])
    words = _lower(_WORD.findall(last))
    joined, lower = f" {' '.join(words)} ", last[:200].lower()
    wants = {name: float(any(cue in joined for cue in cues)) for name, cues in WANTED.items()}
    wants |= {name: float(bool(cue.match(lower))) for name, cue in ASKED.items()}
    wants["to go on"] = float(len(prompt) > 1)
    wants["no question"] = float("?" not in last)
    foreign, count = _foreign(last), _COUNT.search(last)
    numbers = {
        "words": math.log1p(len(words)),
        "words before": math.log1p(before),
        "lines": math.log1p(last.count("\n")),
        "digits": float(bool(_DIGIT.search(last))),
        "script": foreign,
    } | {f"asks for {name}": wanted for name, wanted in wants.items()}
    return Asked(
        content=frozenset(_content(words)),
        wants=wants,
        foreign=foreign,
        briefly=len(words) < BRIEF,
        items=int(count[0]) if count else None,
        numbers={f"{OF_PROMPT}{name}": value for name, value in numbers.items()},
    )


def features(prompt: Asked, response: str) -> dict[str, float]:
    """The numbers by name, always the same names in the same order; all finite."""
    response = response[:MAX_RESPONSE_CHARS]
    raw = _WORD.findall(response)
    words = _lower(raw)
    joined = f" {' '.join(words)} "
    sentences = [piece for piece in _BREAK.split(response) if piece.strip()]
    length = math.log1p(len(words))
    found = {"length": length} | {f"length over {knee}": max(0.0, length - knee) for knee in KNEES}
    found |= _words(prompt, words, joined)
    found |= _sentences(prompt, response, sentences)
    found |= _layout(response, len(words), len(sentences))
    found |= _tone(response, joined)
    found |= _form(response, raw)
    found["script differs"] = abs(prompt.foreign - _foreign(response))
    return found | _as_asked(prompt, found) | prompt.numbers


def _words(prompt: Asked, words: Sequence[str], joined: str) -> dict[str, float]:
    content = _content(words)
    kinds, triples = set(content), list(zip(words, words[1:], words[2:], strict=False))
    return {
        "prompt covered": len(prompt.content & kinds) / len(prompt.content) if prompt.content else 0.5,
        "words of the prompt": _held(content, prompt.content) / max(1, len(content)),
        "kinds of words": math.log1p(len(kinds)),
        "kinds of words, new": math.log1p(len(kinds - prompt.content)),
        "different words": len(kinds) / max(1, len(content)) ** 0.8,
        "repeats": 1 - len(set(triples)) / max(1, len(triples)),
        "letters a word": sum(map(len, words)) / max(1, len(words)),
        "long words": sum(map(LONG_WORD.__lt__, map(len, words))) / (3 + len(words)),
        "common words": _held(words, STOP) / (3 + len(words)),
        "the": joined.count(" the ") / (5 + len(words)),
        "in the past": joined.count("ed ") / (5 + len(words)),
        "abstract words": sum(map(joined.count, ABSTRACT)) / (5 + len(words)),
        "contractions": joined.count("'") / (5 + len(words)),
        "denials": _held(words, DENIALS) / (5 + len(words)),
        "says you": _held(words, SECOND_PERSON) / (10 + len(words)),
        "says I": _held(words, FIRST_PERSON) / (10 + len(words)),
    }


def _sentences(prompt: Asked, response: str, sentences: Sequence[str]) -> dict[str, float]:
    lengths = [piece.count(" ") + 1 for piece in sentences] or [0]
    first, last = (set(_content(_lower(_WORD.findall(piece)))) for piece in _ends(sentences))
    orders = _held([piece.split(None, 1)[0].lower() for piece in sentences], ORDERS)
    starts = SENTENCE_START.findall(response)
    lower = sum(map(str.islower, starts))
    return {
        "words in the first sentence": math.log1p(lengths[0]),
        "words in the last sentence": math.log1p(lengths[-1]),
        "sentences unlike in length": _spread(lengths),
        "prompt covered at once": len(first & prompt.content) / (1 + len(prompt.content)),
        "prompt covered at last": len(last & prompt.content) / (1 + len(prompt.content)),
        "tells what to do": orders / (1 + len(sentences)),
        "sentences start with a capital": (len(starts) - lower + 1) / (len(starts) + 1),
        "sentences start in lower case": lower / (3 + len(starts)),
    }


def _layout(response: str, words: int, sentences: int) -> dict[str, float]:
    bullets, numbered = len(_BULLET.findall(response)), len(_NUMBERED.findall(response))
    return {
        "lines": math.log1p(sum(1 for line in response.split("\n") if line.strip())),
        "line breaks": response.count("\n") / (10 + words),
        "paragraphs": math.log1p(response.count("\n\n")),
        "bullets": math.log1p(bullets),
        "numbered": math.log1p(numbered),
        "listed": (bullets + numbered) / (1 + sentences),
        "headings": math.log1p(len(_HEADING.findall(response))),
        "code block left open": float(response.count("```") % 2),
        "citations": math.log1p(len(_CITATION.findall(response))),
        "links": math.log1p(len(_LINK.findall(response))),
    }


def _tone(response: str, joined: str) -> dict[str, float]:
    start = response[:200].lower().replace("’", "'")
    return {
        "refuses": float(min(3, sum(map(joined.count, REFUSAL)))),
        "starts eager": float(bool(_EAGER.match(start))),
        "starts reluctant": float(bool(_RELUCTANT.match(start))),
        "starts with yes or no": float(bool(_YES_NO.match(start))),
        "ends in a question": float(response.rstrip().endswith("?")),
        "emoji": float(not response.isascii() and bool(_EMOJI.search(response))),
    }


def _form(response: str, raw: Sequence[str]) -> dict[str, float]:
    text, lower = response.strip(), response.lower()
    return {
        "ends properly": float(bool(text) and text[-1] in ".!?\"”)'`*:…。！？]}"),
        "ends in a colon": float(text.endswith(":")),
        "starts in lower case": float(bool(text) and text[0].islower()),
        "digits": len(_DIGIT.findall(response)) / (20 + len(response)),
        "numbers": math.log1p(len(_NUMBER.findall(response))),
        "names": math.log1p(len(_NAME.findall(response))),
        "capitals": sum([word[0].isupper() for word in raw]) / (10 + len(raw)),
        "a template shows": float(bool(_LEAK.search(lower))),
        "blanks to fill": float(
            any(cue in lower for cue in ("[", "lorem", "xxx")) and bool(_BLANK_TO_FILL.search(lower))
        ),
        "empty": float(not raw),
    }


def _as_asked(prompt: Asked, found: dict[str, float]) -> dict[str, float]:
    """What counts more, or less, by what the prompt asks for."""
    wants = prompt.wants
    items = round(math.expm1(found["bullets"]) + math.expm1(found["numbered"]))
    return {
        "as many items as asked for": float(items > 0 and items == prompt.items),
        "list, asked for a list": (found["bullets"] + found["numbered"]) * wants["a list"],
        "list, asked how": found["listed"] * wants["how"],
        "paragraphs, asked for writing": found["paragraphs"] * wants["writing"],
        "ends in a question, in a dialogue": found["ends in a question"] * wants["to go on"],
        "ends in a question, asked briefly": found["ends in a question"] * prompt.briefly,
        "refuses, in a dialogue": found["refuses"] * wants["to go on"],
    }


def _spread(lengths: Sequence[int]) -> float:
    """The standard deviation over one more than the mean."""
    mean = sum(lengths) / len(lengths)
    return math.sqrt(sum([(length - mean) ** 2 for length in lengths]) / len(lengths)) / (1 + mean)


def _ends(sentences: Sequence[str]) -> tuple[str, str]:
    return (sentences[0], sentences[-1]) if sentences else ("", "")


def _lower(words: Sequence[str]) -> list[str]:
    """The words in lower case, every apostrophe alike."""
    return " ".join(words).lower().replace("’", "'").split(" ")[: len(words)]


def _held(items: Sequence[Any], there: frozenset[Any]) -> int:
    return sum(map(there.__contains__, items)) if there else 0


def _content(words: Sequence[str]) -> list[str]:
    return [
        word[:-1] if len(word) > 3 and word[-1] == "s" else word for word in words if word not in STOP and len(word) > 1
    ]


def _foreign(text: str) -> float:
    """The share of letters that are beyond the Latin script."""
    if text.isascii():
        return 0.0
    beyond = sum(map(str.isalpha, _BEYOND_LATIN.findall(text)))
    return beyond / (1 + sum(map(str.isalpha, text)))
