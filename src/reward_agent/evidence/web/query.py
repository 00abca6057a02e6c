"""A model's query -> plain words for a search engine.

The query comes out of candidates, and a candidate that writes "site:mine.example" into a claim must not choose the
pages it is checked against. So what search engines take for commands is taken out; the words stay.
"""

import re

MAX_CHARS = 380  # Brave takes 400 characters and 50 words, the least of all
MAX_WORDS = 48

_OPERATOR = re.compile(r"(?<=[^\W\d_]):(?=\S)")  # site:x, intitle:x; not 10:30
_QUOTES = re.compile(r"[\"“”„«»*|~^<>{}\[\]()\\/]")
_SIGN = re.compile(r"(?:^|(?<=\s))[-+!@?:&#=]+(?=\S)")  # -word, !engine
_BARE = re.compile(r"\b(?:AND|OR|NOT|NEAR|AROUND)\b")


def plain_query(text: str) -> str:
    """At most `MAX_CHARS` characters of plain words, with nothing that search engines obey."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * MAX_CHARS])
    words = _QUOTES.sub(" ", _OPERATOR.sub(" ", printable))
    words = _BARE.sub(lambda match: match[0].lower(), words)
    words = _SIGN.sub("", " ".join(words.split()))
    kept = " ".join(words.split()[:MAX_WORDS])
    return kept if len(kept) <= MAX_CHARS else kept[:MAX_CHARS].rsplit(" ", 1)[0]
