"""What is looked for in a text: words and phrases, in English alone, and where sentences start; and how far."""

import re

MAX_RESPONSE_CHARS = 40_000
SENTENCE_START = re.compile(r"""[.!?]["”)]?\s+(\S)""")

_STOP_WORDS = (
    "a an the and or but if then so of to in on at for from by with about as into than that this these "
    "those it its is are was were be been being am do does did has have had i you he she we they me my "
    "your his her our their them us not no can could would should will may might must what which who whom "
    "how when where why there here all any some more most other just also very much please"
)
STOP = frozenset(_STOP_WORDS.split())


def _phrases(text: str) -> tuple[str, ...]:
    """Phrases, one between bars, as they stand in a text whose words are joined by blanks."""
    return tuple(f" {phrase.strip()} " for phrase in text.split("|"))


REFUSAL = _phrases(
    "i'm sorry|im sorry|i'm unable|im unable|i'm not able|i apologize|i apologise|i can't|i cannot|i am unable|i won't"
    "|i will not be able|as an ai|as a language model|i do not have access|i do not have the ability"
    "|i don't have access|i don't have personal"
)
SECOND_PERSON = frozenset(("you", "your", "yours", "you're", "you'll", "you've", "you'd"))
FIRST_PERSON = frozenset(("i", "me", "my", "i'm", "i'd", "i've", "i'll"))
DENIALS = frozenset(("not", "no", "never", "don't", "can't", "isn't", "doesn't", "won't"))
ABSTRACT = ("tion ", "ment ", "ness ", "ity ", "ance ", "ence ")
_ORDER_WORDS = (
    "use make try add take start keep put get consider avoid check find ensure place mix cook let be go look set "
    "choose include create"
)
ORDERS = frozenset(_ORDER_WORDS.split())

WANTED = {
    "code": _phrases("code|function|script|python|javascript|java|sql|html|css|program|regex|bash"),
    "writing": _phrases("write|poem|story|essay|letter|email|song|lyrics|speech|blog|article|script|tweet|slogan"),
    "a list": _phrases("list|ideas|ways|tips|examples|steps|recommend|suggest|options|names|recipe|plan|brainstorm"),
    "brevity": _phrases(
        "short|brief|briefly|concise|one sentence|in a sentence|one word|summarize|summarise|tl dr|tldr|simply|shorten"
        "|single"
    ),
}
ASKED = {
    "a fact": re.compile(
        r"\A\W{0,9}(?:who|when|where|which|what (?:is|was|are|were) the|how (?:many|much|old|far|long))\b"
    ),
    "an answer": re.compile(
        r"\A\W{0,9}(?:who|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|would|should)\b"
    ),
    "reasons": re.compile(r"\A\W{0,9}why\b|.* why "),
    "how": re.compile(r"\A\W{0,9}how (?!many\b|much\b|old\b|long\b|far\b)"),
}
