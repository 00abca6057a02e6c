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
from operator import and_
from typing import Any

from reward_agent.types import Message

Triple = tuple[str, str, str]
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
_CAPITAL_INSIDE = re.compile(r" (?<=[^\W\d_] |[,;] )[A-Z][a-z]")


_LEAK = re.compile(
    r"^[ \t]*(?:#{2,3} ?(?:instruction|response|human|assistant|input)|human:|assistant:|user:|question:|q:)|<\|",
    re.MULTILINE,
)
_BLANK_TO_FILL = re.compile(r"\[(?:your|insert|name|company)[^\]\n]{0,80}\]|lorem ipsum|\bxxx\b")
_EAGER = re.compile(r"\A\W{0,9}(?:sure|certainly|of course|absolutely|great|yes|here (?:is|are)|okay|ok)\b")
_RELUCTANT = re.compile(r"\A\W{0,9}(?:no|i'?m (?:sorry|not)|sorry|unfortunately|i (?:don|do not|can|cannot))\b")
_BEYOND_LATIN = re.compile(r"[^\x00-\u02af]")


def _phrases(text: str) -> tuple[str, ...]:
    """Phrases, one between bars, as they stand in a text whose words are joined by blanks."""
    return tuple(f" {phrase.strip()} " for phrase in text.split("|"))


_REFUSAL = _phrases(
    "i'm sorry|im sorry|i'm unable|im unable|i'm not able|i apologize|i apologise|i can't|i cannot|i am unable|i won't"
    "|i will not be able|as an ai|as a language model|i do not have access|i do not have the ability"
    "|i don't have access|i don't have personal"
)
_HEDGE = _phrases(
    "i'm not sure|im not sure|i don't know|i'm not really sure|i'm not quite sure|not certain|no idea|i guess|maybe"
    "|perhaps|i think|i believe|might be|it depends|hard to say"
)
_REASONING = _phrases(
    "because|therefore|however|for example|for instance|such as|first|second|finally|additionally|in addition|since"
    "|although|while|instead|depending"
)
_CLOSING = _phrases(
    "let me know|hope this helps|hope that helps|feel free|good luck|anything else|any other questions|happy to help"
    "|glad"
)
_YOU = frozenset(("you", "your", "yours", "you're", "you'll", "you've", "you'd"))
_I = frozenset(("i", "me", "my", "i'm", "i'd", "i've", "i'll"))

_WANTED = {
    "code": _phrases("code|function|script|python|javascript|java|sql|html|css|program|regex|bash"),
    "writing": _phrases("write|poem|story|essay|letter|email|song|lyrics|speech|blog|article|script|tweet|slogan"),
    "a list": _phrases("list|ideas|ways|tips|examples|steps|recommend|suggest|options|names|recipe|plan|brainstorm"),
    "brevity": _phrases(
        "short|brief|briefly|concise|one sentence|in a sentence|one word|summarize|summarise|tl dr|tldr|simply|shorten"
        "|single"
    ),
}
_ASKED = {
    "a fact": re.compile(
        r"\A\W{0,9}(?:who|when|where|which|what (?:is|was|are|were) the|how (?:many|much|old|far|long))\b"
    ),
    "an answer": re.compile(
        r"\A\W{0,9}(?:who|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|would|should)\b"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of the prompt, once for all its responses."""

    words: int
    content: frozenset[str]
    triples: frozenset[Triple]
    history: frozenset[Triple]
    wants: dict[str, float]
    foreign: float


def asked(prompt: Sequence[Message]) -> Asked:
    """The last user turn, and the three-word runs of what stood before it."""
    last = next((m.content for m in reversed(prompt) if m.role == "user"), "")[:MAX_PROMPT_CHARS]
    before = " ".join(message.content for message in prompt[:-1])[-MAX_HISTORY_CHARS:]
    words = _lower(_WORD.findall(last))
    joined, lower = f" {' '.join(words)} ", last[:200].lower()
    wants = {name: float(any(cue in joined for cue in cues)) for name, cues in _WANTED.items()}
    wants |= {name: float(bool(cue.match(lower))) for name, cue in _ASKED.items()}
    return Asked(
        words=len(words),
        content=frozenset(_content(words)),
        triples=frozenset(_triples(words)),
        history=frozenset(_triples(_lower(_WORD.findall(before)))),
        wants=wants | {"to go on": float(len(prompt) > 1)},
        foreign=_foreign(last),
    )


def features(prompt: Asked, response: str) -> dict[str, float]:
    """The numbers by name, always the same names in the same order; all finite."""
    response = response[:MAX_RESPONSE_CHARS]
    raw = _WORD.findall(response)
    words = _lower(raw)
    triples = _triples(words)
    sentences = max(1, len(_SENTENCE.findall(response)))
    length = math.log1p(len(words))
    found = {"length": length} | {f"length over {knee}": max(0.0, length - knee) for knee in KNEES}
    found |= _shared(prompt, words, triples)
    found |= _variety(response, words, triples)
    found |= _layout(response, words, sentences)
    found |= _tone(response, words, sentences)
    found |= _form(response, raw)
    found |= _order(response, words)
    found["script differs"] = abs(prompt.foreign - _foreign(response))
    return found | _as_asked(prompt, found)


def _shared(prompt: Asked, words: Sequence[str], triples: Sequence[Triple]) -> dict[str, float]:
    content = _content(words)
    kinds = set(content)
    return {
        "prompt covered": len(prompt.content & kinds) / len(prompt.content) if prompt.content else 0.5,
        "words of the prompt": _held(content, prompt.content) / max(1, len(content)),
        "copied from the prompt": _held(triples, prompt.triples) / max(1, len(triples)),
        "copied from before": _held(triples, prompt.history) / max(1, len(triples)),
        "different words": len(kinds) / max(1, len(content)) ** 0.8,
    }


def _variety(response: str, words: Sequence[str], triples: Sequence[Triple]) -> dict[str, float]:
    data = response[: MAX_RESPONSE_CHARS // 2].encode("utf-8", "replace")
    return {
        "repeats": 1 - len(set(triples)) / max(1, len(triples)),
        "compresses to": len(zlib.compress(data, 1)) / max(40, len(data)),
        "letters a word": sum(map(len, words)) / max(1, len(words)),
    }


def _layout(response: str, words: Sequence[str], sentences: int) -> dict[str, float]:
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


def _tone(response: str, words: Sequence[str], sentences: int) -> dict[str, float]:
    questions = response.count("?")
    joined, start = f" {' '.join(words)} ", response[:200].lower().replace("’", "'")
    return {
        "refuses": float(min(3, _counted(_REFUSAL, joined))),
        "refuses at once": float(len(words) < 80 and _counted(_REFUSAL, joined[:200]) > 0),
        "hedges": math.log1p(_counted(_HEDGE, joined)),
        "starts eager": float(bool(_EAGER.match(start))),
        "starts reluctant": float(bool(_RELUCTANT.match(start))),
        "says you": _held(words, _YOU) / (10 + len(words)),
        "says I": _held(words, _I) / (10 + len(words)),
        "reasons": math.log1p(_counted(_REASONING, joined)),
        "questions": math.log1p(questions),
        "only questions": float(questions > 0 and questions >= sentences),
        "ends in a question": float(response.rstrip().endswith("?")),
        "exclamations": math.log1p(response.count("!")),
        "closes politely": float(min(2, _counted(_CLOSING, joined))),
    }


def _form(response: str, raw: Sequence[str]) -> dict[str, float]:
    text, lower = response.strip(), response.lower()
    return {
        "ends properly": float(bool(text) and text[-1] in ".!?\"”)'`*:…。！？]}"),
        "ends in a colon": float(text.endswith(":")),
        "starts in lower case": float(bool(text) and text[0].islower()),
        "digits": len(_DIGIT.findall(response)) / (20 + len(response)),
        "capitals": len([word for word in raw if word[0].isupper()]) / (10 + len(raw)),
        "a template shows": float(bool(_LEAK.search(lower))),
        "blanks to fill": float(
            any(cue in lower for cue in ("[", "lorem", "xxx")) and bool(_BLANK_TO_FILL.search(lower))
        ),
        "empty": float(not raw),
    }


def _order(response: str, words: Sequence[str]) -> dict[str, float]:
    """What is lost when words are shuffled: common words seldom follow one another, sentences start with a capital."""
    common = list(map(_STOP.__contains__, words))
    count, share = len(words), sum(common) / max(1, len(words))
    starts = _START.findall(response)
    lower = sum(1 for start in starts if start.islower())
    return {
        "common words together": sum(map(and_, common, common[1:])) / max(1, count - 1) - share**2,
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


def _lower(words: Sequence[str]) -> list[str]:
    """The words in lower case, every apostrophe alike."""
    return " ".join(words).lower().replace("’", "'").split(" ")[: len(words)]


def _held(items: Sequence[Any], there: frozenset[Any]) -> int:
    return sum(map(there.__contains__, items)) if there else 0


def _counted(phrases: Sequence[str], joined: str) -> int:
    return sum(map(joined.count, phrases))


def _content(words: Sequence[str]) -> list[str]:
    return [
        word[:-1] if len(word) > 3 and word[-1] == "s" else word
        for word in words
        if word not in _STOP and len(word) > 1
    ]


def _triples(words: Sequence[str]) -> list[Triple]:
    return list(zip(words, words[1:], words[2:], strict=False))


def _foreign(text: str) -> float:
    """The share of letters that are beyond the Latin script."""
    if text.isascii():
        return 0.0
    beyond = sum(map(str.isalpha, _BEYOND_LATIN.findall(text)))
    return beyond / (1 + sum(map(str.isalpha, text)))
